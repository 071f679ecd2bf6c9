"""Checking: the township, then the county, each another person; then the public notice of a village."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.booking import project_ids
from bangfu.books.households.models import Person
from bangfu.books.journal import actions as journal
from bangfu.books.notices import actions as notices
from bangfu.books.notices.models import Notice
from bangfu.books.payments import fitting, people
from bangfu.books.payments.interest import require_unchanged
from bangfu.books.payments.models import Entitlement, EntitlementStatus
from bangfu.books.payments.refusals import refusals_told
from bangfu.books.places.queries import names
from bangfu.books.projects.models import Project
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.facts.english import in_english
from bangfu.core.language import Text
from bangfu.core.notices import last_day
from bangfu.core.payments.terms import read_term
from bangfu.core.places import Level, ancestor
from bangfu.core.policy.resolve import Policy

NO_ENTITLEMENT = Text(
    "没有这项补助，或者它不在您的范围内。", "There is no such entitlement, or it is not yours."
)


@transaction.atomic
def check(*, by: Actor, entitlements: Sequence[int]) -> int:
    """The township finds applications right, all or none. Gives how many.

    ForbiddenError for who applied; ConflictError when one is not waiting for the township.
    """
    rows = _waiting(entitlements, EntitlementStatus.APPLIED)
    for place in {row.place_code for row in rows}:
        people.require(by, people.TOWNSHIP, place)
    people.require_another(by, *{row.applied_by for row in rows})
    with refusals_told(), transaction.atomic():
        Entitlement.objects.filter(pk__in=[row.pk for row in rows]).update(
            status=EntitlementStatus.CHECKED, checked_by=by.username
        )
    _journal(by, rows, "payments.check")
    return len(rows)


@transaction.atomic
def approve(*, by: Actor, entitlements: Sequence[int], project: str, policy: Policy) -> int:
    """The county approves, all or none, and says which project pays. Gives how many.

    ForbiddenError for who applied or checked; InputError for a project the books do not know, for one of
    a purpose that does not pay a scheme among them, for one that does not pay a household's place or kind, and
    for interest that a repayment has changed.
    """
    rows = _waiting(entitlements, EntitlementStatus.CHECKED)
    counties = {ancestor(row.place_code, Level.COUNTY) for row in rows}
    for county in counties:
        people.require(by, people.APPROVERS, county)
        _require_fit(project_ids(county, [project])[project], rows, policy)
    require_unchanged([row.pk for row in rows], policy)
    people.require_another(by, *{name for row in rows for name in (row.applied_by, row.checked_by)})
    with refusals_told(), transaction.atomic():
        Entitlement.objects.filter(pk__in=[row.pk for row in rows]).update(
            status=EntitlementStatus.APPROVED,
            approved_by=by.username,
            project=project,
        )
    _journal(by, rows, "payments.approve")
    return len(rows)


def _require_fit(project_id: int, rows: Sequence[Entitlement], policy: Policy) -> None:
    """InputError unless a project's purpose pays every scheme, it is no works, and its place and lines pay
    every household."""
    project = Project.objects.get(pk=project_id)
    problems = [
        Problem(
            "project",
            Text(
                f"“{policy.schemes.words(scheme).zh}”由用途为“{'、'.join(sorted(pays))}”的项目支付；"
                f"项目 {project.number} 的用途是“{project.purpose or '没有填写'}”。",
                f"{policy.schemes.words(scheme).en} is paid by projects of the purpose "
                f"{', '.join(map(in_english, sorted(pays)))}; that of project {project.number} is "
                f"{in_english(project.purpose) or 'not stated'}.",
            ),
            project.purpose,
            "schemes.purposes",
        )
        for scheme in sorted({row.scheme for row in rows})
        if project.purpose not in (pays := policy.schemes.purposes(scheme))
    ]
    works = fitting.why_works(project, policy, on=max(row.applied_on for row in rows))
    if works is not None:
        words = Text(
            f"项目 {project.number} 是建设项目（{works.zh}），不发放到户。请换一个项目。",
            f"Project {project.number} is works ({works.en}) and does not pay households. Name another.",
        )
        problems.append(Problem("project", words, rule="payments.works_words"))
    lines = fitting.lines_of([project_id])[project_id]
    misfits = fitting.misfits(project.place_code, lines, fitting.served(rows))
    problems += [
        Problem(
            "project",
            Text(
                f"项目 {project.number} 不能支付其中 {count} 户：{why.zh}。请换一个项目，或只选它能支付的户。",
                f"Project {project.number} may not pay {count} of these households: {why.en}. Name another "
                "project, or choose only households that it may pay.",
            ),
            project.place_code,
        )
        for why, count in misfits.items()
    ]
    if problems:
        raise InputError(Text("没有办理。", "Nothing was carried out."), problems)


@transaction.atomic
def refuse(*, by: Actor, entitlements: Sequence[int], reason: str) -> int:
    """Send entitlements back, at any step before they are paid, all or none. Gives how many.

    Whoever checks the next step may. InputError without a reason; ConflictError for one that was sent
    back already, or is in a batch.
    """
    rows = _held(entitlements)
    for row in rows:
        applied = row.status == EntitlementStatus.APPLIED
        people.require(by, people.TOWNSHIP if applied else people.APPROVERS, row.place_code)
    if not reason.strip():
        problem = Problem("reason", Text("请写明原因。", "Say why."))
        raise InputError(Text("没有退回。", "It was not sent back."), [problem])
    if any(row.status == EntitlementStatus.REFUSED for row in rows):
        raise ConflictError(Text("已经退回。", "It was sent back already."))
    with refusals_told(), transaction.atomic():
        Entitlement.objects.filter(pk__in=[row.pk for row in rows]).update(
            status=EntitlementStatus.REFUSED,
            refused_by=by.username,
            refused_reason=reason.strip(),
        )
    _journal(by, rows, "payments.refuse", reason.strip())
    return len(rows)


@transaction.atomic
def give_notices(
    *,
    by: Actor,
    policy: Policy,
    groups: Sequence[tuple[str, str, str]],
    now: datetime,
    today: date,
) -> list[Notice]:
    """Put what is approved in (village, scheme, term) groups on the boards, all or none.

    InputError when none is named.
    """
    if not groups:
        problem = Problem("", Text("请先选择。", "Choose some first."))
        raise InputError(Text("没有公示。", "Nothing was put on the board."), [problem])
    return [
        give_notice(
            by=by,
            policy=policy,
            place_code=place_code,
            scheme=scheme,
            term=term,
            now=now,
            today=today,
        )
        for place_code, scheme, term in sorted(set(groups))
    ]


@transaction.atomic
def give_notice(
    *,
    by: Actor,
    policy: Policy,
    place_code: str,
    scheme: str,
    term: str,
    now: datetime,
    today: date,
) -> Notice:
    """Put a village's approved entitlements of a scheme and term on the board, each head with the amount.

    ConflictError when nothing waits for a notice there.
    """
    people.require(by, (*people.MAKERS,), ancestor(place_code, Level.COUNTY))
    rows = list(
        Entitlement.objects.select_for_update()
        .filter(place_code=place_code, scheme=scheme, term=term, status=EntitlementStatus.APPROVED)
        .order_by("household_no", "person_no")
    )
    if not rows:
        raise ConflictError(Text("这里没有待公示的补助。", "Nothing waits for a notice here."))
    words = policy.schemes.words(scheme)
    term_words = read_term(policy.schemes.find(scheme, place=place_code, on=today).term, term).text
    heads = dict(
        Person.objects.filter(
            household_id__in={row.household_no for row in rows}, relation="户主"
        ).values_list("household_id", "name")
    )
    village = names([place_code]).get(place_code, "")
    days = policy.value("payments.notice_days", place=place_code, on=today).value
    notice = notices.publish(
        by=by.username,
        kind="payment",
        place_code=place_code,
        subject=f"payments {scheme} {term} {place_code} from {rows[0].pk}",
        title=Text(f"{words.zh}（{term_words.zh}）", f"{words.en}, {term_words.en}"),
        rows=[
            {
                "head": heads.get(row.household_no) or "",
                "village": village,
                "scheme": words.zh,
                "term": term_words.zh,
                "amount": f"{row.fen // 100}.{row.fen % 100:02d}",
            }
            for row in rows
        ],
        opens_on=today,
        closes_on=last_day(today, days),
        now=now,
    )
    Entitlement.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=EntitlementStatus.NOTICED, notice=notice
    )
    _journal(by, rows, "payments.give_notice")
    return notice


def _waiting(entitlements: Sequence[int], status: EntitlementStatus) -> list[Entitlement]:
    """The rows, locked in order. NotFoundError for one out of sight, ConflictError for one not waiting."""
    rows = _held(entitlements)
    late = [row for row in rows if row.status != status]
    if late:
        label = EntitlementStatus(late[0].status).label
        raise ConflictError(
            Text(
                f"有 {len(late)} 项不在这一步（{label}），没有办理任何一项。请刷新再试。",
                f"{len(late)} of them do not stand at this step; none was carried out. Reload.",
            )
        )
    return rows


def _held(entitlements: Sequence[int]) -> list[Entitlement]:
    """The rows, locked in order. NotFoundError for one out of sight."""
    wanted = sorted(set(entitlements))
    rows = list(Entitlement.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    if len(rows) != len(wanted) or not rows:
        raise NotFoundError(NO_ENTITLEMENT)
    return rows


def _journal(by: Actor, rows: Sequence[Entitlement], verb: str, reason: str = "") -> None:
    journal.write_many(
        by=by.username,
        acts=[
            journal.Act(
                row.place_code, verb, f"entitlement {row.pk}", reason=reason, after={"fen": row.fen}
            )
            for row in rows
        ],
    )
