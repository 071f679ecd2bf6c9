"""Shared by every test: deterministic generated cases."""

from hypothesis import settings

settings.register_profile("bangfu", derandomize=True, deadline=None)
settings.load_profile("bangfu")
