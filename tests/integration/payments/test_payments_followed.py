"""Money to households followed both ways: a batch with a failed and repaid payment, from two lines."""

import json
from collections import Counter
from types import SimpleNamespace

import pytest
from payments_ground import (
    COUNTY,
    LATER,
    PROJECT,
    TERM,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    family,
    household_no,
)
from test_batch_payment import answered

from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import Basis, Contract, FundLine
from bangfu.books.projects.models import Project
from bangfu.books.tracing import queries, schemes, standings
from bangfu.books.tracing.merits import merits
from bangfu.books.tracing.naming import labels, scheme_words
from bangfu.books.tracing.queries import Kind, follow, found
from bangfu.books.tracing.searching import search
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import InputError, NotFoundError
from bangfu.core.ledger.stages import Stage
from bangfu.core.ledger.strands import Layer, sums
from bangfu.files.policy_folder import policy_in_force

ONE, TWO, THREE = EVERYBODY = tuple(household_no(number) for number in (1, 2, 3))
EACH, ALL = 150_000, 450_000
PLANNED = {"A": 700_001, "B": 400_003}


@pytest.fixture
def funded_by_two(ground, as_web):
    """Line A of two documents and line B of one, of two departments, planned for the project."""
    with as_web():
        here = {"by": "tester", "place_code": COUNTY, "day": TODAY}
        FundLine.objects.filter(number="A").update(department="县教育局")
        FundLine.objects.create(
            number="B", place_code=COUNTY, year=2026, name="县级配套", fund_class="household",
            level="county", department="县财政局",
        )  # fmt: skip
        papers = [
            funds.record_document(
                by="tester", place_code=COUNTY, number=f"秭财〔2026〕{at}号", issued_on=TODAY
            )
            for at in (1, 2, 3)
        ]
        for line, fen, paper in (("A", 500_000, 0), ("A", 200_001, 1), ("B", 400_003, 2)):
            funds.announce(**here, line=line, fen=fen, document=papers[paper])
            funds.receive(**here, line=line, fen=fen)
        plan = funds.propose_plan(
            by="tester", place_code=COUNTY, year=2026, title="方案", problem_hash="a" * 64,
            pieces=[(line, PROJECT, fen) for line, fen in PLANNED.items()],
        )  # fmt: skip
    with as_web(by="planner"):
        funds.approve_plan(by="planner", plan=plan, day=TODAY)
        funds.post_plan(by="planner", plan=plan, day=TODAY)
    return papers


@pytest.fixture
def paid(ground, funded_by_two, as_web):
    """Three students in one batch; the bank fails the second, who is paid in another."""
    with as_web():
        family(3)
    for code in EVERYBODY:
        ground.account(code)
    ground.noticed(*(ground.applied(code) for code in EVERYBODY))
    batch = ground.batch()
    file = ground.send(batch)
    with as_web():
        at_the_bank = [follow(found(Kind.HOUSEHOLD, code)).strands for code in EVERYBODY]
        [first] = queries.Payment.objects.values_list("pk", flat=True)
        waiting = follow(found(Kind.PAYMENT, first))
    ground.back(batch, answered(file, failed={1: "账户已销户"}))
    again = ground.batch()
    ground.back(again, answered(ground.send(again)))
    with as_web():
        payments = list(queries.Payment.objects.order_by("pk").values_list("pk", flat=True))
    return SimpleNamespace(
        at_the_bank=at_the_bank, waiting=waiting, payments=payments, papers=funded_by_two,
        batches=(batch.pk, again.pk),
    )  # fmt: skip


def trace(kind, key):
    return follow(found(kind, key))


def parts(strands):
    """What one household got, by all that it passed."""
    return Counter({strand._replace(fen=0): strand.fen for strand in strands})


