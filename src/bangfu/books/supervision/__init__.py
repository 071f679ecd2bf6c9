"""Inspection (监督检查): a plan a quarter, visits, findings, orders, bulletins, and who answers for what."""
