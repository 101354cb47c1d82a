"""The rules of the desk, pure: no files, no clock, no screen, no database."""
