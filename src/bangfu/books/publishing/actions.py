"""Verbs of publishing: bring what is public in line with the books, and take something off by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain

from django.db import connection, transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.models import MonthSeal
from bangfu.books.jobs import actions as jobs
from bangfu.books.jobs.models import ENDED, Task
from bangfu.books.journal import actions as journal
from bangfu.books.places.queries import names
from bangfu.books.publishing import draws, seals
from bangfu.books.publishing.copies import Content, County
from bangfu.books.publishing.models import ROWS, End, Kind, Publication
from bangfu.books.supervision.models import Plan
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, Problem, UsageError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy

PUBLISHERS = ("county_officer", "county_approver")
# How long each kind stays public: a value of policy/publishing.toml each.
DAYS = {
    Kind.PLAN: "publishing.plan_days",
    Kind.PROJECT: "publishing.project_days",
    Kind.MONTH: "publishing.month_days",
    Kind.RESULTS: "publishing.results_days",
    Kind.DRAW: "publishing.draw_days",
    Kind.SEAL: "publishing.seal_days",
}
TURN = "publishing.turn"
_UNDER_WAY = Text(
    "正在更新公开内容。请看后台任务。",
    "The public site is being brought up already: see the background tasks.",
)
_CHANGED = Text("内容有变化", "its content has changed")
_GONE = Text("账上已没有这一项", "the books no longer hold it")


@dataclass(slots=True)
class Outcome:
    """What a turn did: publications made, those ended, and what was held back with the reason."""

    made: list[Publication] = field(default_factory=list)
    ended: list[Publication] = field(default_factory=list)
    held: list[tuple[Content, Text]] = field(default_factory=list)


@transaction.atomic
def request_turn(*, by: Actor, place_code: str, now: datetime) -> Task:
    """Have a county's `turn` done in the background, now and not only at night.

    ForbiddenError for who does not publish for the county, ConflictError while one is under way.
    """
    _may(by, place_code)
    if Task.objects.filter(kind=TURN, place_code=place_code).exclude(state__in=ENDED).exists():
        raise ConflictError(_UNDER_WAY)
    return jobs.request(
        by=by.username,
        kind=TURN,
        place_code=place_code,
        arguments={},
        purpose="publish",
        classes=[DataClass.PERSONS, DataClass.MONEY],
        now=now,
    )


@transaction.atomic
def turn(*, by: str, place_code: str, policy: Policy, today: date, now: datetime) -> Outcome:
    """Bring what a county shows in line with its books: publish what is new or has changed, end what the
    books no longer hold. Done twice, it does nothing the second time.

    What was taken off by hand stays off. UsageError when the place is no county.
    """
    if places.level(place_code) != places.Level.COUNTY:
        raise UsageError(Text("按县公开。", "Publishing is by county."))
    _alone(place_code)
    last = _last(place_code)
    outcome = Outcome()
    seen = set()
    done = [each.period for each in last.values() if each.kind == Kind.MONTH]
    county = County(place_code)
    for content in chain(
        county.contents(months_done=done),
        draws.contents(county, policy=policy, today=today),
        seals.contents(place_code),
    ):
        seen.add(content.source)
        before = last.get(content.source)
        if before is not None and before.end == End.WITHDRAWN:
            continue
        if content.held is not None:
            outcome.held.append((content, content.held))
            if before is not None and before.end == "":
                outcome.ended.append(_end(by, before, End.GONE, content.held, now))
            continue
        made = _brought(by, content, before, policy, today, now)
        if made is not None:
            outcome.made.append(made)
    for source, before in last.items():
        if before.kind != Kind.MONTH and source not in seen and before.end == "":
            outcome.ended.append(_end(by, before, End.GONE, _GONE, now))
    return outcome


@transaction.atomic
def publish_draw(
    *, by: str, plan: Plan, policy: Policy, today: date, now: datetime
) -> Publication | None:
    """Show at once what stands of a draw: its list's digests before there is a seed, then the seed.

    In the transaction that fixes or draws, so that no list is fixed whose digest the public cannot hold
    against it. None when nothing is new, or it was taken off by hand.
    """
    return _at_once(by, draws.without_list(plan, policy=policy), policy, today, now)


@transaction.atomic
def publish_seal(
    *, by: str, seal: MonthSeal, policy: Policy, today: date, now: datetime
) -> Publication | None:
    """Show at once the digests that a month was sealed with: from then on whoever reads them can tell
    whether the books are still those."""
    return _at_once(by, seals.content_of(seal), policy, today, now)


@transaction.atomic
def withdraw(*, by: Actor, publication: Publication, reason: str, now: datetime) -> Publication:
    """Take a publication off the public site for good; returns it as it is now.

    ForbiddenError for who does not publish for the county, InputError without a reason, ConflictError
    when it is off already.
    """
    _may(by, places.ancestor(publication.place_code, places.Level.COUNTY))
    if not reason.strip():
        problem = Problem("reason", Text("请填写。", "Please fill this in."), rule="empty")
        raise InputError(Text("没有撤下。", "Nothing was taken off."), [problem])
    held = Publication.objects.select_for_update().get(pk=publication.pk)
    if held.end != "":
        raise ConflictError(Text("这一项已经不公开了。", "It is off the site already."))
    return _end(by.username, held, End.WITHDRAWN, Text(reason, reason), now)


def _may(by: Actor, place_code: str) -> None:
    if not by.holds(*PUBLISHERS, at=place_code):
        raise ForbiddenError(
            Text(
                "由县级业务员或县级审批人办理。",
                "This is done by a county officer or county approver.",
            )
        )


def _at_once(
    by: str, content: Content, policy: Policy, today: date, now: datetime
) -> Publication | None:
    """Publish one thing and nothing else; None when nothing is new, or it was taken off by hand."""
    _alone(content.place_code)
    before = _last(content.place_code).get(content.source)
    if before is not None and before.end == End.WITHDRAWN:
        return None
    return _brought(by, content, before, policy, today, now)


def _alone(place_code: str) -> None:
    """Who publishes for a county waits for whoever does already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"publishing {place_code}"]
        )


