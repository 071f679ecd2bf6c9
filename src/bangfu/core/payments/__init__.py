"""Money to households: schemes, what they pay, loans, the bank's files. Pure."""
