"""The command line. Django's apps stand ready before any command imports a model; no database is touched."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
django.setup()
