"""The county's year: its milestones and what proves each, and the commitments that bind departments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from bangfu.books.assistance.models import Measure
from bangfu.books.households.models import Household
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

    `count` of `total` things are there; `total` 0 means that nothing is counted against. `count` is None
    where the reader may not see what is counted. `none_needed`: nobody is there for whom it would be done.
    """

    id: str
    text: Text
    due_on: date
    count: int | None
    total: int
    passed: Milestone | None
    none_needed: bool = False

    @property
    def complete(self) -> bool:
        """Whether the books show all of it."""
        if self.count is None:
            return False
        return self.none_needed or self.count > 0 and self.count >= self.total

    def late(self, today: date) -> bool:
        """Whether its day has passed and it has not been."""
        return self.passed is None and self.due_on < today


def milestones(
    county: str, year: int, *, policy: Policy, persons: bool = True
) -> list[MilestoneLine]:
    """The milestones of a county's year in order, with what the books show of each.

    `persons`: whether the scope gives households, without which their plans cannot be counted.
    """
    stated = policy.value("projects.county_year", place=county, on=date(year, 1, 1)).value
    passed = {
        each.milestone: each for each in Milestone.objects.filter(place_code=county, year=year)
    }
    shown = _shown(county, year)
    lines = []
    for each in stated["milestones"]:
        month, _, day = each["due"].partition("-")
        proof = each["proof"]
        count, total = shown[proof]()
        of_households = proof == "household_plans"
        lines.append(
            MilestoneLine(
                each["id"],
                Text(each["zh"], each["en"]),
                date(year + each["year"], int(month), int(day)),
                count if persons or not of_households else None,
                total,
                passed.get(each["id"]),
                of_households and villages_listed(county, year) and total == 0,
            )
        )
    return sorted(lines, key=lambda line: line.due_on)


def villages_listed(county: str, year: int) -> bool:
    """Whether a year's key villages are known."""
    return KeyVillage.objects.filter(
        place_code__startswith=places.prefix(county), year=year
    ).exists()


def helped_households(county: str, year: int) -> QuerySet[Household]:
    """The households under monitoring in a year's key villages whose risk is not removed, each with
    `planned`: whether a measure agreed for it is due in the year and has not ended before."""
    villages = KeyVillage.objects.filter(place_code__startswith=places.prefix(county), year=year)
    for_the_year = Measure.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=date(year, 1, 1)),
        household_no=OuterRef("household_no"),
        due_on__year=year,
    )
    return (
        Household.objects.filter(
            place_code__in=villages.values("place_code"), monitored_class__isnull=False
        )
        .exclude(risk_removed=True)
        .annotate(planned=Exists(for_the_year))
    )


def _shown(county: str, year: int) -> Mapping[str, Callable[[], tuple[int, int]]]:
    """By kind of proof, how much of it the books have and of how much."""
    inside = {"place_code__startswith": places.prefix(county), "year": year}
    villages = set(KeyVillage.objects.filter(**inside).values_list("place_code", flat=True))

    def listed() -> tuple[int, int]:
        return len(villages), 0

    def planned() -> tuple[int, int]:
        return KeyVillage.objects.filter(**inside).exclude(plan="").count(), len(villages)

    def for_households() -> tuple[int, int]:
        helped = helped_households(county, year)
        return helped.filter(planned=True).count(), helped.count()

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
        "household_plans": for_households,
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
