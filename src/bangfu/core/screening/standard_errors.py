"""Standard errors of H, A and M0 on a sample, for people drawn singly, with weights, or in clusters.

Two estimators, because users compare with two kinds of software:

- `kish_errors` are those of the PyPI package mpitb 0.2: H and A as if people were drawn singly and
  without weights, M0 by the delta method with Kish's effective sizes. It knows no clusters.
- `linearised_errors` are the usual ones of survey statistics: each measure is a ratio of weighted
  totals, linearised, with the variance between the clusters of a stratum (with replacement). A
  subgroup is a domain: clusters that hold nobody of it count as zero.

The sums come from one group-by where the sample is; only sums come here. With whole-number weights
everything is exact until the square root.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import sqrt
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir

from bangfu.core.screening.deprivation import Scheme, deprivation_score, is_poor
from bangfu.core.screening.expressions import true

_SUMS = ("n", "w", "w2", "poor_n", "poor_s", "poor_s2", "poor_w", "poor_w2", "poor_ws", "poor_ws2")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure and its standard error; the error is None where the sample cannot tell it."""

    value: float
    error: float | None


@dataclass(frozen=True, slots=True)
class Estimates:
    """H, A and M0 of one group."""

    headcount: Estimate
    intensity: Estimate
    adjusted_headcount: Estimate


def scored_sample(sample: ir.Table, scheme: Scheme, weight: str | None = None) -> ir.Table:
    """The sample with `score`, `poor` and `w`, its weight (1 without a weight column).

    `sample` has a flag for every indicator; an unknown one counts as not deprived.
    """
    columns = [indicator.column for indicator in scheme.indicators]
    flagged = sample.mutate(**{name: true(sample[name]) for name in columns})
    scored = flagged.mutate(score=deprivation_score(flagged, scheme), w=_weight(flagged, weight))
    return scored.mutate(poor=is_poor(scored.score, scheme))


def sample_sums(
    sample: ir.Table, scheme: Scheme, by: Sequence[str] = (), weight: str | None = None
) -> ir.Table:
    """One row a cell of `by`: the sums that `kish_errors` and the measures need.

    Cells of several columns may be added up afterwards with `added`, so that one pass serves the
    whole sample and every subgroup. Weighted deprivations are raw_<id> and censored_<id>.
    """
    patterns = _patterns(sample, scheme, by, weight)
    flags = {
        indicator.column: (patterns.pattern & bit) > 0
        for indicator, bit in zip(scheme.indicators, _bits(scheme), strict=True)
    }
    flagged = patterns.mutate(**flags)
    scored = flagged.mutate(score=deprivation_score(flagged, scheme))
    n, w, w2, s = scored.n, scored.w, scored.w2, scored.score
    poor = is_poor(s, scheme)
    sums: dict[str, ir.Value] = {
        "n": n.sum(),
        "w": w.sum(),
        "w2": w2.sum(),
        "poor_n": n.sum(where=poor),
        "poor_s": (n * s).sum(where=poor),
        "poor_s2": (n * s * s).sum(where=poor),
        "poor_w": w.sum(where=poor),
        "poor_w2": w2.sum(where=poor),
        "poor_ws": (w * s).sum(where=poor),
        "poor_ws2": (w * s * s).sum(where=poor),
    }
    for indicator in scheme.indicators:
        flag = scored[indicator.column]
        sums[f"raw_{indicator.id}"] = w.sum(where=flag)
        sums[f"censored_{indicator.id}"] = w.sum(where=flag & poor)
    return scored.group_by(*by).aggregate(**sums) if by else scored.aggregate(**sums)


def _patterns(sample: ir.Table, scheme: Scheme, by: Sequence[str], weight: str | None) -> ir.Table:
    """People with the same deprivations, counted together: n, w and w2 a cell and pattern.

    There are few patterns, so that the long table is read with three sums instead of two an
    indicator. A pattern is the deprivations as the bits of a whole number.
    """
    pattern = reduce(
        add,
        (
            true(sample[indicator.column]).cast("int64") * bit
            for indicator, bit in zip(scheme.indicators, _bits(scheme), strict=True)
        ),
    )
    keyed = sample.select(*by, pattern=pattern, w=_weight(sample, weight))
    n = keyed.count()
    if weight is None:
        sums = {"n": n, "w": n, "w2": n}
    else:
        sums = {"n": n, "w": keyed.w.sum(), "w2": (keyed.w * keyed.w).sum()}
    return keyed.group_by(*by, "pattern").aggregate(**sums)


def _bits(scheme: Scheme) -> list[int]:
    return [2**number for number in range(len(scheme.indicators))]


