"""The demo's payments: a project's claims from several lines, and a term of 雨露计划 with the bank's files.

Everybody and every paper is invented; every verb is the one that the pages use, each by somebody else.
A second run finds what the first one did and does nothing again.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import Count, Sum
from PIL import Image

from bangfu.books.accounts import actions as accounts
from bangfu.books.accounts.actors import Actor, actor_of
from bangfu.books.accounts.models import Operator
from bangfu.books.funds import actions as funds
from bangfu.books.funds.claiming import rules_for
from bangfu.books.funds.models import Balance, Basis, Claim, ClaimShare, Contract
from bangfu.books.households.models import Person
from bangfu.books.payments import actions
from bangfu.books.payments.actions.applying import id_number
from bangfu.books.payments.eligibility import verdicts
from bangfu.books.payments.models import Batch, Entitlement
from bangfu.books.projects import actions as projects
from bangfu.books.projects import limits
from bangfu.books.projects.models import Project
from bangfu.books.projects.models import Stage as Delivery
from bangfu.cli.operator import working
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.core.ledger.stages import Stage
from bangfu.core.payments.bank import BACK, FAILED, PAID
from bangfu.core.places import Level, ancestor
from bangfu.core.policy.resolve import Policy
from bangfu.files.atomic import write_bytes
from bangfu.files.uploads import Upload
from bangfu.site import clock

Result = TypeVar("Result")
SCHEME, TERM, AID = "vocational_aid", "2026-1", "雨露计划"
CONTRACT, CONTRACTOR = "示例合同-1", "示例建设有限公司"
SIGNED, FIRST_CLAIM, SECOND_CLAIM = date(2026, 3, 2), date(2026, 3, 5), date(2026, 6, 30)
APPLIED, PAID_ON, AGAIN_ON = date(2026, 3, 10), date(2026, 4, 1), date(2026, 4, 20)
FAILURES = {0: "账户状态异常", 1: "账号户名不符"}  # by the file's lines, from 0
ROLES = {
    "demo-department": "sector_department",
    "demo-checker": "finance",
    "demo-payer": "finance",
    "demo-officer": "county_officer",
    "demo-approver": "county_approver",
}


class People:
    """The invented operators of the demo, and verbs carried out as one of them."""

    def __init__(self, county: str) -> None:
        self.county = county
        for name, role in ROLES.items():
            ensure_operator(name, role, county, county)

    def act(self, who: str, verb: Callable[..., Result], **more: Any) -> Result:
        """Carry out a verb as somebody, in a transaction of the own reach."""
        actor = self._actor(who)
        with self._at_work(actor):
            return verb(by=actor, **more)

    def look(self, read: Callable[[], Result], who: str = "demo-officer") -> Result:
        """What somebody sees."""
        with self._at_work(self._actor(who)):
            return read()

    def _actor(self, who: str) -> Actor:
        return actor_of(who, on=clock.today())

    def _at_work(self, actor: Actor) -> AbstractContextManager[str]:
        place = actor.held[0].place_code
        return working(
            actor.username,
            place_code=place,
            purpose="demo",
            classes=tuple(actor.classes),
            writes=True,
        )


def ensure_operator(name: str, role: str, place_code: str, county: str) -> None:
    """An operator of the demo in a role; one that is there stays as it is."""
    with working(None, place_code=county, purpose="demo", writes=True) as by:
        if Operator.objects.filter(username=name).exists():
            return
        accounts.add_operator(
            by=by, username=name, display_name=f"演示 {name}", place_code=place_code
        )
        accounts.grant_role(
            by=by, username=name, role=role, place_code=place_code, valid_from=clock.today()
        )


def pay_project(people: People, policy: Policy) -> dict[str, Any]:
    """Contract, two claims and their payments of the first project that three lines or more pay."""
    contract = people.look(lambda: Contract.objects.filter(number=CONTRACT).first())
    if contract is None:
        number, fen = people.look(_several_lines)
        project = people.look(lambda: Project.objects.get(number=number))
        _begin(people, policy, project, fen)
        contract = people.act(
            "demo-department",
            funds.sign_contract,
            place_code=people.county,
            number=CONTRACT,
            project=number,
            basis=Basis.CONTRACT,
            title="施工合同（示例）",
            payee=CONTRACTOR,
            fen=fen,
            signed_on=SIGNED,
            day=SIGNED,
            policy=policy,
        )
        _claim_and_pay(people, policy, contract.pk, ClaimKind.ADVANCE, FIRST_CLAIM)
        _report_built(people, policy, project)
        _claim_and_pay(people, policy, contract.pk, ClaimKind.PROGRESS, SECOND_CLAIM)
    return people.look(lambda: _of_project(contract.pk))


def pay_households(people: People, policy: Policy, out: Path) -> tuple[dict[str, Any], list[Path]]:
    """A term of 雨露计划 in the village that has most students and money for them, to the bank and back;
    what failed is paid once more. Gives its figures and the bank's files."""
    if not people.look(lambda: Batch.objects.filter(scheme=SCHEME, term=TERM).exists()):
        _approve_students(people, policy)
        _batch(people, policy, PAID_ON)
    first = people.look(lambda: Batch.objects.filter(scheme=SCHEME, term=TERM).earliest("pk"))
    file = people.act("demo-payer", actions.bank_file, batch_id=first.pk)
    back = answered(file, FAILURES)
    paths = [out / "bank-file.csv", out / "bank-return.csv"]
    for path, content in zip(paths, (file, back), strict=True):
        write_bytes(path, content)
    taken = _return(people, first.pk, back, PAID_ON + timedelta(days=2))
    if not taken.before:
        again = _batch(people, policy, AGAIN_ON)
        file = people.act("demo-payer", actions.bank_file, batch_id=again.pk)
        _return(people, again.pk, answered(file, {}), AGAIN_ON + timedelta(days=2))
    return people.look(_of_batches), paths