def test_a_yuan_goes_to_a_household_and_back(paid, as_web, monkeypatch):
    assert paid.at_the_bank == [[], [], []], "the bank has not said that anybody was paid"
    assert paid.waiting.unnamed_fen == paid.waiting.fen == ALL
    with as_web():
        own = {code: trace(Kind.HOUSEHOLD, code) for code in EVERYBODY}
        for code, followed in own.items():
            assert followed.fen == followed.paid_fen == EACH
            [reached] = sums(followed.strands, Layer.PAYMENT)
            assert reached == paid.payments[code == TWO], "what failed and came back did not reach"
            assert len(sums(followed.strands, Layer.LINE)) == 2
        whole = trace(Kind.PROJECT, next(iter(sums(own[ONE].strands, Layer.PROJECT))))
        assert whole.fen == sum(PLANNED.values())
        assert whole.unnamed_fen == 0
        reached = sums([s for s in whole.strands if s.household], Layer.HOUSEHOLD)
        assert reached == dict.fromkeys(EVERYBODY, EACH)
        assert all(s.stage is Stage.PAID and s.asset is None for s in whole.strands if s.household)
        things = [(Kind.PROJECT, whole.thing.key)]
        things += [(Kind.PAYMENT, key) for key in paid.payments]
        things += [(Kind.DOCUMENT, paper.pk) for paper in paid.papers]
        lines = FundLine.objects.values_list("pk", flat=True)
        things += [(Kind.LINE, key) for key in lines]
        for kind, key in things:
            down = trace(kind, key).strands
            for code, followed in own.items():
                up = [s for s in followed.strands if s.key(Layer(kind.value)) == key]
                assert parts(s for s in down if s.household == code) == parts(up), (kind, code)
        # Where they are too many to be told, each household has the same way back.
        monkeypatch.setattr(standings, "HOUSEHOLDS_TOLD", 1)
        summed = trace(Kind.PAYMENT, paid.payments[0])
        assert sums(summed.strands, Layer.HOUSEHOLD) == {None: 2 * EACH}
        assert summed.unnamed_fen == 2 * EACH
        for code, followed in own.items():
            assert parts(trace(Kind.HOUSEHOLD, code).strands) == parts(followed.strands)
        # And a line of many claims tells the same of its documents.
        fine = {key: trace(Kind.LINE, key).strands for key in lines}
        monkeypatch.setattr(queries, "CLAIMS_TOLD", 0)
        for key, strands in fine.items():
            for layer in (Layer.DOCUMENT, Layer.PAYEE):
                assert sums(trace(Kind.LINE, key).strands, layer) == sums(strands, layer)


def test_merits_count_each_household_once(paid, as_web):
    with as_web():
        rows, _ = merits()
        figures = {row.name.zh: dict(row.figures)["reached"] for row in rows}
        assert figures["合计"] == 3 == figures["县教育局"] + figures["县财政局"]
        assert figures["县教育局"] == 2  # 3 × 700,001 / 1,100,004 = 1.9, largest remainder


def test_what_came_of_a_scheme(paid, as_web):
    """Two batches of one term: all of the second and what the bank paid of the first arrived."""
    with as_web():
        [row, total] = schemes.outcomes()
        assert (row.name.zh, row.term) == (scheme_words("vocational_aid").zh, TERM)
        told = (
            row.batches,
            row.paid_fen,
            row.back_fen,
            row.payments,
            row.reached_fen,
            row.households,
        )
        assert told == (2, ALL + EACH, EACH, 3, ALL, 3)
        assert (total.paid_fen, total.reached_fen) == (row.paid_fen, row.reached_fen)
        # The contract says it itself: its title may read as it likes.
        contracts = Contract.objects.order_by("pk")
        assert {(each.scheme, each.term) for each in contracts} == {("vocational_aid", TERM)}
        [met] = search("vocational_aid")
        followed = follow(met)
        assert sums(followed.strands, Layer.SCHEME) == {"vocational_aid": ALL}
        assert followed.paid_fen == ALL
        whole = trace(Kind.PROJECT, Project.objects.get().pk)
        assert whole.amounts["scheme"] == {"vocational_aid": ALL}
        assert (
            labels([("scheme", "vocational_aid")])["scheme", "vocational_aid"].text.zh
            == row.name.zh
        )


def test_only_a_roster_names_its_scheme(ground, funded, as_web):
    funded(100)
    contract = {
        "place_code": COUNTY, "number": "甲", "project": PROJECT, "title": "甲", "payee": "乙",
        "fen": 1, "signed_on": TODAY, "day": TODAY, "policy": policy_in_force(),
    }  # fmt: skip
    for more in (
        {"basis": Basis.ROSTER},
        {"basis": Basis.ROSTER, "scheme": "vocational_aid"},
        {"basis": Basis.CONTRACT, "scheme": "vocational_aid", "term": "2026"},
    ):
        with pytest.raises(InputError):
            ground.act("officer", funds.sign_contract, **contract, **more)


