"""The history of the tables: append-only, dated, never edited once landed."""
