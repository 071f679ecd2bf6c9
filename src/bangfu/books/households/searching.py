"""Finding households: by name, pinyin, initials, village, number or ID; and by the list's filters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from bangfu.books.households.models import Household, NameIndex, Person
from bangfu.books.places.models import Place
from bangfu.books.places.sounding import FEWEST, sounds_like
from bangfu.books.walls.guarded import token
from bangfu.core import places
from bangfu.core.facts import codes
from bangfu.core.facts.dictionary import HELP
from bangfu.core.names import sounds

_ID = re.compile(r"^\d{15}(\d{2}[\dX](\d{2,4})?)?$")
_PHONE = re.compile(r"^1[3-9]\d{9}$")
_RISKS = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")
ID_LENGTH = 18
# A search that fits more people than this is not looked through to its end.
MATCHES = 5_000


def is_number(text: str) -> bool:
    """Whether a search text is somebody's ID or phone number."""
    wanted = text.strip().upper().replace(" ", "")
    return bool(_ID.match(wanted) or _PHONE.match(wanted))


def found(text: str) -> QuerySet[Household]:
    """Households of the scope that a search text means; an empty text means all.

    Digits are an ID (by its keyed token), a phone, or the beginning of a household number. Letters are
    pinyin or initials of a person or of a village. Anything else is part of either's name.
    """
    wanted = text.strip().upper().replace(" ", "")
    if not wanted:
        return Household.objects.all()
    if _ID.match(wanted):
        return _of_persons(Q(certificate_token=token(wanted[:ID_LENGTH])))
    if _PHONE.match(wanted):
        return _of_persons(Q(phone_token=token(wanted)))
    if wanted.isascii() and wanted.isdigit():
        return Household.objects.filter(household_no__gte=wanted, household_no__lt=f"{wanted}:")
    if wanted.isascii():
        sound = wanted.lower()
        people = _named(Q(pinyin__contains=sound) | Q(initials__contains=sound))
        return people | Household.objects.filter(place_code__in=_villages_that_sound(sound))
    villages = Place.objects.filter(name__contains=text.strip(), level=places.Level.VILLAGE)
    in_villages = Q(place_code__in=list(villages.values_list("code", flat=True)))
    return _named(Q(name__contains=text.strip())) | Household.objects.filter(in_villages)


def meant(text: str, names: Iterable[str]) -> list[str]:
    """Those of some people's names that a search text fits, as `found` takes it; none of them where it is
    a number."""
    wanted = text.strip().upper().replace(" ", "")
    if not wanted or wanted.isdigit() or is_number(text):
        return []
    if not wanted.isascii():
        return [name for name in names if text.strip() in name]
    sound = wanted.lower()
    heard = ((name, sounds(name)) for name in names)
    return [name for name, one in heard if sound in one.pinyin or sound in one.initials]


def called(query: QuerySet[Household], names: Iterable[str]) -> QuerySet[Household]:
    """Those of the households in which somebody's whole name is one of `names`."""
    members = NameIndex.objects.filter(name__in=list(names)).values_list("household_no", flat=True)
    return query & _among(members[:MATCHES])


def filtered(query: QuerySet[Household], wanted: Mapping[str, str]) -> QuerySet[Household]:
    """Narrowed by the list's filters: place, class, risk, state, help. Unknown values narrow nothing."""
    code = wanted.get("place", "")
    if places.is_code(code):
        low, high = places.code_range(code)
        query = query.filter(place_code__gte=low, place_code__lt=high)
    monitored_class = wanted.get("class", "")
    if monitored_class == "any":
        query = query.filter(monitored_class__isnull=False)
    elif monitored_class == "none":
        query = query.filter(monitored_class__isnull=True)
    elif monitored_class in codes.MONITORED_CLASS:
        query = query.filter(monitored_class=monitored_class)
    if wanted.get("risk") in codes.RISK:
        query = query.filter(*[Q(*[(name, wanted["risk"]) for name in _RISKS], _connector=Q.OR)])
    state = wanted.get("state", "")
    if state == "open":
        query = query.filter(monitored_class__isnull=False).exclude(risk_removed=True)
    elif state == "removed":
        query = query.filter(risk_removed=True)
    family = wanted.get("help", "")
    if family == "none":
        query = query.filter(*[Q(**{f"{name}__isnull": True}) | Q(**{name: []}) for name in HELP])
    elif family in HELP:
        query = query.filter(**{f"{family}__len__gt": 0})
    return query


def _named(condition: Q) -> QuerySet[Household]:
    """Households with a person whose name fits.

    Numbers are fetched first: as one statement with the scope's conditions, whose selectivity the
    planner cannot know, the index of names could be read once for every household.
    """
    numbers = NameIndex.objects.filter(condition).values_list("household_no", flat=True)
    return _among(numbers.distinct()[:MATCHES])


def _villages_that_sound(sound: str) -> list[str]:
    """The villages with households of the scope whose names hold these letters or begin with these
    initials; one letter alone is none."""
    if len(sound) < FEWEST:
        return []
    lived_in = Household.objects.filter(place_code=OuterRef("code"))
    villages = Place.objects.filter(Exists(lived_in), level=places.Level.VILLAGE)
    return [code for code, name in villages.values_list("code", "name") if sounds_like(name, sound)]


def _of_persons(condition: Q) -> QuerySet[Household]:
    numbers = Person.objects.filter(condition).values_list("household_id", flat=True)
    return _among(numbers[:MATCHES])


def _among(numbers: Iterable[str]) -> QuerySet[Household]:
    """The households of these numbers. One array is read at once; thousands of values one by one."""
    condition = "households_household.household_no = any(%s)"
    return Household.objects.filter(RawSQL(condition, [list(numbers)], BooleanField()))
