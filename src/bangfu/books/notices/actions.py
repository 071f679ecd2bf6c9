"""Verbs on notices: publish, withdraw, enter and answer objections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from bangfu.books.journal import actions as journal
from bangfu.books.notices.models import Channel, Notice, Objection, Row
from bangfu.books.places.models import Place
from bangfu.books.walls.guarded import opened, sealed
from bangfu.core import notices, places
from bangfu.core.errors import ConflictError, InputError, Problem, UsageError
from bangfu.core.language import Text

OBJECTOR = "notices_objection.objector"
PHONE = "notices_objection.phone"
# What other books do when a notice is taken off before its end; each adds its own once it is read.
WAITING: list[Callable[[Notice], None]] = []


@dataclass(frozen=True, slots=True)
class Contact:
    """Who objected and the telephone, each empty when not given."""

    name: str
    phone: str


@transaction.atomic
def publish(
    *,
    by: str,
    kind: str,
    place_code: str,
    subject: str,
    title: Text,
    rows: Sequence[Mapping[str, str]],
    opens_on: date,
    closes_on: date,
    now: datetime,
    mask_names: bool = False,
) -> Notice:
    """Copy `rows` to the board of a place, open from `opens_on` to `closes_on`, both days included.

    Each row gives texts by the keys of the kind's fields (core.notices.KINDS); `mask_names` where
    policy shows names masked. `subject` is what the notice is about, in words that outlive it and say
    nothing personal ("case 12 round 1"). InputError with every field that may not be shown;
    UsageError for an unknown kind or place or impossible days; ConflictError when a notice of this
    subject and kind is open or coming already.
    """
    known = notices.KINDS.get(kind)
    if known is None:
        raise UsageError(
            Text(f"没有这种公示：{kind}。", f"There is no such kind of notice: {kind}.")
        )
    problems = [*notices.problems_of_title(known, title), *notices.problems_of_rows(known, rows)]
    if problems:
        raise InputError(Text("没有公示。", "The notice was not published."), problems)
    _possible_days(opens_on, closes_on, today=timezone.localdate(now))
    _not_yet_open(kind, subject, opens_on)
    county, township, village = _names(place_code)
    fields = notices.columns(known, rows)
    notice = Notice.objects.create(
        kind=kind,
        place_code=place_code,
        county=county,
        township=township,
        village=village,
        subject=subject,
        title_zh=title.zh,
        title_en=title.en,
        fields=list(fields),
        opens_on=opens_on,
        closes_on=closes_on,
        published_at=now,
        published_by=by,
    )
    Row.objects.bulk_create(
        Row(
            notice=notice,
            place_code=place_code,
            position=position,
            cells=[_cell(known, key, row.get(key, ""), mask_names) for key in fields],
        )
        for position, row in enumerate(rows, 1)
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb="notices.publish",
        subject=f"notice {notice.pk}",
        after={
            "about": subject,
            "rows": len(rows),
            "opens_on": opens_on.isoformat(),
            "closes_on": closes_on.isoformat(),
        },
    )
    return notice


@transaction.atomic
def withdraw(*, by: str, notice: Notice, reason: str, now: datetime) -> Notice:
    """Take a notice off the board before its end; returns it as it is now. ConflictError when it was withdrawn already."""
    _given(reason, "reason")
    changed = Notice.objects.filter(pk=notice.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=now, withdrawn_by=by, withdrawn_reason=reason
    )
    if not changed:
        raise ConflictError(Text("这份公示已经撤回。", "This notice was withdrawn already."))
    journal.write(
        by=by,
        place_code=notice.place_code,
        verb="notices.withdraw",
        subject=f"notice {notice.pk}",
        reason=reason,
    )
    return Notice.objects.get(pk=notice.pk)


@transaction.atomic
def take_off(*, by: str, notice: Notice, reason: str, now: datetime) -> Notice:
    """Withdraw a notice for good: what waits for its end waits no longer. As `withdraw` otherwise."""
    taken = withdraw(by=by, notice=notice, reason=reason, now=now)
    for let_go in WAITING:
        let_go(taken)
    return taken


@transaction.atomic
def enter_objection(
    *,
    by: str,
    notice: Notice,
    grounds: str,
    received_on: date,
    now: datetime,
    objector: str = "",
    phone: str = "",
) -> Objection:
    """Enter an objection that came by word or on paper. Name and telephone are sealed.

    ConflictError when the notice was withdrawn; InputError when it was not received while the notice
    was open, or not yet, and when the grounds hold what looks like an ID, phone or bank number.
    """
    _given(grounds, "grounds")
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.withdrawn_at is not None:
        raise ConflictError(
            Text(
                "这份公示已撤回，不再接受异议。",
                "This notice was withdrawn; it takes no objections.",
            )
        )
    last = min(notice.closes_on, timezone.localdate(now))
    if not notice.opens_on <= received_on <= last:
        text = Text(
            f"应在公示期内、不晚于今天：{notice.opens_on} 至 {notice.closes_on}。",
            f"Must lie in the days of the notice and not after today: "
            f"{notice.opens_on} to {notice.closes_on}.",
        )
        raise InputError(
            Text("异议没有登记。", "The objection was not entered."),
            [Problem("received_on", text, received_on.isoformat(), "days")],
        )
    [name] = sealed([objector or None], OBJECTOR)
    [number] = sealed([phone or None], PHONE)
    objection = Objection.objects.create(
        notice=notice,
        place_code=notice.place_code,
        channel=Channel.CADRE,
        received_on=received_on,
        filed_at=now,
        grounds=grounds,
        objector=name,
        phone=number,
        entered_by=by,
    )
    objection.refresh_from_db(fields=["receipt"])
    journal.write(
        by=by,
        place_code=notice.place_code,
        verb="notices.enter_objection",
        subject=f"objection {objection.pk}",
        after={"notice": notice.pk},
    )
    return objection


@transaction.atomic
def answer_objection(
    *, by: str, objection: Objection, answer: str, upheld: bool, now: datetime
) -> Objection:
    """Answer an objection and return it; whoever holds its receipt reads the answer.

    ConflictError when it was answered already; InputError when the answer holds what looks like an ID,
    phone or bank number.
    """
    _given(answer, "answer")
    changed = Objection.objects.filter(pk=objection.pk, answered_at__isnull=True).update(
        answer=answer, upheld=upheld, answered_at=now, answered_by=by
    )
    if not changed:
        raise ConflictError(Text("这条异议已经答复。", "This objection has been answered already."))
    journal.write(
        by=by,
        place_code=objection.place_code,
        verb="notices.answer_objection",
        subject=f"objection {objection.pk}",
        after={"upheld": upheld},
    )
    return Objection.objects.get(pk=objection.pk)


@transaction.atomic
def look_up_objector(*, by: str, objection: Objection, reason: str) -> Contact:
    """Name and telephone of who objected, in full; the journal keeps who looked and why."""
    _given(reason, "reason")
    journal.write(
        by=by,
        place_code=objection.place_code,
        verb="notices.look_up_objector",
        subject=f"objection {objection.pk}",
        reason=reason,
    )
    name = opened(objection.objector, OBJECTOR) if objection.objector is not None else ""
    phone = opened(objection.phone, PHONE) if objection.phone is not None else ""
    return Contact(name, phone)


def _possible_days(opens_on: date, closes_on: date, *, today: date) -> None:
    if closes_on < opens_on:
        raise UsageError(
            Text("公示的截止日早于开始日。", "The notice would close before it opens.")
        )
    if opens_on < today:
        raise UsageError(
            Text(
                "公示不能从发布之前的日子算起。",
                "A notice cannot open before the day it is published.",
            )
        )


def _not_yet_open(kind: str, subject: str, opens_on: date) -> None:
    earlier = Notice.objects.filter(
        kind=kind, subject=subject, withdrawn_at__isnull=True, closes_on__gte=opens_on
    ).first()
    if earlier is not None:
        raise ConflictError(
            Text(
                f"这件事已在公示，到 {earlier.closes_on} 为止。要重新公示，请先撤回。",
                f"This is on the board already, until {earlier.closes_on}. Withdraw that one first.",
            )
        )


def _names(place_code: str) -> tuple[str, str, str]:
    """The names of the county, township and village of a place; empty below its level."""
    if not places.is_code(place_code) or places.level(place_code) < places.Level.COUNTY:
        # 直筒子市: townships right below a prefecture, which then stands for the county.
        raise _no_place(place_code)
    levels = (places.Level.COUNTY, places.Level.TOWNSHIP, places.Level.VILLAGE)
    line = [places.ancestor(place_code, at) for at in levels if at <= places.level(place_code)]
    known = dict(Place.objects.filter(code__in=line).values_list("code", "name"))
    if line[-1] not in known:
        raise _no_place(place_code)
    county, township, village = [known.get(code, code) for code in line] + [""] * (3 - len(line))
    return county, township, village


def _no_place(place_code: str) -> UsageError:
    return UsageError(
        Text(
            f"不能在这里公示：{place_code} 不是县、乡镇或村。",
            f"No notice can stand here: {place_code} is no known county, township or village.",
        )
    )


def _cell(kind: notices.Kind, key: str, value: str, mask_names: bool) -> str:
    field = kind.field(key)
    if mask_names and field is not None and field.form is notices.Form.NAME:
        return notices.mask_name(value)
    return value


def _given(words: str, where: str) -> None:
    """InputError for words that are missing or hold a number that looks personal."""
    if not words.strip():
        problem = Problem(where, Text("请填写。", "Please fill this in."), rule="empty")
    elif notices.looks_personal(words):
        text = Text(
            "像是证件、电话或银行卡号码，请去掉。",
            "This looks like an ID, phone or bank number; leave it out.",
        )
        problem = Problem(where, text, rule="personal")
    else:
        return
    raise InputError(Text("没有写入。", "Nothing was written."), [problem])
