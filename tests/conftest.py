"""Shared by every test: deterministic generated cases, and an end that cleans up when killed."""

import gc
import signal

import pytest
from hypothesis import settings
from tests.lib.postgres import forget_clusters

settings.register_profile("bangfu", derandomize=True, deadline=None)
settings.load_profile("bangfu")

# A terminated run ends as an interrupted one does, so that fixtures stop their servers.
signal.signal(signal.SIGTERM, signal.default_int_handler)


# What takes one process longest begins first, so that the others are not waiting for it at the end.
_FIRST = ("test_demo.py",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: (*_FIRST, item.path.name).index(item.path.name))


def pytest_collection_finish() -> None:
    """What is loaded by now stays. To look through all of it for rubbish took a third of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        forget_clusters()
