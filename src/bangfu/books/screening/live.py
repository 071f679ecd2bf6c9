"""The live books of a place screened: every finding with its sentence, as one frame."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Max

from bangfu.books.households.models import IncomeItem
from bangfu.books.households.queries import snapshot_frames
from bangfu.books.screening.exporters import shown_values
from bangfu.books.screening.models import Kind
from bangfu.books.screening.queries import rosters
from bangfu.books.screening.screened import Screened, check_books, screen_books
from bangfu.core.facts.model import Table
from bangfu.core.language import Lang
from bangfu.core.policy.model import Check
from bangfu.core.policy.resolve import Policy
from bangfu.core.screening.reasons import Reason, clue_reason, household_reasons
from bangfu.engines import duckdb
from bangfu.engines.scope import Scope
from bangfu.engines.scripts import of_user

KEY = ("place_code", "kind", "rule", "household_no", "person_no", "number")
SCHEMA = {
    "place_code": pl.String,
    "kind": pl.String,
    "rule": pl.String,
    "level": pl.Int64,
    "household_no": pl.String,
    "person_no": pl.String,
    "values": pl.String,
    "members": pl.String,
    "text_zh": pl.String,
    "text_en": pl.String,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a screening of the live books found: rows of the findings' columns, how many households it
    looked at, and the year of the incomes it went by."""

    frame: pl.DataFrame
    households: int
    year: int


def latest_year(today: date) -> int:
    """The year whose incomes are the latest in scope; this year where there are none."""
    found: int | None = IncomeItem.objects.aggregate(latest=Max("year"))["latest"]
    return found or today.year


def screen_live(policy: Policy, on: date, *, place_code: str, scope: Scope) -> Found:
    """Check and screen the books that the open transaction sees, as far as `scope` reaches."""
    year = latest_year(on)
    frames = snapshot_frames(year=year)
    with duckdb.open_live(frames, rosters(), scope, scripts=of_user()) as (snapshot, roster):
        checked, _ = check_books(snapshot, policy, on)
        screened = screen_books(snapshot, roster, policy, on, place=place_code)
    checks = {check.id: check for check in policy.all_checks}
    rows = [*_data(checked, checks), *_risks(screened), *_clues(screened)]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    watched = screened.households.filter(pl.col("monitored_open"))["household_no"]
    return Found(
        frame.with_columns(
            pl.col("household_no", "person_no").fill_null(""),
            monitored=pl.col("household_no").is_in(watched.implode()).fill_null(False),
        )
        .sort("place_code", "kind", "rule", "household_no", "person_no", "values", nulls_last=True)
        .with_columns(
            number=(
                pl.int_range(pl.len()).over(
                    "place_code", "kind", "rule", "household_no", "person_no"
                )
                + 1
            ).cast(pl.Int32)
        ),
        frames[Table.HOUSEHOLD].height,
        year,
    )


def _data(found: pl.DataFrame, checks: Mapping[str, Check]) -> Iterator[Sequence[Any]]:
    for row in found.iter_rows(named=True):
        check = checks[row["rule"]]
        yield (
            row["place_code"],
            Kind.DATA.value,
            check.id,
            check.level,
            row["household_no"],
            row["person_no"],
            row["values"],
            row["members"],
            _sentence(check, row["values"], "zh"),
            _sentence(check, row["values"], "en"),
        )


def _sentence(check: Check, values: str, lang: Lang) -> str:
    said = shown_values(values, lang, check)
    if not said:
        return check.text.to(lang)
    return f"{check.text.to(lang)}（{said}）" if lang == "zh" else f"{check.text.to(lang)} ({said})"


def _risks(screened: Screened) -> Iterator[Sequence[Any]]:
    """A row for every reason of every household of concern, monitored already or not."""
    parameters = screened.setting.parameters
    for row in screened.households.filter(pl.col("concern")).iter_rows(named=True):
        for reason in household_reasons(row, parameters):
            yield _of_reason(Kind.RISK, reason, row["place_code"], row["household_no"], None)


def _clues(screened: Screened) -> Iterator[Sequence[Any]]:
    for row in screened.clues.iter_rows(named=True):
        place, household, person = row["place_code"], row["household_no"], row["person_no"]
        yield _of_reason(Kind.CLUE, clue_reason(row), place, household, person)


def _of_reason(
    kind: Kind, reason: Reason, place: str, household: str | None, person: str | None
) -> Sequence[Any]:
    values = json.dumps(dict(reason.values), ensure_ascii=False, sort_keys=True)
    return (
        place,
        kind.value,
        reason.code,
        None,
        household,
        person,
        values,
        None,
        reason.text.zh,
        reason.text.en,
    )
