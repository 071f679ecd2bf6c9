"""The site's settings with pages that connect as PostgreSQL's superuser, whom no policy holds. For the
bench only: what row security costs."""

from __future__ import annotations

from bangfu.site import embedded
from bangfu.site.settings import *
from bangfu.site.settings import DATABASES

DATABASES["default"] |= {"USER": embedded.SUPERUSER}
