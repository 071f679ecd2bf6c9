"""Bangfu (帮扶): the working book of a county that lifts households out of poverty."""
