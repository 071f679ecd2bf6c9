"""Pages of money to households."""
