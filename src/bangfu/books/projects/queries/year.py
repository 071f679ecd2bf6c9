"""The county's year: its milestones and what proves each, and the commitments that bind departments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from bangfu.books.projects.models import (
    Commitment,
    KeyVillage,
    Meeting,
    Milestone,
    Project,
    Status,
    TeamMember,
)
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone of a county's year: when it is due, what the books show of it, whether it was passed.

    `count` of `total` things are there; `total` 0 means that nothing is counted against.
    """

    id: str
    text: Text
    due_on: date
    count: int
    total: int
    passed: Milestone | None

    @property
    def complete(self) -> bool:
        """Whether the books show all of it."""
        return self.count > 0 and self.count >= self.total

    def late(self, today: date) -> bool:
        """Whether its day has passed and it has not been."""
        return self.passed is None and self.due_on < today


def milestones(county: str, year: int, *, policy: Policy) -> list[MilestoneLine]:
    """The milestones of a county's year in order, with what the books show of each."""
    stated = policy.value("projects.county_year", place=county, on=date(year, 1, 1)).value
    passed = {
        each.milestone: each for each in Milestone.objects.filter(place_code=county, year=year)
    }
    shown = _shown(county, year)
    lines = []
    for each in stated["milestones"]:
        month, _, day = each["due"].partition("-")
        count, total = shown[each["proof"]]()
        lines.append(
            MilestoneLine(
                each["id"],
                Text(each["zh"], each["en"]),
                date(year + each["year"], int(month), int(day)),
                count,
                total,
                passed.get(each["id"]),
            )
        )
    return sorted(lines, key=lambda line: line.due_on)


def _shown(county: str, year: int) -> Mapping[str, Callable[[], tuple[int, int]]]:
    """By kind of proof, how much of it the books have and of how much."""
    inside = {"place_code__startswith": places.prefix(county), "year": year}
    villages = set(KeyVillage.objects.filter(**inside).values_list("place_code", flat=True))

    def listed() -> tuple[int, int]:
        return len(villages), 0

    def planned() -> tuple[int, int]:
        return KeyVillage.objects.filter(**inside).exclude(plan="").count(), len(villages)

    def reviewed() -> tuple[int, int]:
        admitted = Project.objects.filter(
            place_code__in=villages, year=year, status=Status.ADMITTED
        )
        return admitted.values("place_code").distinct().count(), len(villages)

    def year_start() -> tuple[int, int]:
        return Meeting.objects.filter(**inside, kind=Meeting.Kind.YEAR_START).count(), 1

    def teams() -> tuple[int, int]:
        led = TeamMember.objects.filter(**inside, part=TeamMember.Part.LEADER)
        return led.filter(place_code__in=villages).count(), len(villages)

    def minutes() -> tuple[int, int]:
        held = Meeting.objects.filter(**inside, kind=Meeting.Kind.VILLAGE)
        found = held.filter(place_code__in=villages).values("place_code").distinct().count()
        return found, len(villages)

    return {
        "key_villages": listed,
        "village_plans": planned,
        "bank_review": reviewed,
        "year_start": year_start,
        "teams": teams,
        "village_minutes": minutes,
    }


def commitments(*, place_code: str = places.NATION) -> QuerySet[Commitment]:
    """The commitments that lie in a place, or that are for a village of it."""
    low, high = places.code_range(place_code)
    return Commitment.objects.filter(
        Q(place_code__gte=low, place_code__lt=high)
        | Q(village_code__gte=low, village_code__lt=high)
    ).select_related("meeting")


def open_commitments(*, place_code: str = places.NATION) -> QuerySet[Commitment]:
    """Those that are neither done nor released."""
    return commitments(place_code=place_code).filter(done_on=None, released_by=None)
