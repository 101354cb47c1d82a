"""The customer's record: how each kind of cell is cleaned, and what is wrong with it."""
