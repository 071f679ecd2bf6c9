"""Lines and projects for the tests of the funds."""

from __future__ import annotations

from datetime import date

from bangfu.books.funds.models import FundLine
from bangfu.books.projects.models import Project

COUNTY = "420527000000"
OTHER = "420528000000"


def make_lines(*numbers: str, place_code: str = COUNTY) -> None:
    FundLine.objects.bulk_create(
        FundLine(
            number=number,
            place_code=place_code,
            year=2026,
            name=f"资金{number}",
            fund_class="fiscal",
            level="central",
        )
        for number in numbers
    )


def make_projects(*numbers: str, county: str = "420527") -> None:
    """Projects built and accepted at their whole cost, so that delivery asks for nothing."""
    Project.objects.bulk_create(
        Project(
            number=number,
            place_code=f"{county}1012{position:02}",
            year=2026,
            name=f"项目{number}",
            cost_fen=10_000,
            performance_target="受益50户",
            status="admitted",
            stage="accepted",
            started_on=date(2026, 1, 5),
            built_on=date(2026, 1, 30),
            accepted_on=date(2026, 2, 2),
            accepted_fen=10_000,
        )
        for position, number in enumerate(numbers)
    )