def _brought(
    by: str,
    content: Content,
    before: Publication | None,
    policy: Policy,
    today: date,
    now: datetime,
) -> Publication | None:
    """Publish what is not public as it is; None when it is."""
    if before is not None and before.digest == content.digest and before.end != End.GONE:
        return None
    if before is not None and before.end == "":
        _end(by, before, End.REPLACED, _CHANGED, now)
    return _publish(by, content, before, policy, today, now)


def _last(place_code: str) -> dict[str, Publication]:
    """The newest publication of each source in a county."""
    low, high = places.code_range(place_code)
    rows = Publication.objects.filter(place_code__gte=low, place_code__lt=high)
    return {each.source: each for each in rows.order_by("version")}


def _publish(
    by: str,
    content: Content,
    before: Publication | None,
    policy: Policy,
    today: date,
    now: datetime,
) -> Publication:
    days = int(policy.value(DAYS[content.kind], place=content.place_code, on=today).value)
    known = names(_line(content.place_code))
    county, township, village = [known.get(code, code) for code in _line(content.place_code)] + [
        ""
    ] * (3 - len(_line(content.place_code)))
    made: Publication = Publication(
        version=before.version + 1 if before else 1,
        kind=content.kind,
        place_code=content.place_code,
        county=county,
        township=township,
        village=village,
        source=content.source,
        title_zh=content.title.zh,
        title_en=content.title.en,
        period=content.period,
        digest=content.digest,
        first_at=before.first_at if before else now,
        published_at=now,
        published_by=by,
        opens_on=today,
        closes_on=today + timedelta(days=days - 1),
    )
    if before is not None:
        made.series = before.series
    made.save(force_insert=True)
    made.refresh_from_db(fields=["series"])
    for model in ROWS:
        mine = [row for row in content.rows if type(row) is model]
        for row in mine:
            row.publication = made
        model._default_manager.bulk_create(mine, batch_size=2000)
    _write(by, made, "publishing.publish", {"version": made.version, "rows": len(content.rows)})
    return made


def _end(by: str, publication: Publication, end: End, why: Text, now: datetime) -> Publication:
    publication.end, publication.ended_at, publication.ended_by = end, now, by
    publication.ended_reason = why.zh
    publication.save(update_fields=["end", "ended_at", "ended_by", "ended_reason"])
    if end != End.REPLACED:
        _write(by, publication, "publishing.withdraw", None, why.zh)
    return publication


def _line(place_code: str) -> list[str]:
    """The codes of a place and those above it, from the county down."""
    levels = (places.Level.COUNTY, places.Level.TOWNSHIP, places.Level.VILLAGE)
    return [places.ancestor(place_code, at) for at in levels if at <= places.level(place_code)]


def _write(
    by: str, publication: Publication, verb: str, after: dict[str, int] | None, reason: str = ""
) -> None:
    journal.write(
        by=by,
        place_code=publication.place_code,
        verb=verb,
        subject=f"publication {publication.pk}",
        reason=reason,
        after=after,
    )
