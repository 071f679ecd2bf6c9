"""Traces of a real ledger: both ways, exact, the same from either end, and inside the scope only."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from tracing_ground import COUNTY, TOWNSHIPS, at_work

from bangfu.books.funds.models import Balance, ClaimShare, Posting
from bangfu.books.tracing import queries
from bangfu.books.tracing.naming import labels
from bangfu.books.tracing.queries import Kind, follow, found
from bangfu.books.tracing.searching import exactly, search
from bangfu.books.tracing.standings import Grain
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import ConflictError, NotFoundError
from bangfu.core.ledger.stages import Stage
from bangfu.core.ledger.strands import Layer, sums, way


def trace(kind, key):
    return follow(found(kind, key))


@pytest.fixture
def reading(ground):
    """Inside the county, as one who sees its money and its persons."""
    with at_work("auditor", COUNTY):
        yield ground


def test_a_project_is_its_balances_and_its_claims(reading):
    project = reading.projects[0]
    strands = trace(Kind.PROJECT, project.pk).strands
    held = Counter()
    for strand in strands:
        held[strand.line, strand.stage.value] += strand.fen
    balances = Balance.objects.filter(project=project, amount__gt=0)
    assert held == {
        (line, stage): fen
        for line, stage, fen in balances.values_list("line_id", "stage", "amount")
    }
    paid = Counter()
    for strand in strands:
        if strand.stage is Stage.PAID:
            paid[strand.claim, strand.line] += strand.fen
    shares = ClaimShare.objects.filter(payment__isnull=False, claim__contract__project=project)
    assert paid == {(one.claim_id, one.line_id): one.fen - one.recovered_fen for one in shares}
    assert sums(strands, Layer.DOCUMENT).keys() == {one.pk for one in reading.documents}


def test_documents_are_spent_to_the_fen(reading):
    for document, fen in zip(reading.documents, (9_001, 3_000, 5_003), strict=True):
        assert trace(Kind.DOCUMENT, document.pk).fen == fen
    for line, fen in zip(reading.lines, (12_001, 5_003), strict=True):
        followed = trace(Kind.LINE, line.pk)
        assert followed.fen == fen
        free = Balance.objects.get(line=line, stage="announced").amount
        assert sums(followed.strands, Layer.PROJECT)[None] == free


EVERYTHING = (Kind.DOCUMENT, Kind.LINE, Kind.PROJECT, Kind.CONTRACT, Kind.CLAIM, Kind.PAYMENT,
              Kind.PAYEE, Kind.ASSET)  # fmt: skip


def keys(ground, kind):
    """The ids of a kind's things; a payee goes by a contract."""
    things = {
        Kind.DOCUMENT: [one.pk for one in ground.documents],
        Kind.LINE: [one.pk for one in ground.lines],
        Kind.PROJECT: [one.pk for one in ground.projects],
        Kind.CONTRACT: ground.contracts,
        Kind.CLAIM: ground.claims,
        Kind.PAYMENT: ground.payments,
        Kind.PAYEE: ground.contracts[:2],
        Kind.ASSET: [one.pk for one in ground.assets],
    }
    return things[kind]


def test_both_ends_tell_the_same(reading):
    """What X has of Y, followed from X, is what Y gives X, followed from Y: every pair of things."""
    names = {key: queries.payee_key(key) for key in reading.contracts}
    told = {
        (kind, names[key] if kind is Kind.PAYEE else key): trace(kind, key).strands
        for kind in EVERYTHING
        for key in keys(reading, kind)
    }
    pairs = 0
    for (kind, key), strands in told.items():
        for (other, end), back in told.items():
            there = sums(strands, Layer(other.value)).get(end, 0)
            here = sums(back, Layer(kind.value)).get(key, 0)
            assert there == here, (kind, key, other, end)
            pairs += there > 0
    assert pairs > 100


def test_assets_divide_what_was_paid_by_their_values(reading):
    """2,669 fen left of P1's payments after the recovery, and the rest: 2 to 1, by largest remainder."""
    paid = Balance.objects.filter(project=reading.projects[0], stage="paid").aggregate(
        fen=Sum("amount")
    )["fen"]
    assert paid == 3_001 + 2_002 - 333
    first, second = (trace(Kind.ASSET, asset.pk) for asset in reading.assets)
    assert (first.fen, second.fen) == (3_113, 1_557)
    assert first.paid_fen == first.fen
    assert len(sums(first.strands, Layer.PAYEE)) == 2
    assert len(sums(first.strands, Layer.DOCUMENT)) == 3


def test_a_payee_of_two_projects_is_one(reading):
    followed = trace(Kind.PAYEE, reading.contracts[2])
    assert set(sums(followed.strands, Layer.PROJECT)) == {one.pk for one in reading.projects}
    assert followed.fen == 6_001 + 2_000
    assert followed.paid_fen == 3_001 + 1_501
    same = trace(Kind.PAYEE, reading.contracts[0])
    assert same.strands == followed.strands


