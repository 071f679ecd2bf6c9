"""What a photo of a building site tells: where and when it was taken, held against the project.

A photo is never refused for this. What does not fit, or cannot be told, is said beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bangfu.core.language import Text

_EARTH_METRES = 6_371_000
Position = tuple[Decimal, Decimal]


class Doubt(StrEnum):
    """What does not fit, or is not known. The values are stored."""

    NO_POSITION = "no_position"
    SITE_UNKNOWN = "site_unknown"
    FAR = "far"
    NO_TIME = "no_time"
    OTHER_DAY = "other_day"
    REPORTED = "reported"


SAID = {
    Doubt.NO_POSITION: Text("照片没有位置", "The photo tells no place"),
    Doubt.SITE_UNKNOWN: Text(
        "项目还没有坐标，位置无法核对", "The project's own place is not known yet"
    ),
    Doubt.FAR: Text("拍摄地点离项目太远", "Taken too far from the project"),
    Doubt.NO_TIME: Text("照片没有拍摄时间", "The photo tells no time"),
    Doubt.OTHER_DAY: Text("不是报告期内拍摄的", "Not taken in the days reported on"),
    Doubt.REPORTED: Text("以前的报告里用过", "Used in an earlier report"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a photo tells: metres from the site where both are known, and what does not fit."""

    distance_m: int | None
    doubts: tuple[Doubt, ...]


def judge(
    *,
    position: Position | None,
    taken_on: date | None,
    site: Position | None,
    reported_on: date,
    metres: int,
    days: int,
    reported: bool,
) -> Told:
    """Hold a photo against its project. It fits when taken at most `metres` away, on one of the `days`
    days that end with the report's own, and was not `reported` before."""
    distance = None
    doubts: list[Doubt] = []
    if position is None:
        doubts.append(Doubt.NO_POSITION)
    elif site is None:
        doubts.append(Doubt.SITE_UNKNOWN)
    else:
        distance = metres_between(position, site)
        if distance > metres:
            doubts.append(Doubt.FAR)
    if taken_on is None:
        doubts.append(Doubt.NO_TIME)
    elif not 0 <= (reported_on - taken_on).days < days:
        doubts.append(Doubt.OTHER_DAY)
    if reported:
        doubts.append(Doubt.REPORTED)
    return Told(distance, tuple(doubts))


def metres_between(one: Position, other: Position) -> int:
    """The way between two places (latitude, longitude in degrees) along the globe, in whole metres."""
    (lat1, lon1), (lat2, lon2) = (
        tuple(math.radians(part) for part in each) for each in (one, other)
    )
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return round(2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(half))))
