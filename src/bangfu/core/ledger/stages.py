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
    DISBURSED = "disbursed"
    RETURNED = "returned"


class Kind(StrEnum):
    """What a posting does. The values are stored."""

    PLEDGE = "pledge"
    ANNOUNCE = "announce"
    RECEIVE = "receive"
    ALLOCATE = "allocate"
    AMEND = "amend"
    COMMIT = "commit"
    RELEASE = "release"
    CLAIM = "claim"
    PAY = "pay"
    RECOVER = "recover"
    RESTORE = "restore"
    REASSIGN = "reassign"
    CARRY_OVER = "carry_over"
    BRING_IN = "bring_in"
    TAKE_BACK = "take_back"


@dataclass(frozen=True, slots=True)
class Moves:
    """The stages a kind of posting takes from, and those it gives to."""

    takes: frozenset[Stage]
    gives: frozenset[Stage]


def _moves(takes: set[Stage], gives: set[Stage]) -> Moves:
    return Moves(frozenset(takes), frozenset(gives))


MOVES: dict[Kind, Moves] = {
    Kind.PLEDGE: _moves({Stage.SOURCE}, {Stage.PLEDGED}),
    # An announcement redeems a pledge as far as one was made; the rest comes from outside.
    Kind.ANNOUNCE: _moves({Stage.SOURCE, Stage.PLEDGED}, {Stage.ANNOUNCED}),
    Kind.RECEIVE: _moves({Stage.TREASURY}, {Stage.RECEIVED}),
    # Only announced money is allocated. What is pledged is shown and cannot be spent.
    Kind.ALLOCATE: _moves({Stage.ANNOUNCED}, {Stage.ALLOCATED}),
    # An amended plan posts the difference: what one project loses, another gets, or the line has back.
    Kind.AMEND: _moves({Stage.ANNOUNCED, Stage.ALLOCATED}, {Stage.ANNOUNCED, Stage.ALLOCATED}),
    Kind.COMMIT: _moves({Stage.ALLOCATED}, {Stage.COMMITTED}),
    Kind.RELEASE: _moves({Stage.COMMITTED}, {Stage.ALLOCATED}),
    Kind.CLAIM: _moves({Stage.COMMITTED}, {Stage.CLAIMED}),
    # A payment moves both books at once, and the same amount in each.
    Kind.PAY: _moves({Stage.CLAIMED, Stage.RECEIVED}, {Stage.PAID, Stage.DISBURSED}),
    Kind.RECOVER: _moves({Stage.PAID, Stage.DISBURSED}, {Stage.RECOVERED, Stage.RECEIVED}),
    # What was recovered is free again on its line.
    Kind.RESTORE: _moves({Stage.RECOVERED}, {Stage.ANNOUNCED}),
    # What came back from a payee may be spent on its project again: the plan still gives it.
    Kind.REASSIGN: _moves({Stage.RECOVERED}, {Stage.ALLOCATED}),
    Kind.CARRY_OVER: _moves({Stage.ANNOUNCED}, {Stage.CARRIED_OVER}),
    Kind.BRING_IN: _moves({Stage.CARRIED_OVER}, {Stage.ANNOUNCED}),
    # Whoever gave takes back what nobody has planned with, and as much of its cash as had come.
    Kind.TAKE_BACK: _moves(
        {Stage.ANNOUNCED, Stage.CARRIED_OVER, Stage.RECEIVED}, {Stage.TAKEN_BACK, Stage.RETURNED}
    ),
}

OUTSIDE = frozenset({Stage.SOURCE, Stage.TREASURY})
# What lies with a project: the stages whose sum is the line's part of the project's plan.
HELD = frozenset({Stage.ALLOCATED, Stage.COMMITTED, Stage.CLAIMED, Stage.PAID})
PER_PROJECT = HELD | {Stage.RECOVERED}
# These kinds move money from stage to stage of one project; no project gains from another.
WITHIN_PROJECT = frozenset(
    {Kind.COMMIT, Kind.RELEASE, Kind.CLAIM, Kind.PAY, Kind.RECOVER, Kind.REASSIGN}
)
# Kinds that move both books: the stage of the quota book and that of the cash book that move alike.
PAIRED: dict[Kind, tuple[Stage, Stage]] = {
    Kind.PAY: (Stage.PAID, Stage.DISBURSED),
    Kind.RECOVER: (Stage.RECOVERED, Stage.RECEIVED),
}
_CASH = frozenset({Stage.TREASURY, Stage.RECEIVED, Stage.DISBURSED, Stage.RETURNED})
BOOKS: dict[Stage, Book] = {stage: Book.CASH if stage in _CASH else Book.QUOTA for stage in Stage}

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
    Stage.DISBURSED: Text("已拨出", "disbursed"),
    Stage.RETURNED: Text("已上缴", "returned"),
}

# What stands on a stage and has gone no further, which is less than all that came so far; of the outside
# stages and the last ones, all of it.
LEFT_LABELS: dict[Stage, Text] = {
    Stage.SOURCE: Text("指标合计（含预约）", "quota in all, pledges included"),
    Stage.PLEDGED: Text("预约、尚未下达", "pledged, not announced"),
    Stage.ANNOUNCED: Text("尚未安排的指标", "announced, not allocated"),
    Stage.ALLOCATED: Text("已安排、未签合同", "allocated, not committed"),
    Stage.COMMITTED: Text("已签合同、未报账", "committed, not claimed"),
    Stage.CLAIMED: Text("已报账、未支付", "claimed, not paid"),
    Stage.PAID: Text("已支付", "paid"),
    Stage.RECOVERED: Text("已追回、未再安排", "recovered, not allocated anew"),
    Stage.CARRIED_OVER: Text("已结转、未使用", "carried over, not brought in"),
    Stage.TAKEN_BACK: Text("已收回", "taken back"),
    Stage.TREASURY: Text("到位合计", "received in all"),
    Stage.RECEIVED: Text("在账（到位未拨出）", "in hand: received, not disbursed"),
    Stage.DISBURSED: Text("已拨出", "disbursed"),
    Stage.RETURNED: Text("已上缴", "returned"),
}

KIND_LABELS: dict[Kind, Text] = {
    Kind.PLEDGE: Text("预约", "pledge"),
    Kind.ANNOUNCE: Text("指标下达", "announcement"),
    Kind.RECEIVE: Text("资金到位", "receipt"),
    Kind.ALLOCATE: Text("计划安排", "allocation"),
    Kind.AMEND: Text("计划调整", "amendment"),
    Kind.COMMIT: Text("签订合同", "commitment"),
    Kind.RELEASE: Text("合同结余", "release"),
    Kind.CLAIM: Text("报账", "claim"),
    Kind.PAY: Text("支付", "payment"),
    Kind.RECOVER: Text("追回", "recovery"),
    Kind.RESTORE: Text("追回再安排", "restoration"),
    Kind.REASSIGN: Text("追回留项目", "reassignment"),
    Kind.CARRY_OVER: Text("结转", "carry-over"),
    Kind.BRING_IN: Text("结转使用", "bringing-in"),
    Kind.TAKE_BACK: Text("收回", "take-back"),
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
