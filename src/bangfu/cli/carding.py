"""Household cards for the households that checks and screening point at."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import polars as pl

from bangfu.books.households.exporters import household_cards
from bangfu.books.screening.screened import Screened
from bangfu.cli.planning import SAMPLE_FOOTER
from bangfu.core.language import Lang, Text
from bangfu.core.policy.model import Check
from bangfu.core.screening.reasons import clue_reason, household_reasons
from bangfu.core.sheets.locate import Gazetteer
from bangfu.files.atomic import write_bytes
from bangfu.printing.cards import print_cards

_SCREENING = Text("排查", "screening")
_ROSTER = Text("名单比对", "roster")


def print_flagged(
    path: Path,
    found: pl.DataFrame,
    checks: dict[str, Check],
    screened: Screened,
    gazetteer: Gazetteer,
    *,
    on: date,
    lang: Lang,
    now: datetime,
) -> int:
    """Write the cards of every flagged household in scope; how many there are."""
    why: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for rule, number in (
        found.select("rule", "household_no").drop_nulls().unique(maintain_order=True).iter_rows()
    ):
        why[number].append((rule, checks[rule].text.to(lang)))
    for row in screened.not_helped().iter_rows(named=True):
        for reason in household_reasons(row, screened.setting.parameters):
            why[row["household_no"]].append((_SCREENING.to(lang), reason.text.to(lang)))
    for row in screened.clues.iter_rows(named=True):
        if row["household_no"]:
            why[row["household_no"]].append((_ROSTER.to(lang), clue_reason(row).text.to(lang)))
    cards = household_cards(list(why), findings=why, gazetteer=gazetteer, on=on, lang=lang)
    write_bytes(path, print_cards(cards, footer=SAMPLE_FOOTER, lang=lang, printed_at=now))
    return len(cards)
