"""What the lines hold for one project, as the parts that claims are split by."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.books.funds.models import Balance
from bangfu.core.ledger.splitting import Part
from bangfu.core.ledger.stages import HELD, Stage

Held = dict[str, dict[Stage, int]]
CLAIMED = (Stage.CLAIMED, Stage.PAID)
COMMITTED = (Stage.COMMITTED, *CLAIMED)


def held_by_line(project_id: int) -> Held:
    """Fen by line and stage of a project. Hold the project (`booking.lock_projects`) to rely on it."""
    rows = Balance.objects.filter(
        project_id=project_id, stage__in=sorted(stage.value for stage in HELD)
    )
    held: Held = {}
    for line, stage, fen in rows.values_list("line__number", "stage", "amount"):
        held.setdefault(line, {})[Stage(stage)] = fen
    return held


def sum_of(held: Held, stages: Iterable[Stage]) -> int:
    """What stands on some stages of the project, all lines together."""
    wanted = tuple(stages)
    return sum(by_stage.get(stage, 0) for by_stage in held.values() for stage in wanted)


def to_commit(held: Held) -> list[Part]:
    """Parts by which the next contract is split: each line up to its part of the plan."""
    return [
        Part(line, sum(by_stage.values()), _on(by_stage, COMMITTED))
        for line, by_stage in held.items()
    ]


def to_claim(held: Held) -> list[Part]:
    """Parts by which the next claim is split: each line up to what it has committed.

    For `splitting.unsplit` the same parts say what contracts may give up.
    """
    return [
        Part(line, sum(by_stage.values()), _on(by_stage, CLAIMED), _on(by_stage, COMMITTED))
        for line, by_stage in held.items()
    ]


def _on(by_stage: dict[Stage, int], stages: Iterable[Stage]) -> int:
    return sum(by_stage.get(stage, 0) for stage in stages)
