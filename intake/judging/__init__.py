"""Judging rows: each kind of file has a module that turns its rows into typed values."""
