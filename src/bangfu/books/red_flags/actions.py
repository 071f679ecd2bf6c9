"""Verbs of red flags: look for them, say what one is, declare a relation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from bangfu.books.accounts.actors import Actor
from bangfu.books.journal import actions as journal
from bangfu.books.red_flags.gathering import gather
from bangfu.books.red_flags.models import Flag, FlagRow, Relation, Run, State
from bangfu.books.red_flags.queries import NO_FLAG
from bangfu.core import places
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.red_flags.look import rules
from bangfu.core.red_flags.model import Flag as Found
from bangfu.engines import red_flags as engine

LOOKERS = ("county_officer",)
DECIDERS = ("county_officer", "county_approver", "finance")
NO_RELATION = Text(
    "没有这条申报，或者它不在您的范围内。", "There is no such declaration, or it is not yours."
)
Key = tuple[str, str, str, str]


@transaction.atomic
def look(*, by: str, place_code: str, year: int, policy: Policy, today: date, now: datetime) -> Run:
    """Run every rule over a county's year and keep what it finds.

    A flag whose rows have changed is told as it now is, and opens again if it was dismissed; one that is
    no longer found is gone, and comes back open. The scope must give persons and money of the county.
    ConflictError on a day before that of the last look.
    """
    if places.level(place_code) is not places.Level.COUNTY:
        raise InputError(_A_COUNTY, [Problem("place", _A_COUNTY)])
    with connection.cursor() as cursor:  # two looks at one county: one after the other
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"red_flags {place_code}"])
    _not_before_the_last(place_code, year, today)
    county = gather(place_code, year, on=today, policy=policy)
    found = {_key(flag): flag for flag in engine.look(county, policy)}
    known: dict[Key, Flag] = {
        (one.rule, one.subject_kind, one.subject_key, one.about): one
        for one in Flag.objects.select_for_update().filter(county_code=place_code, year=year)
    }
    added = [_new(flag, county_code=place_code, year=year, today=today)
             for key, flag in found.items() if key not in known]  # fmt: skip
    Flag.objects.bulk_create(added)
    changed = [one for key, one in known.items() if key in found and _renew(one, found[key], today)]
    gone = [one for key, one in known.items() if key not in found and one.gone_on is None]
    for one in gone:
        one.gone_on = today
    Flag.objects.bulk_update([one for key, one in known.items() if key in found], _TOLD)
    Flag.objects.bulk_update(gone, ["gone_on"])
    _keep_rows([*added, *changed], found)
    run = Run.objects.create(
        place_code=place_code,
        year=year,
        on=today,
        ran_at=now,
        ran_by=by,
        rules=len(rules(policy, place=place_code, on=today)),
        found=len(found),
        added=len(added),
        changed=len(changed),
        gone=len(gone),
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb="red_flags.look",
        subject=f"flags {year}",
        after={"found": run.found, "added": run.added, "changed": run.changed, "gone": run.gone},
    )
    return run


def _not_before_the_last(place_code: str, year: int, today: date) -> None:
    """A flag's days stand in order, so that a clock that has gone back must not write any."""
    last = Run.objects.filter(place_code=place_code, year=year).aggregate(last=Max("on"))["last"]
    if last is not None and today < last:
        raise ConflictError(
            Text(
                f"今天是 {today}，上次查找是 {last}，不能倒回去查。请核对这台机器的日期；"
                f"日期没有错的，到 {last} 再查。",
                f"Today is {today} and the last look was on {last}: nobody looks backwards. Check this "
                f"machine's date; if it is right, look again from {last} on.",
            )
        )


_A_COUNTY = Text("疑点按县查找，请给出县级区划。", "Flags are looked for in a county: name one.")
_TOLD = [
    "label", "department", "reason_zh", "reason_en", "evidence", "state", "said", "said_by",
    "said_on", "seen_on", "gone_on",
]  # fmt: skip


def _key(flag: Found) -> Key:
    return flag.rule, flag.subject.value, flag.key, flag.about


def _new(flag: Found, *, county_code: str, year: int, today: date) -> Flag:
    return Flag(
        place_code=flag.place_code,
        county_code=county_code,
        year=year,
        rule=flag.rule,
        subject_kind=flag.subject.value,
        subject_key=flag.key,
        about=flag.about,
        label=flag.label,
        department=flag.department,
        reason_zh=flag.reason.zh,
        reason_en=flag.reason.en,
        evidence=flag.evidence,
        found_on=today,
        seen_on=today,
    )


def _renew(one: Flag, flag: Found, today: date) -> bool:
    """Bring a known flag up to date; whether it has changed or come back."""
    changed = one.evidence != flag.evidence or one.gone_on is not None
    if changed and one.state == State.DISMISSED:
        one.state, one.said, one.said_by, one.said_on = State.OPEN, "", "", None
    one.label, one.department = flag.label, flag.department
    one.reason_zh, one.reason_en = flag.reason.zh, flag.reason.en
    one.evidence, one.seen_on, one.gone_on = flag.evidence, today, None
    return changed


