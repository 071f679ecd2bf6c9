"""Schemes (补助项目) that the policy states: who may have it, what it pays, for which term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bangfu.core.errors import UsageError
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.payments.terms import Term, TermKind, read_term, term_of
from bangfu.core.places import contains, prefix
from bangfu.core.policy.documents import Spot
from bangfu.core.policy.model import ParameterSpec, Period, Status
from bangfu.core.policy.rules.nodes import Node


class Formula(StrEnum):
    """How a scheme's amount is worked out (docs/algorithms/payments.md)."""

    FIXED = "fixed"  # the rate
    PER_UNIT = "per_unit"  # the rate times a quantity, of at most so many units
    SHARE = "share"  # a share of a base, at most the cap
    INTEREST = "interest"  # a share of a loan's interest for the term


class Payee(StrEnum):
    """Whose account the money goes to."""

    PERSON = "person"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that whoever is entitled meets, with its own words for why or why not."""

    id: str
    condition: Node
    when: str
    text: Text
    parameters: Mapping[str, ParameterSpec]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme for a place and a period.

    `rate`, `most` and `cap` are keys of policy values, "" where the formula needs none. Projects of its
    `purposes` (类别) pay it. Schemes of one
    `group` exclude each other within a term; without a group a scheme excludes only itself.
    """

    id: str
    grain: Table
    term: TermKind
    formula: Formula
    rate: str
    most: str
    cap: str
    base: Text
    purposes: tuple[str, ...]
    payee: Payee
    group: str
    place: str
    period: Period
    text: Text
    conditions: tuple[Condition, ...]
    source: str
    status: Status
    note: str
    spot: Spot

    @property
    def excludes_in(self) -> str:
        """The group within which nobody gets two in one term."""
        return self.group or self.id

    def usual_term(self, on: date) -> Term:
        """The term that is applied for on a day: the running one; of interest, the last that is over."""
        running = term_of(self.term, on)
        if self.formula is not Formula.INTEREST:
            return running
        return term_of(self.term, running.first - timedelta(days=1))


@dataclass(frozen=True)
class Schemes:
    """Every scheme that the files state."""

    all: Sequence[Scheme] = ()

    def in_force(self, *, place: str, on: date) -> list[Scheme]:
        """The schemes of a place on a day: of one id the most specific place, in the order of the files."""
        found: dict[str, Scheme] = {}
        for scheme in self.all:
            if not contains(scheme.place, place) or not scheme.period.covers(on):
                continue
            known = found.get(scheme.id)
            if known is None or len(prefix(scheme.place)) > len(prefix(known.place)):
                found[scheme.id] = scheme
        return list(found.values())

    def find(self, scheme: str, *, place: str, on: date) -> Scheme:
        """One scheme. Raises UsageError when it is not in force there."""
        for each in self.in_force(place=place, on=on):
            if each.id == scheme:
                return each
        raise UsageError(
            Text(
                f"{place} 在 {on} 没有“{scheme}”这项补助。",
                f'There is no scheme "{scheme}" for {place} on {on}.',
            )
        )

    def purposes(self, scheme: str) -> frozenset[str]:
        """The purposes of the projects that may pay a scheme, whether or not it is in force."""
        return frozenset(name for each in self.all if each.id == scheme for name in each.purposes)

    def words(self, scheme: str) -> Text:
        """The name of a scheme, whether or not it is in force; its id when no file names it."""
        named = [each.text for each in self.all if each.id == scheme]
        return named[-1] if named else Text(scheme, scheme)

    def term_words(self, scheme: str, term: str) -> Text:
        """A term of a scheme as people write it; its code when no file names the scheme or no such term."""
        for each in reversed(self.all):
            if each.id == scheme:
                try:
                    return read_term(each.term, term).text
                except ValueError:
                    break
        return Text(term, term)
