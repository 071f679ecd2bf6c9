"""How risky a project or a village is, in whole points, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bangfu.core.language import Text
from bangfu.core.money import FEN_PER_YUAN

MILLION_FEN = 1_000_000 * FEN_PER_YUAN
# What policy gives points for (policy/supervision.toml, supervision.points).
KEYS = frozenset({"base", "flag", "finding", "million", "month", "never"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one that may be drawn.

    `flags` red flags that are open, `findings` findings not closed, `fen` the money in it, `months` since
    it was last inspected; None when it never was.
    """

    flags: int
    findings: int
    fen: int
    months: int | None


@dataclass(frozen=True, slots=True)
class Score:
    """The points, at least 1, and the parts they are made of, in one sentence."""

    points: int
    why: Text


def score(facts: Facts, points: Mapping[str, int], most: Mapping[str, int]) -> Score:
    """The points of one. `points` gives them by `KEYS`, `most` the most of a part where there is one.

    Money counts by begun millions of yuan. One never inspected gets the points of `never` in place of
    those for months.
    """
    millions = -(-facts.fen // MILLION_FEN)
    parts = [
        ("base", points["base"], Text("基础", "base")),
        (
            "flag",
            facts.flags * points["flag"],
            Text(f"{facts.flags} 条未处理的疑点", f"{facts.flags} open red flags"),
        ),
        (
            "finding",
            facts.findings * points["finding"],
            Text(f"{facts.findings} 个未销号的问题", f"{facts.findings} findings not closed"),
        ),
        (
            "million",
            millions * points["million"],
            Text(f"资金 {millions} 个百万元", f"{millions} million yuan begun"),
        ),
        _visited(facts, points),
    ]
    counted = [
        (min(given, most.get(name, given)), words) for name, given, words in parts if given > 0
    ]
    return Score(
        max(1, sum(given for given, _ in counted)),
        Text(
            " + ".join(f"{given}（{words.zh}）" for given, words in counted),
            " + ".join(f"{given} ({words.en})" for given, words in counted),
        ),
    )


def _visited(facts: Facts, points: Mapping[str, int]) -> tuple[str, int, Text]:
    if facts.months is None:
        return "never", points["never"], Text("从未督查", "never inspected")
    words = Text(f"{facts.months} 个月没有督查", f"{facts.months} months since the last inspection")
    return "month", facts.months * points["month"], words