def _keep_rows(flags: Sequence[Flag], found: dict[Key, Found]) -> None:
    rows = [
        FlagRow(
            flag=one,
            place_code=one.place_code,
            evidence=one.evidence,
            position=position,
            kind=row.kind.value,
            key=row.key,
            text_zh=row.text.zh,
            text_en=row.text.en,
            fen=row.fen,
            day=row.day,
        )
        for one in flags
        for position, row in enumerate(
            found[one.rule, one.subject_kind, one.subject_key, one.about].rows, 1
        )
    ]
    # Evidence that was there before keeps its rows.
    FlagRow.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


@transaction.atomic
def dismiss(*, by: Actor, flag_id: int, reason: str, today: date) -> Flag:
    """Say why an open flag needs nothing. It holds while its rows stay as they are."""
    return _say(by, flag_id, State.DISMISSED, reason, today, "red_flags.dismiss")


@transaction.atomic
def take_to_finding(*, by: Actor, flag_id: int, note: str, today: date) -> Flag:
    """Say that an open flag has been taken to an inspection, and to which (`note`)."""
    return _say(by, flag_id, State.FINDING, note, today, "red_flags.take_to_finding")


def _say(by: Actor, flag_id: int, state: State, said: str, today: date, verb: str) -> Flag:
    flag = Flag.objects.select_for_update().filter(pk=flag_id).first()
    if flag is None:
        raise NotFoundError(NO_FLAG)
    _may(by, flag.county_code)
    if flag.state != State.OPEN:
        raise ConflictError(Text("这条疑点已经处理过了。", "This flag is settled already."))
    if not said.strip():
        text = Text("请写明理由。", "Say why.")
        raise InputError(text, [Problem("reason", text)])
    flag.state, flag.said, flag.said_by, flag.said_on = (
        state,
        said.strip(),
        by.username,
        max(today, flag.found_on),
    )
    flag.save()
    journal.write(
        by=by.username,
        place_code=flag.place_code,
        verb=verb,
        subject=f"flag {flag.pk}",
        reason=flag.said,
    )
    return flag


@transaction.atomic
def reopen(*, by: Actor, flag_id: int) -> Flag:
    """Take back what was said of a flag."""
    flag = Flag.objects.select_for_update().filter(pk=flag_id).first()
    if flag is None:
        raise NotFoundError(NO_FLAG)
    _may(by, flag.county_code)
    if flag.state == State.OPEN:
        raise ConflictError(Text("这条疑点本来就待核实。", "This flag is open as it is."))
    flag.state, flag.said, flag.said_by, flag.said_on = State.OPEN, "", "", None
    flag.save()
    journal.write(
        by=by.username,
        place_code=flag.place_code,
        verb="red_flags.reopen",
        subject=f"flag {flag.pk}",
    )
    return flag


@transaction.atomic
def declare_relation(
    *, by: Actor, place_code: str, decider: str, party: str, party_code: str, what: str, today: date
) -> Relation:
    """Record a relation that somebody who decides has declared."""
    _may(by, place_code)
    problems = [
        Problem(name, Text("必须填写。", "This must be filled in."))
        for name, value in (("decider", decider), ("party", party), ("what", what))
        if not value.strip()
    ]
    if problems:
        raise InputError(Text("申报不完整。", "The declaration is not complete."), problems)
    relation = Relation.objects.create(
        place_code=place_code,
        decider=decider.strip(),
        party=party.strip(),
        party_code=party_code.strip().upper(),
        what=what.strip(),
        declared_on=today,
        declared_by=by.username,
    )
    journal.write(
        by=by.username,
        place_code=place_code,
        verb="red_flags.declare_relation",
        subject=f"relation {relation.pk}",
        after={"decider": relation.decider},
    )
    return relation


@transaction.atomic
def end_relation(*, by: Actor, relation_id: int, today: date) -> Relation:
    """Record that a declared relation is over; contracts signed before keep it."""
    relation = Relation.objects.select_for_update().filter(pk=relation_id).first()
    if relation is None:
        raise NotFoundError(NO_RELATION)
    _may(by, relation.place_code)
    if relation.ended_on is not None:
        raise ConflictError(Text("已经结束了。", "It is over already."))
    if today < relation.declared_on:
        raise ConflictError(
            Text(
                f"申报日期是 {relation.declared_on}，不能在这之前结束。请核对这台机器的日期。",
                f"It was declared on {relation.declared_on} and cannot end before. "
                "Check this machine's date.",
            )
        )
    relation.ended_on = today
    relation.save()
    journal.write(
        by=by.username,
        place_code=relation.place_code,
        verb="red_flags.end_relation",
        subject=f"relation {relation.pk}",
    )
    return relation


def _may(by: Actor, county: str) -> None:
    if not by.holds(*DECIDERS, at=county):
        raise ForbiddenError(
            Text(
                "这件事由县级业务员、审批人或财政办理。",
                "A county officer, approver or finance does this.",
            )
        )
