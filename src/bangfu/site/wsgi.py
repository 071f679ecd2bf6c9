"""The web application as a server runs it."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import sys

from django.core.wsgi import get_wsgi_application

from bangfu.site.start import setup_web

setup_web()
application = get_wsgi_application()

# What is loaded by now stays: to look through all of it for rubbish again and again is time of pages.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)


def _end_at_once() -> None:
    """End the process where Python would begin to take itself apart.

    The server's threads still wait for requests; one that woke up in the middle of that would tear the
    process down with a panic on the terminal, though every request had been answered.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


# In a process that the server made for this application alone.
if multiprocessing.parent_process() is not None:
    atexit.register(_end_at_once)
