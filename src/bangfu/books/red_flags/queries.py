"""What pages, the terminal and other books read of red flags."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Count, Q, QuerySet

from bangfu.books.red_flags.models import Flag, FlagRow, Relation, Run, State
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.red_flags import look
from bangfu.core.red_flags.model import Asked, Kind, Rule
from bangfu.core.red_flags.sentences import condition

NO_FLAG = Text("没有这条疑点，或者它不在您的范围内。", "There is no such flag, or it is not yours.")


def flags(*, place_code: str = places.NATION, gone: bool = False) -> QuerySet[Flag]:
    """The flags of a place that are still found, or those that are gone."""
    low, high = places.code_range(place_code)
    return Flag.objects.filter(place_code__gte=low, place_code__lt=high, gone_on__isnull=not gone)


def rows(flag: Flag) -> QuerySet[FlagRow]:
    """The rows that make a flag fire now."""
    return flag.rows.filter(evidence=flag.evidence).order_by("position")


def found(flag_id: int) -> Flag:
    """One flag of the scope. NotFoundError."""
    flag = Flag.objects.filter(pk=flag_id).first()
    if flag is None:
        raise NotFoundError(NO_FLAG)
    return flag


def counts(*, county: str, year: int) -> dict[str, tuple[int, int]]:
    """How many flags of each rule are open and are there in all, of a county's year."""
    rows_of = (
        Flag.objects.filter(county_code=county, year=year, gone_on=None)
        .values_list("rule")
        .annotate(open=Count("pk", filter=Q(state=State.OPEN)), all=Count("pk"))
    )
    return {rule: (open_, all_) for rule, open_, all_ in rows_of}


def open_by_subject(county: str) -> dict[tuple[str, str], int]:
    """How many flags of a county are open, by ("project", number) and ("village", code)."""
    there = Flag.objects.filter(county_code=county, state=State.OPEN, gone_on=None)
    found = Counter(
        (Kind.PROJECT.value, number)
        for number in there.filter(subject_kind=Kind.PROJECT).values_list("subject_key", flat=True)
    )
    found.update(
        (Kind.VILLAGE.value, code)
        for code in there.values_list("place_code", flat=True)
        if places.level(code) is places.Level.VILLAGE
    )
    return dict(found)


def last_run(*, county: str, year: int) -> Run | None:
    """The latest look at a county's year."""
    return Run.objects.filter(place_code=county, year=year).order_by("-ran_at", "-pk").first()


def relations() -> QuerySet[Relation]:
    """Declared relations of the scope, the newest first."""
    return Relation.objects.order_by("-declared_on", "-pk")


def conditions(flag: Flag, rule: Rule, policy: Policy, *, on: date) -> list[tuple[Text, str]]:
    """When a flag of its kind is raised, in words, and where the policy states it."""
    asked = Asked(policy, flag.county_code, on)
    return [
        (condition(sign, asked), f"{sign.spot.file}:{sign.spot.line}")
        for sign in rule.of_matter(flag.about)
    ]


def rules(policy: Policy, *, county: str, on: date) -> dict[str, Rule]:
    """The rules in force for a county on a day."""
    return look.rules(policy, place=county, on=on)
