"""Rates (指标): a county's year in rates, each with its formula and the rows it counts. It keeps nothing."""