def answered(file: bytes, failures: dict[int, str]) -> bytes:
    """The bank's return of a file: everybody paid but those lines."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(BACK)
    rows = csv.DictReader(io.StringIO(file.decode("utf-8-sig")))
    for number, row in enumerate(rows):
        why = failures.get(number, "")
        lines.writerow((row["流水号"], row["金额（元）"], FAILED if why else PAID, why))
    return out.getvalue().encode("utf-8-sig")


def _several_lines() -> tuple[str, int]:
    """The first project, by number, that three lines or more pay, and what they give."""
    rows = (
        Balance.objects.filter(stage=Stage.ALLOCATED.value, amount__gt=0)
        .values_list("project__number")
        .annotate(fen=Sum("amount"), lines=Count("line"))
        .filter(lines__gte=3)
        .order_by("project__number")
    )
    number, fen, _ = rows[0]
    return number, fen


def _begin(people: People, policy: Policy, project: Project, fen: int) -> None:
    """Plan, survey, tender and start of a project, each with the papers that policy asks for."""
    tender = {"method": "公开招标", "party": CONTRACTOR, "amount_fen": fen}
    for stage in (Delivery.PLAN, Delivery.DESIGN, Delivery.TENDER, Delivery.BUILDING):
        asked = limits.documents_asked(policy, stage, place=project.place_code, on=SIGNED)
        people.act(
            "demo-department",
            projects.record_stage,
            project=project,
            stage=stage,
            done_on=SIGNED,
            papers=[
                projects.Paper(
                    kind, Upload(f"{kind}.txt", f"示例材料：{kind}".encode(), "text/plain")
                )
                for kind in asked
            ],
            policy=policy,
            today=SIGNED,
            now=_noon(SIGNED),
            **(tender if stage is Delivery.TENDER else {}),
        )


def _report_built(people: People, policy: Policy, project: Project) -> None:
    """The township's report, with a picture, that all of a project is done."""
    township = ancestor(project.place_code, Level.TOWNSHIP)
    ensure_operator("demo-site", "township_reviewer", township, people.county)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "gray").save(picture, "PNG")
    people.act(
        "demo-site",
        projects.report_progress,
        project=project,
        percent=100,
        said="示例：工程量全部完成",
        photographs=[Upload("示例现场.png", picture.getvalue(), "image/png")],
        policy=policy,
        today=SECOND_CLAIM,
        now=_noon(SECOND_CLAIM),
    )


def _claim_and_pay(
    people: People, policy: Policy, contract_id: int, kind: ClaimKind, day: date
) -> None:
    """Claim as much as the step allows, with the papers that policy asks for, and pay it."""
    draft = people.act(
        "demo-department", funds.draft_claim, contract_id=contract_id, kind=kind, fen=1
    )
    rules = people.look(lambda: rules_for(draft, policy, on=day))
    people.act("demo-department", funds.drop_claim, claim_id=draft.pk)
    contract = people.look(lambda: Contract.objects.get(pk=contract_id))
    claim = people.act(
        "demo-department",
        funds.draft_claim,
        contract_id=contract_id,
        kind=kind,
        fen=int(contract.fen * rules.up_to) - contract.claimed_fen,
    )
    for code in rules.needed:
        name = rules.papers[code].zh
        upload = Upload(f"{name}.txt", f"示例材料：{name} {kind} {day}".encode(), "text/plain")
        people.act(
            "demo-department",
            funds.add_paper,
            claim_id=claim.pk,
            code=code,
            upload=upload,
            policy=policy,
            now=_noon(day),
        )
    people.act("demo-department", funds.lodge_claim, claim_id=claim.pk, policy=policy, day=day)
    people.act("demo-checker", funds.check_claim, claim_id=claim.pk, day=day)
    people.act("demo-payer", funds.pay, claim_id=claim.pk, voucher=f"示例凭证-{claim.pk}", day=day)


