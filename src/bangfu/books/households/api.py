"""Households in the API. No ID, phone or bank number leaves through it, masked or not."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema

from bangfu.books.accounts.doors import endpoint
from bangfu.books.households.listing import RISKS
from bangfu.books.households.models import Household
from bangfu.books.households.queries import the_household
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.web.rest import REFUSED, HouseholdNo, Limit, Line, PlaceCode, Refusal, page_of

router = Router(tags=["households"])
PERSONS = {DataClass.PERSONS}


class HouseholdLine(Schema):
    """A household in a list. Money is in fen, months are yyyymm; null is a missing answer."""

    household_no: str
    place_code: str
    household_type: str | None
    monitored_class: str | None
    identified_month: int | None
    risks: list[str]
    risk_removed: bool | None
    removed_month: int | None
    stated_income_per_head: int | None


class Households(Schema):
    """Households in the order of their numbers; ask again with `after` = `next` for more."""

    items: list[HouseholdLine]
    next: str | None


class Member(Schema):
    """A person of a household."""

    person_no: str
    name: str | None
    relation: str | None
    sex: str | None
    birth: date | None
    ethnicity: str | None
    education: str | None
    schooling: str | None
    health: list[str] | None
    skill: str | None
    work_place: str | None
    work_months: int | None
    resident_medical: bool | None
    employee_medical: bool | None


class Income(Schema):
    """One item of income or cost of a year, in fen."""

    year: int
    item: str
    fen: int


class HouseholdDetail(HouseholdLine):
    """A household with its people, its incomes and the state of its guarantees."""

    removal_mode: str | None
    dangerous_house: bool | None
    safe_water: bool | None
    dropout: bool | None
    uninsured_member: bool | None
    wage_income: int | None
    business_income: int | None
    property_income: int | None
    transfer_income: int | None
    business_cost: int | None
    stated_net_income: int | None
    members: list[Member]
    incomes: list[Income]


@router.get("", response={200: Households, REFUSED: Refusal}, url_name="households")
@endpoint(classes=PERSONS, purpose="households", sampled=True)
def households(
    request: HttpRequest,
    after: HouseholdNo | None = None,
    limit: Limit = 50,
    place: PlaceCode | None = None,
    monitored_class: Line | None = None,
) -> Households:
    """Households of the scope, of a place and a class where these are given."""
    low, high = places.code_range(place or places.NATION)
    query = Household.objects.filter(place_code__gte=low, place_code__lt=high)
    if monitored_class is not None:
        query = query.filter(monitored_class=monitored_class)
    items, following = page_of(query, _line, after=after, limit=limit)
    return Households(items=items, next=following)


@router.get(
    "/{household_no}", response={200: HouseholdDetail, REFUSED: Refusal}, url_name="household"
)
@endpoint(classes=PERSONS, purpose="household", sampled=True)
def household(request: HttpRequest, household_no: HouseholdNo) -> HouseholdDetail:
    """One household."""
    one = the_household(household_no)
    own = HouseholdDetail.model_fields.keys() - {"risks", "members", "incomes"}
    return HouseholdDetail(
        **{name: getattr(one, name) for name in own},
        risks=_risks(one),
        members=[
            Member(**{name: getattr(person, name) for name in Member.model_fields})
            for person in one.persons.order_by("person_no")
        ],
        incomes=[
            Income(year=row.year, item=row.item, fen=row.fen)
            for row in one.incomes.order_by("year", "item")
        ],
    )


def _risks(household: Household) -> list[str]:
    return [risk for name in RISKS if (risk := getattr(household, name))]


def _line(household: Household) -> HouseholdLine:
    own = HouseholdLine.model_fields.keys() - {"risks"}
    return HouseholdLine(
        **{name: getattr(household, name) for name in own}, risks=_risks(household)
    )
