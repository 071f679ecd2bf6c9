"""Verbs that a decision carries out on households: recognised, risk removed, exited.

Each takes as many households as were decided in one act and writes them in one statement, each with a
journal row of its own. All are keyword-only, act inside the caller's transaction, and refuse the whole
act when one household is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from bangfu.books.households.models import Household
from bangfu.books.journal import actions as journal
from bangfu.core.errors import ConflictError
from bangfu.core.facts.dictionary import AFTER_REMOVAL
from bangfu.core.language import Text

RISKS = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")
EX_POOR = "脱贫户"


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was decided about a household: its class, its risks in their order, and what they ask."""

    monitored_class: str
    risks: tuple[str, ...]
    disaster_subtype: str | None = None
    risk_other_note: str | None = None


@transaction.atomic
def recognise(*, by: str, found: Mapping[str, Recognition], month: int, reason: str) -> None:
    """Households become monitoring objects in `month` (YYYYMM); a former removal is lifted."""
    rows = [
        (
            no,
            one.monitored_class,
            *(one.risks + (None,) * len(RISKS))[: len(RISKS)],
            one.disaster_subtype,
            one.risk_other_note,
        )
        for no, one in found.items()
    ]
    columns = ("monitored_class", *RISKS, "disaster_subtype", "risk_other_note")
    fixed = {
        "identified_month": month,
        "risk_removed": False,
        "removal_mode": None,
        "removed_month": None,
    }
    _write(rows, {name: "text" for name in columns}, fixed)
    _journal(by, "households.recognise", found, {"month": month}, reason)


@transaction.atomic
def remove_risk(
    *, by: str, found: Mapping[str, Mapping[str, Any]], month: int, reason: str
) -> None:
    """The risk of households is removed in `month`. Each gives `removal_mode` and all thirteen answers
    of `AFTER_REMOVAL` (KeyError when one is missing: the procedure asks for them)."""
    names = ("removal_mode", *AFTER_REMOVAL)
    types = {
        name: "text" if name == "removal_mode" else _sql_type(name) for name in names
    }  # fmt: skip
    rows = [(no, *(answers[name] for name in names)) for no, answers in found.items()]
    _write(rows, types, {"risk_removed": True, "removed_month": month})
    _journal(by, "households.remove_risk", found, {"month": month}, reason)


@transaction.atomic
def exit_poverty(*, by: str, numbers: Sequence[str], reason: str) -> None:
    """Households leave the register of the poor: they are 脱贫户 from now on."""
    _write([(no,) for no in numbers], {}, {"household_type": EX_POOR})
    _journal(by, "households.exit_poverty", dict.fromkeys(numbers), {}, reason)


def _sql_type(name: str) -> str:
    return str(Household._meta.get_field(name).db_type(connection))


def _write(
    rows: Sequence[Sequence[Any]], types: Mapping[str, str], fixed: Mapping[str, Any]
) -> None:
    """Update the households of `rows` (number first, then the columns of `types`) in one statement."""
    columns = list(zip(*rows, strict=True))
    kinds = {"no": "text", **types}
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds.values())
    sets = [f'"{name}" = v."{name}"' for name in types] + [f'"{name}" = %s' for name in fixed]
    names = ", ".join(f'"{name}"' for name in kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            f"update households_household h set {', '.join(sets)}"
            f" from unnest({arrays}) as v({names}) where h.household_no = v.no",
            [*fixed.values(), *(list(column) for column in columns)],
        )
        if cursor.rowcount != len(rows):
            raise ConflictError(
                Text(
                    "有的户已不在本系统中或不在您的范围内，没有写入任何内容。",
                    "A household is no longer in the books or in your scope; nothing was written.",
                )
            )


def _journal(
    by: str, verb: str, found: Mapping[str, object], after: Mapping[str, object], reason: str
) -> None:
    places = dict(
        Household.objects.filter(pk__in=list(found)).values_list("household_no", "place_code")
    )
    journal.write_many(
        by=by,
        acts=[
            journal.Act(place, verb, f"household {no}", reason, after=after)
            for no, place in places.items()
        ],
    )