def _weight(sample: ir.Table, weight: str | None) -> ir.NumericValue:
    return ibis.literal(1, "int64") if weight is None else sample[weight]


def added(rows: Iterable[Mapping[str, Any]], scheme: Scheme) -> dict[str, Fraction]:
    """The sums of several cells together, exactly; an empty sum is 0."""
    names = [*_SUMS]
    for indicator in scheme.indicators:
        names += [f"raw_{indicator.id}", f"censored_{indicator.id}"]
    totals = dict.fromkeys(names, Fraction(0))
    for row in rows:
        for name in names:
            if row[name]:
                totals[name] += Fraction(row[name])
    return totals


def kish_errors(sums: Mapping[str, Fraction], scheme: Scheme) -> Estimates:
    """The measures of one group with mpitb 0.2's standard errors. `sums` comes from `added`."""
    if not sums["poor_n"]:
        nobody = Estimate(0.0, 0.0)
        return Estimates(nobody, nobody, nobody)
    h = sums["poor_w"] / sums["w"]
    a = sums["poor_ws"] / sums["poor_w"]
    plain_a = sums["poor_s"] / sums["poor_n"]
    var_plain_a = (sums["poor_s2"] / sums["poor_n"] - plain_a**2) / sums["poor_n"]
    effective = sums["w"] ** 2 / sums["w2"]
    effective_poor = sums["poor_w"] ** 2 / sums["poor_w2"]
    var_a = (sums["poor_ws2"] / sums["poor_w"] - a**2) / effective_poor
    var_m0 = a**2 * h * (1 - h) / effective + h**2 * var_a
    return Estimates(
        Estimate(float(h), sqrt(h * (1 - h) / sums["n"])),
        Estimate(float(a / scheme.weight), sqrt(var_plain_a) / scheme.weight),
        Estimate(float(h * a / scheme.weight), sqrt(var_m0) / scheme.weight),
    )


def cluster_totals(
    scored: ir.Table, cluster: str, stratum: str | None = None, by: Sequence[str] = ()
) -> ir.Table:
    """One row a cell of `by`, stratum and cluster: x (weights), p (of the poor), s (× score)."""
    keys = [*by, *([stratum] if stratum else []), cluster]
    w, poor = scored.w, scored.poor
    return scored.group_by(*keys).aggregate(
        x=w.sum(),
        p=w.sum(where=poor).fill_null(0),
        s=(w * scored.score).sum(where=poor).fill_null(0),
    )


def linearised_errors(
    totals: Iterable[Mapping[str, Any]],
    clusters: Mapping[Any, int],
    scheme: Scheme,
    stratum: str | None = None,
) -> Estimates:
    """The measures of one group from its rows of `cluster_totals`.

    `clusters` is how many clusters each stratum has in the whole sample (key None without strata).
    An error is None when a stratum has a single cluster, which tells nothing of the variance.
    """
    rows = [
        (
            row[stratum] if stratum else None,
            Fraction(row["x"]),
            Fraction(row["p"]),
            Fraction(row["s"]),
        )
        for row in totals
    ]
    x = sum((row[1] for row in rows), Fraction(0))
    p = sum((row[2] for row in rows), Fraction(0))
    s = sum((row[3] for row in rows), Fraction(0))
    headcount = _ratio([(h, pc, xc) for h, xc, pc, _ in rows], p, x, clusters)
    intensity = _ratio([(h, sc, pc) for h, _, pc, sc in rows], s, p, clusters)
    adjusted = _ratio([(h, sc, xc) for h, xc, _, sc in rows], s, x, clusters)
    return Estimates(headcount, _scaled(intensity, scheme.weight), _scaled(adjusted, scheme.weight))


def _ratio(
    rows: Sequence[tuple[Any, Fraction, Fraction]],
    top: Fraction,
    bottom: Fraction,
    clusters: Mapping[Any, int],
) -> Estimate:
    if not bottom:
        return Estimate(0.0, 0.0)
    ratio = top / bottom
    residuals: dict[Any, list[Fraction]] = {}
    for stratum, y, x in rows:
        residuals.setdefault(stratum, []).append(y - ratio * x)
    if any(clusters[stratum] < 2 for stratum in residuals):
        return Estimate(float(ratio), None)
    variance = Fraction(0)
    for stratum, values in residuals.items():
        n = clusters[stratum]
        squares = sum((value * value for value in values), Fraction(0))
        total = sum(values, Fraction(0))
        variance += Fraction(n, n - 1) * (squares - total * total / n)
    return Estimate(float(ratio), sqrt(variance) / float(bottom))


def _scaled(estimate: Estimate, by: int) -> Estimate:
    error = None if estimate.error is None else estimate.error / by
    return Estimate(estimate.value / by, error)
