"""Verbs on grievances: enter, take up or refuse, answer, decide on appeal, look up who filed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.models import Operator
from bangfu.books.accounts.queries import same_person
from bangfu.books.funds.models import Payment
from bangfu.books.grievances import people
from bangfu.books.grievances.deadlines import until
from bangfu.books.grievances.models import Channel, Grievance, Kind, Link, State
from bangfu.books.grievances.queries import NO_SUCH_GRIEVANCE
from bangfu.books.households.models import Household
from bangfu.books.journal import actions as journal
from bangfu.books.places.models import Place
from bangfu.books.projects.models import Project
from bangfu.books.supervision.people import is_below
from bangfu.books.walls.guarded import opened, sealed
from bangfu.core import places
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.notices import looks_personal
from bangfu.core.policy.resolve import Policy

COMPLAINANT = "grievances_grievance.complainant"
PHONE = "grievances_grievance.phone"
_FILL_IN = Text("请填写。", "Please fill this in.")


@dataclass(frozen=True, slots=True)
class Contact:
    """Who filed and the telephone, each empty when not given."""

    name: str
    phone: str


def digest(secret: str) -> str:
    """How a secret is kept: its SHA-256. It has 60 random bits, so nobody guesses back from it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def enter(
    *,
    by: Actor,
    kind: Kind,
    about_place: str,
    words: str,
    against: str,
    secret: str,
    complainant: str = "",
    phone: str = "",
    policy: Policy,
    today: date,
    now: datetime,
) -> Grievance:
    """Enter a grievance that came by letter, visit or telephone. `secret` goes on the receipt.

    InputError for an unknown place or empty words, ForbiddenError without a role that triages.
    """
    if not Place.objects.filter(code=about_place, successor="").exists():
        text = Text("没有这个地方。", "There is no such place.")
        raise InputError(text, [Problem("about_place", text)])
    county = places.ancestor(about_place, places.Level.COUNTY)
    people.require(by, "triage", place=county, policy=policy, on=today)
    _filled(words=words)
    [name] = sealed([complainant.strip() or None], COMPLAINANT)
    [number] = sealed([phone.strip() or None], PHONE)
    names = [part for part in against.replace("，", "、").split("、") if part.strip()]
    grievance = Grievance.objects.create(
        place_code=county,
        secret_digest=digest(secret),
        channel=Channel.OFFICE,
        kind=kind,
        about_place=about_place,
        words=words.strip(),
        complainant=name,
        phone=number,
        against_said=against.strip(),
        against=_named(names, county, besides=by.username),
        received_on=today,
        filed_at=now,
        entered_by=by.username,
        due_on=until(policy, "triage", place=county, start=today),
    )
    grievance.refresh_from_db(fields=["number"])
    _write(by, grievance, "grievances.enter", {"kind": kind})
    return grievance


@transaction.atomic
def accept(
    *,
    by: Actor,
    grievance: Grievance,
    answers_role: str,
    place: str,
    unit: str,
    against: Sequence[str] = (),
    link: tuple[Link, str] | None = None,
    said: str = "",
    policy: Policy,
    today: date,
) -> Grievance:
    """Take a grievance up and give it to a role at a place of the county, to be answered in time.

    `against` are user names of those it complains about: with every account of theirs they see nothing
    of it. `link` names the household, project or payment that it is about, which the scope must see.
    """
    held = _locked(grievance, State.RECEIVED)
    here = held.place_code
    people.require(by, "triage", place=here, policy=policy, on=today)
    _filled(unit=unit)
    problems = []
    if answers_role not in people.roles(policy, "answer", place=here, on=today):
        text = Text("不能交给这个角色办理。", "It cannot be given to this role.")
        problems.append(Problem("answers_role", text))
    if place != here and not (
        places.contains(here, place) and places.level(place) is places.Level.TOWNSHIP
    ):
        text = Text("只能交给本县或本县的乡镇。", "It goes to the county or a township of it.")
        problems.append(Problem("place", text))
    elif is_below(answers_role, place):
        text = Text("这个地方没有人担任这个角色。", "Nobody holds this role at that place.")
        problems.append(Problem("answers_role", text))
    unknown = set(against) - set(
        Operator.objects.filter(username__in=against).values_list("username", flat=True)
    )
    problems += [
        Problem("against", Text(f"没有这个账号：{name}。", f"There is no account {name}."))
        for name in sorted(unknown)
    ]
    if by.username in against:
        text = Text(
            "被反映的是您本人，请由别人办理。", "It is about yourself: somebody else takes it."
        )
        problems.append(Problem("against", text))
    if link is not None and not _is_there(*link):
        text = Text("没有这个对象。", "There is no such household, project or payment.")
        problems.append(Problem("link_key", text))
    if problems:
        raise InputError(Text("交办还不完整。", "It cannot be given out yet."), problems)
    held.state, held.triaged_on, held.triaged_by = State.ACCEPTED, today, by.username
    held.triage_said, held.unit, held.answers_role = said.strip(), unit.strip(), answers_role
    held.against = sorted({*held.against, *_accounts(against)})
    held.place_code = place
    if link is not None:
        held.link_kind, held.link_key = link
    held.due_on = until(policy, "answer", place=here, start=today)
    held.save()
    _write(by, held, "grievances.accept", {"role": answers_role, "due_on": held.due_on.isoformat()})
    return held


