"""Pages of the money: lines, contracts, claims, the payment desk, the month's close."""
