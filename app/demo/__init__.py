"""The demo: a practice database of invented customers, some of whom may always be called."""
