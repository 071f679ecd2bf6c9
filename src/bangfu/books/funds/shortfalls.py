"""Which accounts cannot give what a posting takes, in words: in the end, or on the posting's day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Sum

from bangfu.books.funds.models import Balance
from bangfu.books.funds.models import Entry as EntryRow
from bangfu.core.language import Text
from bangfu.core.ledger.days import free_by_day
from bangfu.core.ledger.postings import Account, Entry
from bangfu.core.ledger.stages import OUTSIDE, STAGE_LABELS
from bangfu.core.money import format_yuan

_CHANGED = Text(
    "余额不足：同时有人动了这笔钱，请再看一次。",
    "Not enough is left: somebody moved it at the same moment. Look again.",
)


def short_of(place_code: str, entries: Sequence[Entry]) -> Text:
    """Which accounts hold less than the entries take."""
    zh, en = [], []
    for account, fen, there in _with_what_stands(place_code, entries):
        if there < fen:
            name, label = _name(account), STAGE_LABELS[account.stage]
            amounts = format_yuan(there), format_yuan(fen)
            zh.append(f"{name} 的“{label.zh}”只有 {amounts[0]} 元，需要 {amounts[1]} 元")
            en.append(f"{name} has {amounts[0]} yuan {label.en} and {amounts[1]} are needed")
    if not zh:
        return _CHANGED
    return Text(f"余额不足：{'；'.join(zh)}。", f"Not enough is left: {'; '.join(en)}.")


def too_early(place_code: str, entries: Sequence[Entry], day: date) -> Text:
    """Which accounts had less on `day` than the entries take, and from which day on they have enough."""
    zh, en, first = [], [], day
    for account, fen, there in _with_what_stands(place_code, entries):
        free = free_by_day(there, _later(place_code, account, day), day)
        if free[day] < fen:
            name, label = _name(account), STAGE_LABELS[account.stage]
            amounts = format_yuan(max(0, free[day])), format_yuan(fen)
            zh.append(f"{name} 的“{label.zh}”可用 {amounts[0]} 元，需要 {amounts[1]} 元")
            en.append(f"{name} had {amounts[0]} yuan {label.en} free and {amounts[1]} are needed")
            first = max(first, next((when for when, left in free.items() if left >= fen), day))
    if not zh:
        return _CHANGED
    return Text(
        f"{day} 还没有这笔钱：{'；'.join(zh)}。最早可以记在 {first}，请核对日期。",
        f"The money was not there on {day}: {'; '.join(en)}. "
        f"The first day possible is {first}: check the day.",
    )


def _with_what_stands(
    place_code: str, entries: Sequence[Entry]
) -> Iterator[tuple[Account, int, int]]:
    """The accounts that entries take from: what they take and what stands there, in fen."""
    needed: dict[Account, int] = {}
    for entry in entries:
        if entry.stage not in OUTSIDE:
            needed[entry.account] = needed.get(entry.account, 0) - entry.fen
    taken = {account: fen for account, fen in needed.items() if fen > 0}
    held = {
        (line, stage, project or ""): amount
        for line, stage, project, amount in Balance.objects.filter(
            place_code=place_code, line__number__in={account.line for account in taken}
        ).values_list("line__number", "stage", "project__number", "amount")
    }
    for account, fen in sorted(taken.items()):
        yield account, fen, held.get((account.line, account.stage, account.project), 0)


def _later(place_code: str, account: Account, day: date) -> dict[date, int]:
    """What each day after `day` changed on an account, in fen."""
    of_project = {"project__number": account.project} if account.project else {"project": None}
    rows = EntryRow.objects.filter(
        posting__place_code=place_code,
        posting__day__gt=day,
        line__number=account.line,
        stage=account.stage.value,
        **of_project,
    )
    return dict(rows.order_by().values_list("posting__day").annotate(fen=Sum("fen")))


def _name(account: Account) -> str:
    return " ".join(part for part in (account.line, account.project) if part)
