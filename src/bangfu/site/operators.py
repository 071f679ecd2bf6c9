"""Who a command acts for. Imported once Django is set up (`site.start`)."""

from __future__ import annotations

import getpass
import os
from datetime import date

from django.conf import settings

from bangfu.books.accounts.actions import ensure_keeper


def named_operator(on: date) -> str:
    """The operator of a command: BANGFU_OPERATOR, else the operating system's user.

    An embedded database knows its first operator from the first command on (`on` is that day); a
    server's operators are made by its keeper.
    """
    username = os.environ.get("BANGFU_OPERATOR") or getpass.getuser()
    if not settings.DATABASE_URL:
        ensure_keeper(username=username, on=on)
    return username
