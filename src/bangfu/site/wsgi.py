"""The web application as a server runs it."""

from __future__ import annotations

import gc

from django.core.wsgi import get_wsgi_application

from bangfu.site.start import setup_web

setup_web()
application = get_wsgi_application()

# What is loaded by now stays: to look through all of it for rubbish again and again is time of pages.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