@pytest.mark.parametrize("kind", [Kind.LINE, Kind.PAYEE])
def test_what_has_many_claims_tells_the_same_in_sums(reading, monkeypatch, kind):
    key = reading.lines[0].pk if kind is Kind.LINE else reading.contracts[2]
    fine = trace(kind, key)
    assert fine.grain is Grain.CLAIM
    monkeypatch.setattr(queries, "CLAIMS_TOLD", 1)
    coarse = trace(kind, key)
    assert coarse.grain is Grain.PAYEE
    assert sums(coarse.strands, Layer.CLAIM) == {None: coarse.fen}
    for layer in (Layer.DOCUMENT, Layer.PROJECT, Layer.PAYEE, Layer.ASSET):
        assert sums(coarse.strands, layer) == sums(fine.strands, layer)


def test_every_posting_leads_to_what_it_moved(reading):
    by_kind = {}
    for number, kind in Posting.objects.order_by("pk").values_list("pk", "kind"):
        by_kind.setdefault(kind, []).append(found(Kind.POSTING, number).kind)
    assert by_kind == {
        "announce": [Kind.DOCUMENT] * 3,
        "receive": [Kind.LINE] * 2,
        "allocate": [Kind.PLAN],
        "commit": [Kind.CONTRACT] * 3,
        "claim": [Kind.CLAIM] * 4,
        "pay": [Kind.PAYMENT] * 3,
        "recover": [Kind.PAYMENT],
    }
    plan = trace(Kind.POSTING, reading.allocated)
    assert plan.fen == 7_001 + 4_003 + 3_001
    assert plan.paid_fen == 3_001 + 2_002 - 333 + 1_501
    assert sum(plan.amounts["stage"].values()) == plan.fen
    whole = trace(Kind.LINE, reading.lines[0].pk)
    for project in reading.projects:
        mine = [
            each
            for each in plan.strands
            if each.project == project.pk and each.line == reading.lines[0].pk
        ]
        same = [each for each in whole.strands if each.project == project.pk]
        assert sums(mine, Layer.DOCUMENT) == sums(same, Layer.DOCUMENT)


def test_the_way_of_a_yuan_is_called_by_its_names(reading):
    strands = trace(Kind.ASSET, reading.assets[0].pk).strands
    nodes = way(next(each for each in strands if each.payee == "乙合作社"))
    named = labels(nodes)
    assert [named[node].text.zh for node in nodes][1:] == [
        "A 资金A", "P1 通村路1", "合2 乙合作社施工", f"报账 {reading.claims[1]}（合2）",
        "凭2 合2", "乙合作社", "路面 一组",
    ]  # fmt: skip
    assert named[nodes[-2]].address == f"/trace/payee/{reading.contracts[1]}/"


def test_search_knows_numbers_names_amounts_and_kinds(reading):
    assert [one.kind for one in search("凭2")] == [Kind.PAYMENT]
    assert {one.kind for one in search("30.01")} == {Kind.CLAIM, Kind.PAYMENT}
    payees = [one for one in search("甲公司") if one.kind is Kind.PAYEE]
    assert len(payees) == 1
    assert [one.number for one in exactly(search("A"), "A")] == ["A"]
    assert [one.key for one in search(f"posting:{reading.allocated}")] == [reading.allocated]
    assert search("project:甲") == [] == search("  ")
    assert search("秭财〔2026〕2号")[0].key == reading.documents[1].pk


def test_a_trace_is_a_few_statements_however_much_it_passes(reading):
    for kind, key, most in (
        (Kind.PAYMENT, reading.payments[0], 3),
        (Kind.PROJECT, reading.projects[0].pk, 2),
        (Kind.LINE, reading.lines[0].pk, 3),
    ):
        with CaptureQueriesContext(connection) as told:
            trace(kind, key)
        assert len(told) <= most


@pytest.mark.parametrize("classes", [{DataClass.MONEY}, {DataClass.MONEY, DataClass.PERSONS}])
def test_a_township_never_reaches_the_ledger_of_the_county(ground, classes):
    """Neither another township's payee nor its own: the ledger is the county's. Its projects it sees,
    and no fen of them."""
    with at_work("head", TOWNSHIPS[0], classes=frozenset(classes)):
        for kind in (*EVERYTHING, Kind.POSTING, Kind.PLAN):
            ids = {
                Kind.POSTING: [ground.allocated, ground.announced], Kind.PLAN: [ground.plan.pk],
            }.get(kind) or keys(ground, kind)  # fmt: skip
            if kind in (Kind.PROJECT, Kind.ASSET):
                ids = ids[1:] if kind is Kind.PROJECT else []
            for key in ids:
                with pytest.raises(NotFoundError):
                    trace(kind, key)
        assert search("甲公司") == [] == search("15.01")
        assert trace(Kind.PROJECT, ground.projects[0].pk).strands == []
        with pytest.raises(NotFoundError):
            trace(Kind.PROJECT, ground.projects[1].pk)


def test_another_county_reaches_nothing(ground):
    with at_work("other", "420528000000"):
        for kind in EVERYTHING:
            for key in keys(ground, kind):
                with pytest.raises(NotFoundError):
                    trace(kind, key)


def test_books_that_disagree_are_said_so(reading, monkeypatch):
    def broken(*_):
        raise ValueError("shares pass what line 1 holds by 1 fen")

    monkeypatch.setattr(queries, "strands_of", broken)
    with pytest.raises(ConflictError, match="ledger verify"):
        trace(Kind.PROJECT, reading.projects[0].pk)
