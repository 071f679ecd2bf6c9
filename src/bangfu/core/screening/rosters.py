"""Department rosters held against the books: each disagreement is a clue (线索) for somebody to check.

A roster is one list of one department, keyed by the token of a certificate number. All rosters stand
in one table: roster (an id of `core.sheets.rosters`), place_code (of the county or lower that the
list is for), certificate_token, amount (fen), kind (text), day (date). `VALUES` says which column of
each sheet goes where. A clue decides nothing: a namesake, a late list or a wrong number are as likely
as a household in need.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from bangfu.core.screening.expressions import HOUSEHOLD_KEY, true, whole
from bangfu.core.screening.parameters import Parameters

# Roster → where its sheet's fields stand in the roster table.
VALUES: dict[str, dict[str, str]] = {
    "low_income": {"kind": "kind", "amount": "amount"},
    "disabled": {"disability_class": "kind"},
    "medical": {"out_of_pocket": "amount"},
    "houses": {"grade": "kind"},
    "vehicles": {"kind": "kind", "registered_on": "day"},
    "businesses": {"business": "kind", "registered_on": "day"},
    "deaths": {"died_on": "day"},
}

COLUMNS = (
    "clue",
    "place_code",
    "household_no",
    "person_no",
    "amount",
    "threshold",
    "roster_value",
    "sheet_value",
    "day",
)
_TYPES = {"amount": "int64", "threshold": "int64", "day": "date"}


@dataclass(frozen=True, slots=True)
class _Books:
    """People with what the comparisons need of their household; and the rosters."""

    people: ir.Table
    roster: ir.Table
    parameters: Parameters

    def listed(self, roster: str) -> ir.Table:
        """The people on a roster, with its values as roster_amount, roster_kind, roster_day."""
        rows = self.roster.filter(self.roster.roster == roster).select(
            "certificate_token",
            roster_amount="amount",
            roster_kind="kind",
            roster_day="day",
        )
        return self.people.inner_join(rows, "certificate_token")

    def unlisted(self, roster: str) -> ir.Table:
        """The people who are not on a roster."""
        rows = self.roster.filter(self.roster.roster == roster)
        return self.people.anti_join(rows, "certificate_token")


def clues(
    people: ir.Table, households: ir.Table, roster: ir.Table, parameters: Parameters
) -> ir.Table:
    """Rows of `COLUMNS`; household_no and person_no are null for somebody who is not in the books.

    `people` is what the screening asks of persons (`asked.OF_PERSON`), `households` its household
    table. What is *missing* from a roster is a clue only when `parameters.rosters` says that the
    roster is complete.
    """
    homes = households.select(
        *HOUSEHOLD_KEY,
        "monitored_open",
        "housing_grade",
        "dangerous_house_stated",
        "on_low_income_aid",
        "on_destitute_aid",
    )
    books = _Books(people.inner_join(homes, list(HOUSEHOLD_KEY)), roster, parameters)
    found = [
        *_medical(books),
        *_low_income(books),
        *_disabled(books),
        *_houses(books),
        *_wealth(books),
        _deaths(books),
    ]
    return ibis.union(*found)


def _row(
    rows: ir.Table,
    clue: str,
    *,
    in_books: bool = True,
    **values: ir.Value,
) -> ir.Table:
    person = {name: rows[name] for name in ("household_no", "person_no")} if in_books else {}
    given = {"clue": ibis.literal(clue), "place_code": rows.place_code, **person, **values}
    return rows.select(
        **{
            name: given[name].cast(_TYPES.get(name, "string"))
            if name in given
            else ibis.null(_TYPES.get(name, "string"))
            for name in COLUMNS
        }
    )


def _medical(books: _Books) -> list[ir.Table]:
    """People whose own spending is above the threshold and whose household is not monitored now."""
    threshold = books.parameters.medical_roster_threshold
    rows = books.roster.filter(books.roster.roster == "medical")
    # A patient stands in the list once a stay.
    spent = rows.group_by("certificate_token").aggregate(
        spent=whole(rows.amount.sum()), roster_place=rows.place_code.min()
    )
    over = spent.filter(spent.spent > threshold)
    known = books.people.inner_join(over, "certificate_token")
    unmonitored = known.filter(~known.monitored_open)
    unknown = over.anti_join(books.people, "certificate_token").rename(place_code="roster_place")
    return [
        _row(
            unmonitored,
            "medical_not_monitored",
            amount=unmonitored.spent,
            threshold=ibis.literal(threshold),
        ),
        _row(
            unknown,
            "medical_not_in_books",
            in_books=False,
            amount=unknown.spent,
            threshold=ibis.literal(threshold),
        ),
    ]


def _low_income(books: _Books) -> list[ir.Table]:
    listed = books.listed("low_income")
    missing = listed.filter(~listed.aided)
    found = [
        _row(
            missing,
            "low_income_not_in_sheet",
            amount=missing.roster_amount,
            roster_value=missing.roster_kind,
            sheet_value=missing.low_income_aid,
        )
    ]
    if "low_income" in books.parameters.rosters:
        unlisted = books.unlisted("low_income")
        stated = unlisted.filter(unlisted.aided)
        aid = ibis.ifelse(stated.aided_as_destitute, stated.destitute_aid, stated.low_income_aid)
        found.append(_row(stated, "low_income_not_on_roster", sheet_value=aid))
    return found


def _disabled(books: _Books) -> list[ir.Table]:
    listed = books.listed("disabled")
    missing = listed.filter(~listed.disabled)
    found = [_row(missing, "disabled_not_in_sheet", roster_value=missing.roster_kind)]
    if "disabled" in books.parameters.rosters:
        unlisted = books.unlisted("disabled")
        found.append(_row(unlisted.filter(unlisted.disabled), "disabled_not_on_roster"))
    return found


def _houses(books: _Books) -> list[ir.Table]:
    listed = books.listed("houses")
    known = listed.dangerous_house_stated | true(
        listed.housing_grade.isin(books.parameters.dangerous_grades)
    )
    dangerous = true(listed.roster_kind.isin(books.parameters.dangerous_grades))
    missing = listed.filter(dangerous & ~known)
    unwarranted = listed.filter(known & listed.roster_kind.notnull() & ~dangerous)
    return [
        _row(rows, clue, roster_value=rows.roster_kind, sheet_value=rows.housing_grade)
        for rows, clue in (
            (missing, "dangerous_house_not_in_sheet"),
            (unwarranted, "dangerous_house_not_on_roster"),
        )
    ]


def _wealth(books: _Books) -> list[ir.Table]:
    """A vehicle or a business in a household where somebody is on low-income aid."""
    found = []
    for roster, clue in (
        ("vehicles", "vehicle_on_low_income_aid"),
        ("businesses", "business_on_low_income_aid"),
    ):
        listed = books.listed(roster)
        rows = listed.filter((listed.on_low_income_aid > 0) | (listed.on_destitute_aid > 0))
        found.append(_row(rows, clue, roster_value=rows.roster_kind, day=rows.roster_day))
    return found


def _deaths(books: _Books) -> ir.Table:
    listed = books.listed("deaths")
    rows = listed.filter(listed.roster_day.isnull() | (listed.roster_day <= books.parameters.on))
    return _row(rows, "dead_still_member", day=rows.roster_day)
