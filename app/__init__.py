"""The entry points: command line, settings, wiring of the program."""
