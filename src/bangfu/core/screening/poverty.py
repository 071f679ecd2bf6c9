"""Multidimensional poverty by Alkire and Foster: H, A and M0, and where they come from.

People are counted, not households: a household's deprivations are those of each member. Everything
is kept as whole numbers until the last division, so that a decomposition by place or by indicator
adds up to the whole exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from bangfu.core.screening.deprivation import Scheme
from bangfu.core.screening.expressions import whole


def poverty(households: ir.Table, scheme: Scheme, by: str = "place_code") -> ir.Table:
    """One row a group: whole-number sums from which every measure is a division away.

    Columns: `by`, households, people, poor_households, poor (people), score (the scores of poor
    people added up), and raw_<indicator>, censored_<indicator> (people deprived; people poor and
    deprived). `households` is the screening's household table.
    """
    people = households.members
    sums = {
        "households": households.count(),
        "people": whole(people.sum()),
        "poor_households": households.count(where=households.poor),
        "poor": _people(people, households.poor),
        "score": _people(people * households.score, households.poor),
    }
    for indicator in scheme.indicators:
        flag = households[indicator.column]
        sums[f"raw_{indicator.id}"] = _people(people, flag)
        sums[f"censored_{indicator.id}"] = _people(people, flag & households.poor)
    return households.group_by(by).aggregate(**sums)


def poverty_by_indicator(groups: ir.Table, scheme: Scheme, by: str = "place_code") -> ir.Table:
    """The groups' deprivations, a row a group and indicator.

    `points` is weight × censored: over the indicators of a group the points add up to its score, so
    points / score is the indicator's contribution to M0.
    """
    rows = [
        groups.select(
            by,
            dimension=ibis.literal(indicator.dimension),
            indicator=ibis.literal(indicator.id),
            weight=ibis.literal(indicator.weight, "int64"),
            raw=groups[f"raw_{indicator.id}"],
            censored=groups[f"censored_{indicator.id}"],
            points=groups[f"censored_{indicator.id}"] * indicator.weight,
            score=groups.score,
        )
        for indicator in scheme.indicators
    ]
    return ibis.union(*rows)


@dataclass(frozen=True, slots=True)
class Measure:
    """The measures of one group, as exact fractions of whole-number sums.

    A group without people, or without poor, has measures of 0: nobody there is poor.
    """

    scheme: Scheme
    people: int
    poor: int
    score: int
    raw: Mapping[str, int]
    censored: Mapping[str, int]

    @property
    def headcount(self) -> Fraction:
        """H: the share of people who are poor."""
        return _share(self.poor, self.people)

    @property
    def intensity(self) -> Fraction:
        """A: the average share of the weights in which the poor are deprived."""
        return _share(self.score, self.poor * self.scheme.weight)

    @property
    def adjusted_headcount(self) -> Fraction:
        """M0 = H × A."""
        return _share(self.score, self.people * self.scheme.weight)

    def raw_headcounts(self) -> dict[str, Fraction]:
        """Per indicator, the share of people deprived in it."""
        return {name: _share(count, self.people) for name, count in self.raw.items()}

    def censored_headcounts(self) -> dict[str, Fraction]:
        """Per indicator, the share of people poor and deprived in it."""
        return {name: _share(count, self.people) for name, count in self.censored.items()}

    def contributions(self) -> dict[str, Fraction]:
        """Per indicator, its part of M0; the parts add up to M0."""
        whole_weight = self.people * self.scheme.weight
        return {
            indicator.id: _share(indicator.weight * self.censored[indicator.id], whole_weight)
            for indicator in self.scheme.indicators
        }

    def dimension_contributions(self) -> dict[str, Fraction]:
        """Per dimension, its part of M0; the parts add up to M0."""
        parts = self.contributions()
        totals = dict.fromkeys(self.scheme.dimensions, Fraction(0))
        for indicator in self.scheme.indicators:
            totals[indicator.dimension] += parts[indicator.id]
        return totals


def measure(row: Mapping[str, int], scheme: Scheme) -> Measure:
    """The measure of one row of `poverty`."""
    return Measure(
        scheme,
        int(row["people"]),
        int(row["poor"]),
        int(row["score"]),
        {indicator.id: int(row[f"raw_{indicator.id}"]) for indicator in scheme.indicators},
        {indicator.id: int(row[f"censored_{indicator.id}"]) for indicator in scheme.indicators},
    )


def together(measures: Iterable[Measure], scheme: Scheme) -> Measure:
    """The measure of several groups together, such as a township's villages."""
    every = list(measures)
    return Measure(
        scheme,
        sum(one.people for one in every),
        sum(one.poor for one in every),
        sum(one.score for one in every),
        {i.id: sum(one.raw[i.id] for one in every) for i in scheme.indicators},
        {i.id: sum(one.censored[i.id] for one in every) for i in scheme.indicators},
    )


def _people(count: ir.IntegerValue, where: ir.BooleanValue) -> ir.IntegerValue:
    return whole(count.sum(where=where).fill_null(0))


def _share(part: int, of: int) -> Fraction:
    return Fraction(part, of) if of else Fraction(0)
