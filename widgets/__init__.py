"""Reusable parts of screens that know no screen and no database."""