def test_what_came_back_later_did_not_reach_anybody(paid, ground, as_web):
    """333 fen come back of the first batch and nobody says from whom: 299,667 over two, to the fen."""
    ground.act(
        "cashier", funds.recover, payment_id=paid.payments[0], fen=333, day=LATER, reason="追回"
    )
    with as_web():
        followed = trace(Kind.PAYMENT, paid.payments[0])
        assert sums(followed.strands, Layer.HOUSEHOLD) == {ONE: 149_833, THREE: 149_834}
        for code, fen in ((ONE, 149_833), (TWO, EACH), (THREE, 149_834)):
            assert parts(trace(Kind.HOUSEHOLD, code).strands) == parts(
                s
                for payment in paid.payments
                for s in trace(Kind.PAYMENT, payment).strands
                if s.household == code
            )
            assert trace(Kind.HOUSEHOLD, code).fen == fen


def test_only_who_sees_a_household_is_told_of_it(paid, as_web, scope_of):
    with as_web(scope_of(classes={DataClass.MONEY})):
        for code in EVERYBODY:
            assert search(code) == []
            with pytest.raises(NotFoundError):
                trace(Kind.HOUSEHOLD, code)
        followed = trace(Kind.PAYMENT, paid.payments[0])
        assert followed.fen == followed.unnamed_fen == 2 * EACH
        assert sums(followed.strands, Layer.HOUSEHOLD) == {None: 2 * EACH}
    with as_web(scope_of(classes={DataClass.MONEY, DataClass.SAMPLE})):
        assert trace(Kind.PAYMENT, paid.payments[0]).unnamed_fen == 2 * EACH
    with as_web(scope_of(TOWNSHIP)):
        assert trace(Kind.HOUSEHOLD, ONE).strands == [], "the ledger is the county's"
    with as_web(scope_of("420528000000")):
        assert search(ONE) == []
        for kind, key in ((Kind.HOUSEHOLD, ONE), (Kind.PAYMENT, paid.payments[0])):
            with pytest.raises(NotFoundError):
                trace(kind, key)
        assert labels([("household", ONE)]) == {}


def test_the_pages_lead_there_and_back(paid, client_as):
    auditor = client_as("auditor", COUNTY)

    def page(client, address):
        answer = client.get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    payment, household = f"/trace/payment/{paid.payments[0]}/", f"/trace/household/{ONE}/"
    officer = client_as("county_officer", COUNTY)
    assert payment in page(officer, f"/payments/batches/{paid.batches[0]}/")
    assert f'href="{household}"' in page(auditor, payment)
    up = page(auditor, household)
    assert "1,500" in up
    assert "秭财〔2026〕1号" in up
    assert "演示" not in up, "no name"
    assert f'href="{payment}"' in up
    own = page(auditor, f"/payments/households/{ONE}/")
    assert f'href="{household}"' in own
    clerk = client_as("village_clerk", VILLAGE)
    card = page(clerk, f"/households/{ONE}/").split("领到的钱")[1].split("</ul>")[0]
    assert "共 1 笔" in card and "1,500" in card and scheme_words("vocational_aid").zh in card
    assert f'href="/payments/households/{ONE}/"' in card
    assert auditor.get("/trace/", {"q": ONE})["Location"] == household
    assert auditor.get(f"/trace/household/{ONE}/", {"as": "xlsx"}).status_code == 200
    scheme = page(auditor, "/trace/merits/").split('id="schemes"')[1]
    assert [figure in scheme for figure in ("6,000", "1,500", "4,500")] == [True] * 3
    address = scheme.split('<th scope="row"><a href="')[1].split('"')[0]
    assert f'href="{payment}"' in page(auditor, address)
    contract = f"/funds/contracts/{address.rstrip('/').rsplit('/', 1)[1]}/"
    assert f'href="{address}"' in page(auditor, contract)
    assert auditor.get("/trace/merits/", {"as": "xlsx"}).status_code == 200
    finance = client_as("finance", COUNTY)
    assert finance.get(household).status_code == 403
    told = page(finance, payment)
    assert ONE not in told
    assert "3,000 元发给农户的钱在这里只合计" in told
    for wrong in (f"/trace/line/{'9' * 30}/", "/trace/household/1/"):
        assert auditor.get(wrong).status_code == 404
    assert client_as("township_head", TOWNSHIP).get(household).status_code == 403


def test_the_command_tells_a_household(paid, client_as, command):
    client_as("auditor", COUNTY, username="shenji")
    told = command("trace", f"household:{ONE}", "--json", "--as", "shenji")
    assert told.exit_code == 0, told.output
    given = json.loads(told.output)
    assert given["fen"] == EACH == sum(one["fen"] for one in given["strands"])
    assert {strand["household"] for strand in given["strands"]} == {ONE}
    assert {sum(one["fen"] for one in tier) for tier in given["tiers"].values()} == {EACH}
