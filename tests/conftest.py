"""Shared by every test: deterministic generated cases, and an end that cleans up when killed."""

import signal

from hypothesis import settings

settings.register_profile("bangfu", derandomize=True, deadline=None)
settings.load_profile("bangfu")

# A terminated run ends as an interrupted one does, so that fixtures stop their servers.
signal.signal(signal.SIGTERM, signal.default_int_handler)
