"""The sample county in the books: places, households, rosters, and an operator for each role."""

from __future__ import annotations

import tomllib

from bangfu.books.accounts import actions
from bangfu.books.accounts.models import Operator
from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.cli import demonstrating, keeping
from bangfu.cli.operator import working
from bangfu.cli.terminal import Steps
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.site import clock
from bangfu.site.start import setup_django

OPERATORS = demonstrating.SAMPLE / "operators.toml"


def is_empty() -> bool:
    """Whether the books know no place yet."""
    with within(Scope((), frozenset({DataClass.SUMS}), "serve", read_only=True), by="serve"):
        return not Place.objects.exists()


def load(steps: Steps) -> None:
    """Bring the sample county in, and its operators; what is there already stays."""
    setup_django()
    fill(steps)


def fill(steps: Steps) -> None:
    """As `load`, into books that are up already."""
    demonstrating.bring_books(steps)
    with (
        steps.step(Text("汇总", "Sums")),
        working(None, place_code=demonstrating.COUNTY, purpose="figures", writes=True) as by,
    ):
        keeping.count_sums(by=by, county=demonstrating.COUNTY, now=clock.now())
    with steps.step(Text("示例操作员", "Sample operators")):
        add_operators()


def add_operators() -> None:
    """An operator for each role, with the password that sample/operators.toml tells everybody."""
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
