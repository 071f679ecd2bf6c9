"""How much of a project may be paid by a day: advance, progress, acceptance, retention.

Money is whole fen; a share of an amount is rounded down, so that no sum of parts passes the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.workdays import add_months


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the price paid at the start and by progress (0.4 and 0.5 of 4:5:1), how much of the
    accepted cost is kept, and for how many months."""

    advance: Fraction
    progress: Fraction
    retention: Fraction
    retention_months: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a project stands on the day asked for.

    `approved_fen` is what the bank admitted, `contract_fen` the price. `subsidy` is the share of what
    is paid once after acceptance (先建后补, 以奖代补), None for what is paid by claims. `percent` is the
    progress of the last report.
    """

    approved_fen: int
    contract_fen: int | None = None
    subsidy: Fraction | None = None
    started_on: date | None = None
    percent: int = 0
    accepted_on: date | None = None
    accepted_fen: int | None = None
    open_defects: int = 0


@dataclass(frozen=True, slots=True)
class Payable:
    """What may have been paid in all by a day, and the sentence that says why."""

    fen: int
    why: Text


def payable(at: Standing, shares: Shares, on: date) -> Payable:
    """The most that may have been paid of a project by a day, all claims together."""
    if at.accepted_on is not None and at.accepted_fen is not None and at.accepted_on <= on:
        return _accepted(at, at.accepted_fen, at.accepted_on, shares, on)
    if at.subsidy is not None:
        return Payable(
            0, Text("先建后补、以奖代补：验收后才付", "Paid after acceptance, not before")
        )
    if at.started_on is None or at.started_on > on:
        return Payable(0, Text("还没有开工", "Not begun"))
    price = min(at.contract_fen or at.approved_fen, at.approved_fen)
    share = shares.advance + shares.progress * Fraction(at.percent, 100)
    fen = int(price * share)
    return Payable(
        fen,
        Text(
            f"预付 {_percent(shares.advance)}，进度 {at.percent}% × {_percent(shares.progress)}，"
            f"按 {format_yuan(price)} 元计",
            f"Advance {_percent(shares.advance)}, progress {at.percent} % × "
            f"{_percent(shares.progress)}, of {format_yuan(price)} yuan",
        ),
    )


def _accepted(
    at: Standing, accepted_fen: int, accepted_on: date, shares: Shares, on: date
) -> Payable:
    if at.subsidy is not None:
        fen = min(at.approved_fen, int(at.subsidy * accepted_fen))
        return Payable(
            fen,
            Text(
                f"min(批准 {format_yuan(at.approved_fen)}，{_percent(at.subsidy)} × 验收 "
                f"{format_yuan(accepted_fen)}) 元",
                f"min(approved {format_yuan(at.approved_fen)}, {_percent(at.subsidy)} × accepted "
                f"{format_yuan(accepted_fen)}) yuan",
            ),
        )
    whole = min(at.approved_fen, accepted_fen, at.contract_fen or accepted_fen)
    kept = whole - int(whole * (1 - shares.retention))
    free_on = add_months(accepted_on, shares.retention_months)
    if kept and (on < free_on or at.open_defects):
        waits = (
            Text(f"有 {at.open_defects} 处缺陷未修复", f"defects not repaired: {at.open_defects}")
            if at.open_defects
            else Text(f"{free_on} 到期", f"until {free_on}")
        )
        return Payable(
            whole - kept,
            Text(
                f"验收认定 {format_yuan(whole)} 元，扣留质保金 {format_yuan(kept)} 元（{waits.zh}）",
                f"{format_yuan(whole)} yuan accepted, {format_yuan(kept)} kept ({waits.en})",
            ),
        )
    return Payable(
        whole,
        Text(f"验收认定 {format_yuan(whole)} 元", f"{format_yuan(whole)} yuan accepted"),
    )


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):g}%"
