"""Follow the yuan (资金追溯): from a document to what it became, and back; no tables of its own."""
