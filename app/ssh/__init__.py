"""Logging in over SSH: what sshd is told, and the program as it runs behind it."""
