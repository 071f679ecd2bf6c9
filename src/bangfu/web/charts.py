"""Charts: a question as title, one palette, a table behind. The page draws the option with ECharts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bangfu.core.language import Text
from bangfu.web import speech

# Okabe and Ito's colours, which the colour-blind tell apart; the order is the same everywhere.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
# Of a drawing's tiers from left to right: by the tier, where ECharts itself would colour by the amount.
TIERS = (*PALETTE[:6], "#7F8790", "#44505C")


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: its name and a value a category."""

    name: Text
    values: Sequence[float | None]


def bars(
    question: Text, categories: Sequence[str], series: Sequence[Series], *, stacked: bool = False
) -> dict[str, Any]:
    """The option of a bar chart; `question` is what it answers."""
    return _option(
        question, categories, series, {"type": "bar", **({"stack": "all"} if stacked else {})}
    )


def lines(question: Text, categories: Sequence[str], series: Sequence[Series]) -> dict[str, Any]:
    """The option of a line chart over time."""
    return _option(question, categories, series, {"type": "line"})


def curve(
    question: Text,
    axes: tuple[Text, Text],
    series: Sequence[tuple[Text, Sequence[tuple[float, float]]]],
) -> dict[str, Any]:
    """The option of curves over two axes of numbers; each point is (x, y)."""
    option = _option(question, (), (), {})
    axis = {"type": "value", "max": 100, "nameLocation": "middle", "nameGap": 26}
    return option | {
        "grid": {"left": 24, "right": 16, "bottom": 24, "top": 36, "containLabel": True},
        "xAxis": {**axis, "name": speech.say(axes[0])},
        "yAxis": {**axis, "name": speech.say(axes[1]), "nameGap": 34},
        "series": [
            {"name": speech.say(name), "type": "line", "data": [list(point) for point in points]}
            for name, points in series
        ],
    }


def _option(
    question: Text, categories: Sequence[str], series: Sequence[Series], form: dict[str, Any]
) -> dict[str, Any]:
    return {
        "color": list(PALETTE),
        "aria": {
            "enabled": True,
            "label": {"description": speech.say(question)},
            "decal": {"show": True},
        },
        "grid": {"left": 8, "right": 8, "bottom": 8, "top": 36, "containLabel": True},
        "legend": {"top": 0, "type": "scroll"},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": list(categories)},
        "yAxis": {"type": "value"},
        "series": [
            {"name": speech.say(one.name), "data": list(one.values), **form} for one in series
        ],
    }


@dataclass(frozen=True, slots=True)
class Place:
    """A place that money passes: its key, its name, and the page it leads to."""

    key: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount in yuan that goes from one place (by key) to another."""

    source: str
    target: str
    yuan: float


def flow(question: Text, places: Sequence[Place], flows: Sequence[Flow]) -> dict[str, Any]:
    """The option of a Sankey drawing. Names that stand twice are told apart by a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for place in places:
        name, number = place.name, 1
        while name in taken:
            number += 1
            name = f"{place.name} ({number})"
        taken.add(name)
        names[place.key] = name
    return {
        "color": list(PALETTE),
        "aria": {"enabled": True, "label": {"description": speech.say(question)}},
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "sankey",
                "left": 8,
                "right": 110,
                "top": 8,
                "bottom": 8,
                "nodeAlign": "justify",
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "label": {"width": 96, "overflow": "truncate", "fontSize": 12},
                "lineStyle": {"color": "source", "opacity": 0.3},
                "levels": [
                    {"depth": depth, "itemStyle": {"color": colour}}
                    for depth, colour in enumerate(TIERS)
                ],
                "data": [{"name": names[place.key], "href": place.address} for place in places],
                "links": [
                    {
                        "source": names[one.source],
                        "target": names[one.target],
                        "value": one.yuan,
                    }
                    for one in flows
                ],
            }
        ],
    }
