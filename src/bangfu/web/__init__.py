"""Shared page furniture: layout, tables, forms, words in two languages, vendored scripts."""
