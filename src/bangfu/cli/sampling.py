"""The sample county in the books: places, households, rosters, and an operator for each role."""

from __future__ import annotations

from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.cli import demonstrating, keeping, sample_operators
from bangfu.cli.operator import working
from bangfu.cli.terminal import Steps
from bangfu.core.language import Text
from bangfu.site import clock
from bangfu.site.start import setup_django


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
    sample_operators.open_to_all(steps)
