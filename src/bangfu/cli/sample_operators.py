"""An operator for each role of the sample county, for whoever opens its books in the browser."""

from __future__ import annotations

import tomllib

from django.conf import settings

from bangfu.books.accounts import actions
from bangfu.books.accounts.models import Operator
from bangfu.cli.operator import working
from bangfu.cli.rules import ROOT
from bangfu.cli.terminal import Steps
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.site import clock

OPERATORS = ROOT / "sample" / "operators.toml"


def open_to_all(steps: Steps) -> None:
    """Add them, except in a county's own database: everybody may know their password."""
    if settings.PRODUCTION:
        return
    with steps.step(Text("示例操作员", "Sample operators")):
        add_operators()


def add_operators() -> None:
    """Those of sample/operators.toml, with the password that it tells; who is there already stays."""
    listed = tomllib.loads(OPERATORS.read_text("utf-8"))
    with working(None, place_code=NATION, purpose="sample operators", writes=True) as by:
        known = set(Operator.objects.values_list("username", flat=True))
        for one in listed["operators"]:
            if one["username"] in known:
                continue
            actions.add_operator(
                by=by, username=one["username"], display_name=one["name"], place_code=one["place"]
            )
            actions.set_password(
                by=by,
                username=one["username"],
                password=listed["password"],
                place_code=one["place"],
            )
            actions.grant_role(
                by=by,
                username=one["username"],
                role=one["role"],
                place_code=one["place"],
                valid_from=clock.today(),
            )
