"""Fund lines from the sheet 资金明细, with what it says was pledged, announced and received.

The amounts of the sheet are totals to date: what the ledger already holds is not posted again, so that
a repeated import changes nothing and a later sheet posts the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from bangfu.books.funds import actions
from bangfu.books.funds.models import Document, FundClass, FundLine, Level, ShareRule
from bangfu.books.funds.queries import LineBalance, balances_by_line
from bangfu.books.journal import actions as journal
from bangfu.books.walls import bulk
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Kind
from bangfu.core.money import format_yuan
from bangfu.core.sheets.money import FUND_CLASSES, FUND_LEVELS

_CLASSES = dict(zip(FUND_CLASSES, FundClass.values, strict=True))
_LEVELS = dict(zip(FUND_LEVELS, Level.values, strict=True))
# The sheet's columns for share rules, with the name under which a caller gives their purposes.
_SHARES = {
    "industry_at_least": ("industry", "at_least"),
    "management_at_most": ("management", "at_most"),
}
_POSTED = {
    Kind.PLEDGE: actions.pledge,
    Kind.ANNOUNCE: actions.announce,
    Kind.RECEIVE: actions.receive,
}


@dataclass(frozen=True, slots=True)
class Movement:
    """What the sheet adds to a line: `fen` more pledged, announced or received."""

    line: str
    kind: Kind
    fen: int
    day: date
    document: str


@dataclass(frozen=True, slots=True)
class FundsDiff:
    """What an import brings: lines as a `Change`, and the movements it posts."""

    lines: bulk.Change
    movements: tuple[Movement, ...]
    written: bool


@transaction.atomic
def import_funds(
    *,
    by: str,
    place_code: str,
    year: int,
    frame: pl.DataFrame,
    share_purposes: Mapping[str, Sequence[str]],
    day: date,
    source: str,
    dry_run: bool = False,
) -> FundsDiff:
    """Bring the sheet 资金明细 into the books of the county `place_code`, whole or not at all.

    `frame` has the columns of `core.sheets.money.FUNDS`. A row without a date of announcement is a pledge.
    `share_purposes` gives the purposes counted as "industry" and as "management". `day` dates what the
    sheet does not. Raises InputError with every problem, such as a total below what the ledger holds.
    """
    rows = frame.to_dicts()
    known = {line.number: line for line in balances_by_line(place_code)}
    problems = [*_repeated(rows), *_overpaid(rows), *_shrunk(rows, known)]
    if problems:
        raise InputError(Text("资金明细没有导入。", "The fund lines were not imported."), problems)
    change = _write_lines(place_code, year, rows, dry_run)
    movements = tuple(m for row in rows for m in _movements(row, known, day))
    if not dry_run:
        _write_share_rules(place_code, rows, share_purposes)
        _post(by, place_code, movements)
        if change.added or change.changed or movements:
            counts = {"added": change.added, "changed": change.changed, "posted": len(movements)}
            journal.write(
                by=by,
                place_code=place_code,
                verb="funds.import",
                subject=f"batch {source}",
                after=counts,
            )
    return FundsDiff(change, movements, not dry_run)


def _repeated(rows: list[dict[str, Any]]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for row in rows:
        number = row["line_id"]
        if number in seen:
            text = Text("资金编号重复。", "This fund line's number stands twice.")
            problems.append(Problem(number, text, number, "key"))
        seen.add(number)
    return problems


def _overpaid(rows: list[dict[str, Any]]) -> list[Problem]:
    """More cash arrived than was ever announced or pledged: one of the two amounts is wrong."""
    return [
        Problem(
            row["line_id"],
            Text(
                f"到位金额多于下达金额 {format_yuan(row['amount'])} 元，请核对两个数。",
                f"More was received than the {format_yuan(row['amount'])} yuan announced; check both.",
            ),
            format_yuan(row["received"]),
            "received",
        )
        for row in rows
        if row["received"] is not None and row["received"] > row["amount"]
    ]


def _shrunk(rows: list[dict[str, Any]], known: Mapping[str, LineBalance]) -> list[Problem]:
    """Totals below what is posted: the ledger forgets nothing, so a reversal must say why."""
    problems = []
    for row in rows:
        line = known.get(row["line_id"])
        if line is None:
            continue
        # A row without a date is a pledge, and cannot fall short of an announcement.
        columns = [("received", line.received_fen)]
        if row["announced_on"] is not None:
            columns.append(("amount", line.announced_fen))
        for column, held in columns:
            if (row[column] or 0) < held:
                problems.append(
                    Problem(
                        row["line_id"],
                        Text(
                            f"账上已记 {format_yuan(held)} 元，多于表中金额；如有错，请先冲销。",
                            f"The ledger holds {format_yuan(held)} yuan, more than the sheet says; "
                            "if that is wrong, reverse it first.",
                        ),
                        format_yuan(row[column] or 0),
                        column,
                    )
                )
    return problems


def _write_lines(
    place_code: str, year: int, rows: list[dict[str, Any]], dry_run: bool
) -> bulk.Change:
    lines = pl.DataFrame(
        [
            {
                "place_code": place_code,
                "number": row["line_id"],
                "year": year,
                "name": row["name"],
                "fund_class": _CLASSES[row["fund_class"]],
                "level": _LEVELS[row["level"]] if row["level"] else "",
                "department": row["department"] or "",
                "purposes": row["purposes"] or None,
                "areas": row["areas"] or None,
                "beneficiaries": row["beneficiaries"] or None,
                "poolable": row["poolable"] is not False,
                "spend_by": row["spend_by"],
            }
            for row in rows
        ],
        schema_overrides=dict.fromkeys(("purposes", "areas", "beneficiaries"), pl.List(pl.String))
        | {"spend_by": pl.Date},
    )
    staged = bulk.Staged(
        FundLine._meta.db_table,
        ("place_code", "number"),
        tuple(lines.columns),
        't."place_code" = %s and t."year" = %s',
        (place_code, year),
    )
    bulk.stage(staged, lines)
    change = staged.compare()
    if dry_run:
        change = staged.with_examples(change)
    else:
        staged.write(change)
    staged.drop()
    return change


def _write_share_rules(
    place_code: str, rows: list[dict[str, Any]], share_purposes: Mapping[str, Sequence[str]]
) -> None:
    """Make the lines' share rules those of the sheet, touching only what differs."""
    ids = dict(
        FundLine.objects.filter(
            place_code=place_code, number__in=[row["line_id"] for row in rows]
        ).values_list("number", "pk")
    )
    wanted = {}
    for row in rows:
        for column, (name, bound) in _SHARES.items():
            if row.get(column) is not None:
                purposes = tuple(share_purposes[name])
                wanted[ids[row["line_id"]], purposes, bound] = row[column]
    for rule in ShareRule.objects.filter(line_id__in=ids.values()):
        bound = "at_least" if rule.at_least is not None else "at_most"
        if wanted.get((rule.line_id, tuple(rule.purposes), bound)) == getattr(rule, bound):
            del wanted[rule.line_id, tuple(rule.purposes), bound]
        else:
            rule.delete()
    ShareRule.objects.bulk_create(
        ShareRule(line_id=line, place_code=place_code, purposes=list(purposes), **{bound: share})
        for (line, purposes, bound), share in wanted.items()
    )