def _of_project(contract_id: int) -> dict[str, Any]:
    contract = Contract.objects.select_related("project").get(pk=contract_id)
    claims = Claim.objects.filter(contract=contract, posting__isnull=False)
    shares = ClaimShare.objects.filter(claim__in=claims, payment__isnull=False)
    by_line: Counter[str] = Counter()
    for line, fen in shares.values_list("line__number", "fen"):
        by_line[line] += fen
    return {
        "project": contract.project.number,
        "contract_fen": contract.fen,
        "claims": claims.count(),
        "paid_fen": by_line.total(),
        "by_line": dict(sorted(by_line.items())),
    }


def _approve_students(people: People, policy: Policy) -> None:
    """Apply for every student of the village, check, approve, put on the board."""
    village, project, students = people.look(lambda: _village_of_most(people.county, policy))
    township = ancestor(village, Level.TOWNSHIP)
    ensure_operator("demo-village", "village_clerk", village, people.county)
    ensure_operator("demo-township", "township_reviewer", township, people.county)
    for household_no in sorted({household_no for household_no, _ in students}):
        _account(people, household_no)
    applied = people.act(
        "demo-village",
        actions.apply_for_many,
        policy=policy,
        scheme=SCHEME,
        term=TERM,
        place_code=village,
        persons=students,
        today=APPLIED,
    )
    made = [each.pk for each in applied]
    people.act("demo-township", actions.check, entitlements=made)
    people.act("demo-approver", actions.approve, entitlements=made, project=project, policy=policy)
    people.act(
        "demo-officer",
        actions.give_notice,
        policy=policy,
        place_code=village,
        scheme=SCHEME,
        term=TERM,
        now=_noon(APPLIED),
        today=APPLIED,
    )


def _village_of_most(county: str, policy: Policy) -> tuple[str, str, list[tuple[str, str]]]:
    """The village with most students who are entitled, its project in the plan, and them."""
    scheme = policy.schemes.find(SCHEME, place=county, on=APPLIED)
    students: dict[str, list[tuple[str, str]]] = {}
    for each in verdicts(policy, scheme, place=county, on=APPLIED):
        if each.entitled:
            students.setdefault(each.place_code, []).append((each.household_no, each.person_no))
    planned = Balance.objects.filter(stage=Stage.ALLOCATED.value, amount__gt=0).values("project")
    projects = Project.objects.filter(pk__in=planned, name__contains=AID)
    paying = dict(projects.order_by("-number").values_list("place_code", "number"))
    village = max(sorted(paying), key=lambda code: len(students.get(code, ())))
    return village, paying[village], students[village]


def _account(people: People, household_no: str) -> None:
    """The head's one-card account, of an invented number."""

    def known() -> tuple[str, str, str]:
        head = Person.objects.filter(household_id=household_no, relation="户主").get()
        return head.person_no, head.name or "", id_number(head)

    person_no, name, number = people.look(known)
    people.act(
        "demo-village",
        actions.record_account,
        household_no=household_no,
        person_no=person_no,
        account=f"6230{household_no[-12:]}",
        bank="示例农商行",
        holder_name=name,
        holder_number=number,
        today=APPLIED,
    )


def _batch(people: People, policy: Policy, day: date) -> Batch:
    """Make, submit, check and send what waits."""

    def project() -> str:
        waiting = Entitlement.objects.filter(scheme=SCHEME, term=TERM)
        return str(waiting.values_list("project", flat=True)[0])

    made = people.act(
        "demo-officer",
        actions.make_batch,
        place_code=people.county,
        scheme=SCHEME,
        term=TERM,
        project=people.look(project),
        today=day,
    )
    sent = {"batch_id": made.pk, "day": day, "now": _noon(day)}
    submitted = people.act("demo-officer", actions.submit_batch, policy=policy, **sent)
    people.act("demo-checker", funds.check_claim, claim_id=submitted.claim_id, day=day)
    return people.act("demo-payer", actions.send_batch, policy=policy, **sent)


def _return(people: People, batch_id: int, content: bytes, day: date) -> actions.Taken:
    return people.act(
        "demo-payer",
        actions.take_return,
        batch_id=batch_id,
        content=content,
        day=day,
        now=_noon(day),
    )


def _of_batches() -> dict[str, Any]:
    batches = list(Batch.objects.filter(scheme=SCHEME, term=TERM).order_by("pk"))
    first, rest = batches[0], batches[1:]
    return {
        "village": Entitlement.objects.filter(scheme=SCHEME, term=TERM)[0].place_code,
        "payments": first.payments_count,
        "stopped": first.stopped_count,
        "failed": first.payments_count - first.held_count - first.paid_count,
        "again": sum(batch.paid_count for batch in rest),
        "paid_fen": sum(batch.paid_fen for batch in batches),
    }


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)  # noon in China
