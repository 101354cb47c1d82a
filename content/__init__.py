"""What a team lead edits without touching code, and the modules that load and check it."""
