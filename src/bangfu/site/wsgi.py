"""The web application as a server runs it."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from bangfu.site.start import setup_web

setup_web()
application = get_wsgi_application()
