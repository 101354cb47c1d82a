"""The database: tables, transactions and one module per use."""
