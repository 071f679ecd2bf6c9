"""The last verified figures as a household's page and its card say them, beside the income of the books."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.books.cases.verified import Verified
from bangfu.books.households.incomes import members_on
from bangfu.books.households.models import Happening
from bangfu.core.language import Text
from bangfu.core.money import format_yuan


def verified_told(found: Verified, *, members: int, happenings: Iterable[Happening]) -> Text:
    """What a home check saw, in one line; per head over the members of its day."""
    then = members_on(found.on, members=members, happenings=happenings)
    parts = [_of("纯收入", "net income", found.net)]
    if then > 0:
        parts.append(_of("人均", "per head", found.net // then))
    if found.out_of_pocket is not None:
        parts.append(_of("合规自付支出", "paid for care", found.out_of_pocket))
    return Text(
        f"入户核实 {found.on}：{'，'.join(part.zh for part in parts)}",
        f"Home check of {found.on}: {', '.join(part.en for part in parts)}",
    )


def with_case(told: Text, case_no: int) -> Text:
    """The line for paper, which has no links."""
    return Text(f"{told.zh}，见个案 {case_no}", f"{told.en}, case {case_no}")


def _of(zh: str, en: str, fen: int) -> Text:
    return Text(f"{zh} {format_yuan(fen)} 元", f"{en} {format_yuan(fen)} yuan")
