"""The answer R of the JSON contract, as frozen data and as a dict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from bangfu.core.allocation.tiers import Tier
from bangfu.core.language import Text

OPTIMAL, FEASIBLE, INFEASIBLE, INVALID = "optimal", "feasible", "infeasible", "invalid"
_DIGITS = 34
# A reason names at most this many projects or lines; the rest would not be read.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a project is not funded. `why` is one of the four words of the contract.

    `facts` carries the same in a form a program can read.
    """

    project: str
    why: str
    text: Text
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A soft floor that is not met, by how much, and what money would close it."""

    floor: str
    fen: int
    text: Text
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Idle:
    """Money of a line that is not spent, and why."""

    line: str
    fen: int
    why: str
    text: Text
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflicting:
    """One rule of the conflict set. `path` is where it stands in the problem document."""

    kind: str
    path: str
    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything said about a problem. Only the parts that `status` calls for are filled."""

    status: str
    tiers: tuple[Tier, ...] = ()
    selected: tuple[tuple[str, int], ...] = ()
    amounts: tuple[tuple[str, str, int], ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    idle: tuple[Idle, ...] = ()
    reasons: tuple[Reason, ...] = ()
    conflict: tuple[Conflicting, ...] = ()
    conflict_irreducible: bool | None = None
    errors: tuple[tuple[str, Text], ...] = ()
    seconds: float = 0.0

    @property
    def priority(self) -> Tier | None:
        """The priority tier, whose figures stand at the top of R."""
        return next((tier for tier in self.tiers if tier.name == "priority"), None)

    def as_dict(self) -> dict[str, object]:
        """The JSON contract's R. Exact numbers that are not whole fen are decimal strings."""
        top = self.priority
        return {
            "status": self.status,
            "priority": None if top is None else decimal_text(top.value),
            "bound": None if top is None else decimal_text(top.bound, up=True),
            "gap": None if top is None else _gap_text(top.gap),
            "tiers": [_tier(tier) for tier in self.tiers],
            "selected": [{"project": name, "units": units} for name, units in self.selected],
            "amounts": [
                {"line": line, "project": project, "fen": fen}
                for line, project, fen in self.amounts
            ],
            "shortfalls": [
                {"floor": s.floor, "fen": s.fen, "detail": _detail(s.text, s.facts)}
                for s in self.shortfalls
            ],
            "idle": [
                {"line": i.line, "fen": i.fen, "why": i.why, "detail": _detail(i.text, i.facts)}
                for i in self.idle
            ],
            "reasons": [
                {"project": r.project, "why": r.why, "detail": _detail(r.text, r.facts)}
                for r in self.reasons
            ],
            "conflict": [
                {"kind": c.kind, "path": c.path, "id": c.id, "detail": _detail(c.text, {})}
                for c in self.conflict
            ],
            "conflict_irreducible": self.conflict_irreducible,
            "errors": [{"path": path, "message": str(text)} for path, text in self.errors],
            "seconds": round(self.seconds, 3),
        }


def decimal_text(value: Fraction, *, up: bool = False) -> str:
    """A fraction as a plain decimal: exact when it has one of 34 digits, else rounded (`up`)."""
    rounding = ROUND_CEILING if up else None
    context = Context(prec=_DIGITS, rounding=rounding)
    number = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _gap_text(gap: Fraction) -> str:
    number = Context(prec=6, rounding=ROUND_CEILING).divide(
        Decimal(gap.numerator), Decimal(gap.denominator)
    )
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tier(tier: Tier) -> dict[str, object]:
    if tier.name == "priority":
        value: object = decimal_text(tier.value)
        bound: object = decimal_text(tier.bound, up=True)
    else:
        value, bound = int(tier.value), int(tier.bound)
    return {"name": tier.name, "value": value, "bound": bound, "gap": _gap_text(tier.gap)}


def _detail(text: Text, facts: Mapping[str, object]) -> dict[str, object]:
    return {"zh": text.zh, "en": text.en, **facts}
