"""Ways in which a number reaches a telephone."""
