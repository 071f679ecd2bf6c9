"""Rates of a county's year: pure functions over plain rows, each with its formula and what it counts."""
