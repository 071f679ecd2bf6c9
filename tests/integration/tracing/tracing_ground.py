"""What the traces are read from, made by the real verbs, in fen that do not divide evenly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.assets.models import Asset
from bangfu.books.funds import actions
from bangfu.books.funds.models import Basis, FundLine
from bangfu.books.places.actions import load_places
from bangfu.books.projects.models import Project, TargetResult
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.core.places import NATION
from bangfu.files.policy_folder import policy_in_force

COUNTY = "420527000000"
DAY, NOW = date(2026, 3, 2), datetime(2026, 3, 2, 4, tzinfo=UTC)
VILLAGES = ("420527101200", "420527102200")
TOWNSHIPS = ("420527101000", "420527102000")
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")


def actor(username: str, role: str) -> Actor:
    held = HeldRole(role, Text(role, role), COUNTY, frozenset({DataClass.MONEY}), True)
    return Actor(username, username, None, (held,))


DEPT, CHECKER, PAYER = (
    actor("dept", "sector_department"),
    actor("checker", "finance"),
    actor("payer", "finance"),
)


def at_work(by: str, *held: str, classes: frozenset[DataClass] = frozenset(DataClass)):
    """A transaction of the web role; the nation where no place is said."""
    return within(Scope(held or (NATION,), classes, "test"), by=by)


def plant() -> SimpleNamespace:
    """Lines A (two documents) and B, projects P1 and P2 in two townships, payees 甲 and 乙, two assets."""
    made = SimpleNamespace()
    with at_work("keeper"):
        load_places(
            by="keeper",
            rows=[
                places.Place(code, name)
                for code, name in [
                    ("420000000000", "湖北省"),
                    ("420500000000", "宜昌市"),
                    (COUNTY, "秭归县"),
                    (TOWNSHIPS[0], "茅坪镇"),
                    (TOWNSHIPS[1], "归州镇"),
                    (VILLAGES[0], "杨贵店村"),
                    (VILLAGES[1], "香溪村"),
                ]
            ],
            source="test",
        )
    with at_work("planner"):
        made.lines = [
            FundLine.objects.create(
                number=number,
                place_code=COUNTY,
                year=2026,
                name=f"资金{number}",
                fund_class="fiscal",
                department=department,
            )
            for number, department in (("A", "县交通运输局"), ("B", "县水利局"))
        ]
        made.projects = [
            Project.objects.create(
                number=f"P{at}",
                place_code=village,
                year=2026,
                name=f"通村路{at}",
                cost_fen=20_000,
                performance_target="受益农户51户",
                status="admitted",
                stage="building",
                started_on=DAY,
                beneficiary_households=51,
            )
            for at, village in enumerate(VILLAGES, 1)
        ]
        here = {"by": "planner", "place_code": COUNTY, "day": DAY}
        made.documents = [
            actions.record_document(
                by="planner", place_code=COUNTY, number=f"秭财〔2026〕{at}号", issued_on=DAY
            )
            for at in (1, 2, 3)
        ]
        first, second, third = made.documents
        made.announced = actions.announce(**here, line="A", fen=9_001, document=first)
        actions.announce(**here, line="A", fen=3_000, document=second)
        actions.announce(**here, line="B", fen=5_003, document=third)
        actions.receive(**here, line="A", fen=12_001)
        actions.receive(**here, line="B", fen=5_003)
        made.plan = actions.propose_plan(
            by="planner", place_code=COUNTY, year=2026, title="方案", problem_hash="0" * 64,
            pieces=[("A", "P1", 7_001), ("B", "P1", 4_003), ("A", "P2", 3_001)],
        )  # fmt: skip
    with at_work("approver"):
        actions.approve_plan(by="approver", plan=made.plan, day=DAY)
        made.allocated = actions.post_plan(by="approver", plan=made.plan, day=DAY)
    made.contracts = [
        sign("合1", "P1", "甲公司", 6_001),
        sign("合2", "P1", "乙合作社", 4_999),
        sign("合3", "P2", "甲公司", 2_000),
    ]
    made.claims = [
        claim(made.contracts[0], 3_001),
        claim(made.contracts[1], 2_002),
        claim(made.contracts[0], 1_000),
        claim(made.contracts[2], 1_501),
    ]
    made.payments = [
        pay(made.claims[0], "凭1"),
        pay(made.claims[1], "凭2"),
        pay(made.claims[3], "凭3"),
    ]
    with at_work("payer"):
        actions.recover(by=PAYER, payment_id=made.payments[1], fen=333, day=DAY, reason="审计核减")
    with at_work("county"):
        Project.objects.filter(pk=made.projects[0].pk).update(
            stage="handed_over", accepted_on=DAY, accepted_fen=4_670
        )
        made.assets = [
            Asset.objects.create(
                project=made.projects[0],
                place_code=VILLAGES[0],
                name=name,
                kind="public",
                value_fen=value,
                location="一组",
                owner="村集体",
                handed_over_on=DAY,
                handed_over_by="county",
            )
            for name, value in (("路面", 200), ("水沟", 100))
        ]
        for name, unit, reached, at_most in (
            ("受益农户", "户", "51", False),
            ("硬化路面", "公里", "3.25", False),
            ("满意度", "%", "96", False),
            ("工期", "天", "200", True),
        ):
            TargetResult.objects.create(
                project=made.projects[0], place_code=VILLAGES[0], name=name, unit=unit,
                planned="100" if at_most else "50" if unit != "公里" else "3", reached=reached,
                at_most=at_most, assessed_on=DAY, assessed_by="county",
            )  # fmt: skip
    return made


def sign(number: str, project: str, payee: str, fen: int) -> int:
    with at_work(DEPT.username):
        made = actions.sign_contract(
            by=DEPT, place_code=COUNTY, number=number, project=project, basis=Basis.CONTRACT,
            title=f"{payee}施工", payee=payee, fen=fen, signed_on=DAY, day=DAY, policy=policy_in_force(),
        )  # fmt: skip
    return int(made.pk)


def claim(contract: int, fen: int) -> int:
    """A claim that finance has checked; no paper is asked for."""
    policy = policy_in_force().as_if(
        {
            "claims.needed_papers": [],
            "projects.payment_steps": [
                {"claim": "advance", "share": "1"},
                {"claim": "progress", "share": "0"},
            ],
        },
        place=COUNTY,
        on=DAY,
    )
    with at_work(DEPT.username):
        drafted = actions.draft_claim(
            by=DEPT, contract_id=contract, kind=ClaimKind.PROGRESS, fen=fen
        )
        actions.lodge_claim(by=DEPT, claim_id=drafted.pk, policy=policy, day=DAY)
    with at_work(CHECKER.username):
        actions.check_claim(by=CHECKER, claim_id=drafted.pk, day=DAY)
    return int(drafted.pk)


def pay(claim_id: int, voucher: str) -> int:
    with at_work(PAYER.username):
        return int(actions.pay(by=PAYER, claim_id=claim_id, voucher=voucher, day=DAY).pk)
