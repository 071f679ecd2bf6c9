"""The list of households as people see it: columns, filters, and what a page of rows needs beside."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpRequest

from bangfu.books.households import searching
from bangfu.books.households.models import Household
from bangfu.books.places.queries import names
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.web.addresses import address_of
from bangfu.web.codes import word, words
from bangfu.web.statements import Statement
from bangfu.web.tables import Badge, Column, Kind, Table

# The task that makes a long list's workbook, and what of the list's address it keeps: codes, no names.
EXPORT = "households.export"
FILTERS = ("place", "class", "risk", "state", "help")
EXPORTED_BY = (*FILTERS, "sort")
OPEN, REMOVED = Badge(Text("未消除", "open"), "yellow"), Badge(Text("已消除", "removed"), "green")
RISKS = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")


def _risk_state(household: Household) -> Badge | None:
    if not household.monitored_class:
        return None
    return REMOVED if household.risk_removed else OPEN


COLUMNS = (
    Column("head", Text("户主", "Head"), lambda h: h.head, link=lambda h: household_address(h.pk)),
    Column("no", Text("户编号", "Household no."), lambda h: h.household_no, sort="household_no"),
    Column("village", Text("村", "Village"), lambda h: h.village, sort="place_code"),
    Column("members", Text("人口", "Members"), lambda h: h.members, Kind.NUMBER),
    Column(
        "class",
        Text("监测类别", "Monitored as"),
        lambda h: word(h.monitored_class) if h.monitored_class else None,
        sort="monitored_class",
    ),
    Column(
        "risks",
        Text("风险", "Risks"),
        lambda h: words([r for name in RISKS if (r := getattr(h, name))]) or None,
    ),
    Column("state", Text("风险状态", "Risk state"), _risk_state),
    Column(
        "since", Text("识别", "Since"), lambda h: h.identified_month, Kind.MONTH, "identified_month"
    ),
    Column(
        "income",
        Text("填报人均纯收入（元）", "Stated income per head (yuan)"),
        lambda h: h.stated_income_per_head,
        Kind.MONEY,
        sort="stated_income_per_head",
    ),
)

# Beside the head when somebody is searched for: who of the household it was.
FOUND = Column("found", Text("查到的人", "Found"), lambda h: "、".join(h.found))

# What the columns read of a household, which has nearly eighty.
LISTED = (
    "household_no",
    "place_code",
    "monitored_class",
    *RISKS,
    "risk_removed",
    "identified_month",
    "stated_income_per_head",
)


# Household by household, each by its key. Asked for all at once (household_no = any(...)), the planner,
# who takes any scope for half a hundredth of the table, reads every person of a county for fifty households.
_MEMBERS = """
select listed.household_no, of_it.*
from unnest(%s::text[]) as listed (household_no)
cross join lateral (
  select count(*), max(p.name) filter (where p.relation = '户主')
  from households_person p where p.household_no = listed.household_no
) of_it
"""

_NAMES = """
select listed.household_no, array(
  select p.name from households_person p
  where p.household_no = listed.household_no and p.name is not null
    and p.relation is distinct from '户主'
  order by p.person_no)
from unnest(%s::text[]) as listed (household_no)
"""


def household_address(household_no: str) -> str:
    """The address of a household's page, which the desk has."""
    return address_of("household", household_no)


def decorated(households: list[Household]) -> list[Household]:
    """The households of a page with their heads' names, members and villages, in two queries."""
    counted = Statement(_MEMBERS, ([h.pk for h in households],)).rows()
    known = {number: (members, head) for number, members, head in counted}
    villages = {
        code: short_name(name) for code, name in names(h.place_code for h in households).items()
    }
    for household in households:
        members, head = known.get(household.pk, (0, None))
        household.head = head or household.household_no  # type: ignore[attr-defined]
        household.members = members  # type: ignore[attr-defined]
        household.village = villages.get(household.place_code, household.place_code)  # type: ignore[attr-defined]
    return households


def found_by(text: str) -> Callable[[list[Household]], list[Household]]:
    """What adds to the households of a page, besides, who of them other than the head a search means."""

    def decorate(households: list[Household]) -> list[Household]:
        names = dict(Statement(_NAMES, ([h.pk for h in households],)).rows())
        for household in households:
            household.found = searching.meant(text, names.get(household.pk, ()))  # type: ignore[attr-defined]
        return decorated(households)

    return decorate


def household_table(request: HttpRequest, found: QuerySet[Household]) -> Table:
    """The list of what was found, narrowed by the filters of the address."""
    wanted = {name: request.GET.get(name, "") for name in FILTERS}
    query = searching.filtered(found, wanted).only(*LISTED)
    # A search may have asked the database already, so what it found belongs to it alone.
    text = request.GET.get("q", "")
    kept_as = None if text else ("households", *wanted.values())
    head, *others = COLUMNS
    return Table(
        request,
        (head, FOUND, *others) if text and not text.strip().isdigit() else COLUMNS,
        query,
        name="households",
        title=Text("农户", "Households"),
        order="no",
        decorate=found_by(text) if text else decorated,
        kept_as=kept_as,
    )