@transaction.atomic
def refuse(
    *, by: Actor, grievance: Grievance, reason: str, policy: Policy, today: date
) -> Grievance:
    """Not take a grievance up (不予受理); whoever filed it reads why."""
    held = _locked(grievance, State.RECEIVED)
    people.require(by, "triage", place=held.place_code, policy=policy, on=today)
    _told(reason=reason)
    held.state, held.triaged_on, held.triaged_by = State.REFUSED, today, by.username
    held.triage_said, held.due_on = reason.strip(), None
    held.save()
    _write(by, held, "grievances.refuse", {})
    return held


@transaction.atomic
def answer(
    *,
    by: Actor,
    grievance: Grievance,
    answer: str,
    upheld: bool,
    policy: Policy,
    today: date,
) -> Grievance:
    """Answer; whoever holds number and secret reads it and may appeal once, in time."""
    held = _locked(grievance, State.ACCEPTED)
    if not by.holds(held.answers_role, at=held.place_code):
        raise ForbiddenError(Text("这件信访由承办人答复。", "Whoever it was given to answers it."))
    _told(answer=answer)
    held.state, held.answer, held.upheld = State.ANSWERED, answer.strip(), upheld
    held.answered_on, held.answered_by = today, by.username
    held.appeal_until = until(policy, "appeal", place=held.place_code, start=today)
    held.save()
    _write(by, held, "grievances.answer", {"upheld": upheld})
    return held


@transaction.atomic
def decide_appeal(
    *,
    by: Actor,
    grievance: Grievance,
    answer: str,
    upheld: bool,
    policy: Policy,
    today: date,
) -> Grievance:
    """Decide an appeal, or record what the level above decided, as another than who answered."""
    held = _locked(grievance, State.APPEALED)
    people.require(by, "appeal", place=held.place_code, policy=policy, on=today)
    if same_person(by.username, held.answered_by or ""):
        raise ForbiddenError(
            Text(
                "这件信访是您答复的，复查不能由答复的人办理（同一人的另一账号也不行）。请由另一位审批人办理。",
                "You answered this grievance, and who answered does not decide the appeal, under no "
                "account. Another approver does.",
            )
        )
    _told(answer=answer)
    held.state, held.second_answer, held.second_upheld = State.SETTLED, answer.strip(), upheld
    held.second_on, held.second_by = today, by.username
    held.save()
    _write(by, held, "grievances.decide_appeal", {"upheld": upheld})
    return held


@transaction.atomic
def look_up_complainant(
    *, by: Actor, grievance: Grievance, reason: str, policy: Policy, today: date
) -> Contact:
    """Name and telephone of who filed, in full, for who deals with it; the journal keeps who looked, why."""
    held = Grievance.objects.filter(pk=grievance.pk).first()
    if held is None:
        raise NotFoundError(NO_SUCH_GRIEVANCE)
    deals = people.roles(policy, "triage", place=held.place_code, on=today)
    if not by.holds(
        *deals, *([held.answers_role] if held.answers_role else []), at=held.place_code
    ):
        raise ForbiddenError(
            Text("只有承办人能查看反映人。", "Only who deals with it may see who filed it.")
        )
    _filled(reason=reason)
    _write(by, held, "grievances.look_up_complainant", {}, reason)
    return Contact(
        opened(held.complainant, COMPLAINANT) if held.complainant is not None else "",
        opened(held.phone, PHONE) if held.phone is not None else "",
    )


def _named(names: Iterable[str], county: str, *, besides: str) -> list[str]:
    """The accounts of those of a county who are called so, every account of each."""
    low, high = places.code_range(county)
    found = Operator.objects.filter(
        display_name__in=[name.strip() for name in names],
        place_code__gte=low,
        place_code__lt=high,
    ).values_list("username", flat=True)
    return sorted(set(_accounts(found)) - {besides})


def _accounts(usernames: Iterable[str]) -> set[str]:
    """These accounts and every other of the same persons."""
    wanted = set(usernames)
    tokens = Operator.objects.filter(username__in=wanted, person_token__isnull=False).values_list(
        "person_token", flat=True
    )
    same = Operator.objects.filter(person_token__in=list(tokens)).values_list("username", flat=True)
    return wanted | set(same)


def _is_there(kind: Link, key: str) -> bool:
    if kind is Link.HOUSEHOLD:
        return Household.objects.filter(pk=key).exists()
    if kind is Link.PROJECT:
        return Project.objects.filter(number=key).exists()
    return Payment.objects.filter(voucher=key).exists()


def _locked(grievance: Grievance, state: State) -> Grievance:
    """The grievance, held. ConflictError unless it stands there."""
    held = Grievance.objects.select_for_update().filter(pk=grievance.pk).first()
    if held is None:
        raise NotFoundError(NO_SUCH_GRIEVANCE)
    if held.state != state:
        now = State(held.state).label
        raise ConflictError(
            Text(f"这件信访现在是“{now}”。", "This grievance has moved on; reload the page.")
        )
    return held


def _filled(**words: str) -> None:
    problems = [Problem(name, _FILL_IN) for name, said in words.items() if not said.strip()]
    if problems:
        raise InputError(_FILL_IN, problems)


def _told(**words: str) -> None:
    """As `_filled`, for what whoever filed it reads: no ID, phone or bank number either."""
    _filled(**words)
    text = Text(
        "像是证件、电话或银行卡号码，请去掉。",
        "This looks like an ID, phone or bank number; leave it out.",
    )
    problems = [
        Problem(name, text, rule="personal") for name, said in words.items() if looks_personal(said)
    ]
    if problems:
        raise InputError(text, problems)


def _write(
    by: Actor, grievance: Grievance, verb: str, after: dict[str, object], reason: str = ""
) -> None:
    journal.write(
        by=by.username,
        place_code=grievance.place_code,
        verb=verb,
        subject=f"grievance {grievance.pk}",
        reason=reason,
        after=after,
    )