def _movements(row: dict[str, Any], known: Mapping[str, LineBalance], day: date) -> list[Movement]:
    line = known.get(row["line_id"])
    announced = line.announced_fen if line else 0
    promised = announced + (line.pledged_fen if line else 0)
    received = line.received_fen if line else 0
    kind, held = (
        (Kind.PLEDGE, promised) if row["announced_on"] is None else (Kind.ANNOUNCE, announced)
    )
    found = [
        (kind, (row["amount"] or 0) - held),
        (Kind.RECEIVE, (row["received"] or 0) - received),
    ]
    dated = row["announced_on"] or day
    return [
        Movement(row["line_id"], kind, fen, dated, row["document"])
        for kind, fen in found
        if fen > 0
    ]


def _post(by: str, place_code: str, movements: Sequence[Movement]) -> None:
    documents = _documents(by, place_code, movements)
    for movement in movements:
        _POSTED[movement.kind](
            by=by,
            place_code=place_code,
            line=movement.line,
            fen=movement.fen,
            day=movement.day,
            document=documents[movement.document],
        )


def _documents(
    by: str, place_code: str, movements: Sequence[Movement]
) -> dict[str, Document | None]:
    """The papers named, recorded where they are new. A sheet tells number and date, nothing else."""
    first: dict[str, date] = {}
    for movement in movements:
        number = movement.document
        first[number] = min(movement.day, first.get(number, movement.day))
    documents: dict[str, Document | None] = {
        document.number: document
        for document in Document.objects.filter(place_code=place_code, number__in=first)
    }
    for number, issued_on in sorted(first.items()):
        if number and number not in documents:
            documents[number] = actions.record_document(
                by=by, place_code=place_code, number=number, issued_on=issued_on
            )
    documents[""] = None
    return documents
