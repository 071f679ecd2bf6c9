"""The stages a yuan passes, and which movement may take it from one stage to the next.

Quota (指标) and cash (到位) are two books that never mix: plans stay within what is announced, payments
within what has arrived. Money enters each book through one outside account per line, whose balance is
the only one that may be negative: it tells how much has come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bangfu.core.language import Text


class Book(StrEnum):
    """The two books of a line. Every posting sums to zero in each of them."""

    QUOTA = "quota"
    CASH = "cash"


class Stage(StrEnum):
    """Where an amount stands. The values are stored: renaming one needs a migration."""

    SOURCE = "source"
    PLEDGED = "pledged"
    ANNOUNCED = "announced"
    ALLOCATED = "allocated"
    COMMITTED = "committed"
    CLAIMED = "claimed"
    PAID = "paid"
    RECOVERED = "recovered"
    CARRIED_OVER = "carried_over"
    TAKEN_BACK = "taken_back"
    TREASURY = "treasury"
    RECEIVED = "received"


class Kind(StrEnum):
    """What a posting does. The stages after `allocated` have no kind yet, so nothing reaches them."""

    PLEDGE = "pledge"
    ANNOUNCE = "announce"
    RECEIVE = "receive"
    ALLOCATE = "allocate"


@dataclass(frozen=True, slots=True)
class Moves:
    """The stages a kind of posting takes from, and those it gives to."""

    takes: frozenset[Stage]
    gives: frozenset[Stage]


MOVES: dict[Kind, Moves] = {
    Kind.PLEDGE: Moves(frozenset({Stage.SOURCE}), frozenset({Stage.PLEDGED})),
    # An announcement redeems a pledge as far as one was made; the rest comes from outside.
    Kind.ANNOUNCE: Moves(frozenset({Stage.SOURCE, Stage.PLEDGED}), frozenset({Stage.ANNOUNCED})),
    Kind.RECEIVE: Moves(frozenset({Stage.TREASURY}), frozenset({Stage.RECEIVED})),
    # Only announced money is allocated. What is pledged is shown and cannot be spent.
    Kind.ALLOCATE: Moves(frozenset({Stage.ANNOUNCED}), frozenset({Stage.ALLOCATED})),
}

OUTSIDE = frozenset({Stage.SOURCE, Stage.TREASURY})
PER_PROJECT = frozenset(
    {Stage.ALLOCATED, Stage.COMMITTED, Stage.CLAIMED, Stage.PAID, Stage.RECOVERED}
)
BOOKS: dict[Stage, Book] = {
    stage: Book.CASH if stage in {Stage.TREASURY, Stage.RECEIVED} else Book.QUOTA for stage in Stage
}

STAGE_LABELS: dict[Stage, Text] = {
    Stage.SOURCE: Text("指标来源", "source of quota"),
    Stage.PLEDGED: Text("预约", "pledged"),
    Stage.ANNOUNCED: Text("指标", "announced"),
    Stage.ALLOCATED: Text("已安排", "allocated"),
    Stage.COMMITTED: Text("已签合同", "committed"),
    Stage.CLAIMED: Text("已报账", "claimed"),
    Stage.PAID: Text("已支付", "paid"),
    Stage.RECOVERED: Text("已追回", "recovered"),
    Stage.CARRIED_OVER: Text("结转", "carried over"),
    Stage.TAKEN_BACK: Text("收回", "taken back"),
    Stage.TREASURY: Text("资金来源", "source of cash"),
    Stage.RECEIVED: Text("到位", "received"),
}

KIND_LABELS: dict[Kind, Text] = {
    Kind.PLEDGE: Text("预约", "pledge"),
    Kind.ANNOUNCE: Text("指标下达", "announcement"),
    Kind.RECEIVE: Text("资金到位", "receipt"),
    Kind.ALLOCATE: Text("计划安排", "allocation"),
}


def may_move(kind: Kind, stage: Stage, fen: int, *, red: bool = False) -> bool:
    """Whether a posting of `kind` may hold an entry of this sign on `stage`.

    `red` marks a reversal (红字冲销), which mirrors what the kind does.
    """
    if fen == 0:
        return False
    moves = MOVES[kind]
    giving = (fen > 0) is not red
    return stage in (moves.gives if giving else moves.takes)
