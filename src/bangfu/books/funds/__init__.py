"""Funds (资金): fund lines, plans, and the ledger that follows every yuan (资金台账)."""
