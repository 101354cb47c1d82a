"""Files from other systems: reading, recognising columns, judging rows."""
