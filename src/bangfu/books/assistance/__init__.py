"""Assistance (帮扶): measures agreed with a household, and visits."""
