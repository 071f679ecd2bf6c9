"""Traces: the strands of a thing, both ways. Every query sees the scope's rows only.

The ledger is the county's: who does not see it gets no strand, and no name that only it knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Model, Q, QuerySet

from bangfu.books.assets.models import Asset
from bangfu.books.funds.models import (
    Claim,
    ClaimShare,
    Contract,
    Document,
    Entry,
    FundLine,
    Payment,
    Plan,
    PlanItem,
    Posting,
)
from bangfu.books.households.models import Household
from bangfu.books.households.queries import number_now, numbers_of
from bangfu.books.payments.models import Payment as HouseholdPayment
from bangfu.books.payments.models import PaymentStatus
from bangfu.books.payments.posting import PAYEE as HOUSEHOLDS
from bangfu.books.projects.models import Project
from bangfu.books.tracing.standings import HELD, Books, Grain, books_of, books_on, pieces_on
from bangfu.core.errors import ConflictError, NotFoundError
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Kind as Movement
from bangfu.core.ledger.stages import Stage
from bangfu.core.ledger.strands import LAYERS, STANDS, Layer, Node, Strand, sums, through
from bangfu.core.ledger.trace import sourced, strands_of

NO_THING = Text(
    "没有可追溯的这一项，或者它不在您的范围内。",
    "There is nothing of that kind to follow, or it is not yours to see.",
)
UNSOUND = Text(
    "台账与报账对不上，无法追溯。请运行 bangfu ledger verify 找出被改动的凭证。",
    "Ledger and claims disagree, so nothing can be followed. "
    "`bangfu ledger verify` names what was altered.",
)
# A line, or the projects of a payee, with more shares than this are told payee by payee; the page of a
# project tells every claim.
CLAIMS_TOLD = 500


class Kind(StrEnum):
    """What can be followed: what a strand passes, and what lies across, postings and plans."""

    DOCUMENT = "document"
    LINE = "line"
    PROJECT = "project"
    SCHEME = "scheme"
    CONTRACT = "contract"
    CLAIM = "claim"
    PAYMENT = "payment"
    PAYEE = "payee"
    HOUSEHOLD = "household"
    ASSET = "asset"
    PLAN = "plan"
    POSTING = "posting"


@dataclass(frozen=True, slots=True)
class Thing:
    """What is followed. `key` is its id; of a payee or a scheme that of a contract, so that no name
    stands in an address; of a household its number. `number` is what people know it by."""

    kind: Kind
    key: int | str
    number: str
    name: str = ""


@dataclass(frozen=True)
class Trace:
    """A thing and the strands that pass it. `grain` says how finely they are told; `told_stands`, fen by
    stage where the strands do not tell it."""

    thing: Thing
    strands: Sequence[Strand]
    grain: Grain = Grain.CLAIM
    told_stands: Mapping[str, int] | None = None
    names: dict[Node, Any] = field(default_factory=dict)  # what was asked for already

    @cached_property
    def amounts(self) -> dict[str, dict[int | str, int]]:
        """Fen by layer and thing, the largest first; where it stands comes last."""
        found = {layer.value: sums(self.strands, layer) for layer in LAYERS}
        stands: dict[int | str | None, int] = defaultdict(int)
        for stage, fen in (self.told_stands or {}).items():
            stands[stage] = fen
        for strand in self.strands:
            if strand.stage is not None:
                stands[strand.stage.value] += strand.fen
        return {
            layer: _by_size(passed)
            for layer, passed in [*found.items(), (STANDS, stands)]
            if passed.keys() - {None}
        }

    @cached_property
    def fen(self) -> int:
        """The whole of it."""
        return sum(strand.fen for strand in self.strands)

    @property
    def unnamed_fen(self) -> int:
        """What batches paid whose households are not told here one by one."""
        return sum(
            strand.fen
            for strand in self.strands
            if strand.stage is Stage.PAID
            and strand.payee == HOUSEHOLDS
            and strand.household is None
        )

    @property
    def paid_fen(self) -> int:
        """How much of it was paid."""
        return self.amounts.get(STANDS, {}).get(Stage.PAID.value, 0)


def _by_size(passed: Mapping[int | str | None, int]) -> dict[int | str, int]:
    known = [(key, fen) for key, fen in passed.items() if key is not None]
    return dict(sorted(known, key=lambda each: (-each[1], str(each[0]))))


_COLUMNS: dict[Kind, tuple[type[Model], tuple[str, str, str]]] = {
    Kind.DOCUMENT: (Document, ("pk", "number", "title")),
    Kind.LINE: (FundLine, ("pk", "number", "name")),
    Kind.PROJECT: (Project, ("pk", "number", "name")),
    Kind.SCHEME: (Contract, ("pk", "scheme", "scheme")),
    Kind.CONTRACT: (Contract, ("pk", "number", "title")),
    Kind.CLAIM: (Claim, ("pk", "pk", "contract__number")),
    Kind.PAYMENT: (Payment, ("pk", "voucher", "claim__contract__number")),
    Kind.PAYEE: (Contract, ("pk", "payee_code", "payee")),
    Kind.HOUSEHOLD: (Household, ("pk", "pk", "pk")),
    Kind.ASSET: (Asset, ("pk", "name", "location")),
    Kind.PLAN: (Plan, ("pk", "version", "title")),
}


def things(kind: Kind, wanted: Q, *, most: int | None = None) -> list[Thing]:
    """The things of one kind that fit and that the scope sees, in the order of their ids."""
    model, columns = _COLUMNS[kind]
    if kind is Kind.SCHEME:
        wanted &= ~Q(scheme="")
    rows = model._default_manager.filter(wanted).order_by("pk").values_list(*columns)
    return [Thing(kind, key, str(number), str(name)) for key, number, name in rows[:most]]


def found(kind: Kind, key: int | str) -> Thing:
    """One thing; a posting stands for what it moved, a household that joined another for that one.
    NotFoundError outside the scope."""
    if kind is Kind.POSTING:
        return _moved(int(key))
    if kind is Kind.HOUSEHOLD:
        key = number_now(str(key))
    thing = next(iter(things(kind, Q(pk=key))), None)
    if thing is None:
        raise NotFoundError(NO_THING)
    return thing


def follow(thing: Thing) -> Trace:
    """The trace of a thing. ConflictError when ledger and claims disagree."""
    try:
        strands, grain, stands = _FOLLOWED[thing.kind](thing.key)
    except ValueError as fault:
        raise ConflictError(UNSOUND) from fault
    return Trace(thing, strands, grain, stands)


def payee_key(contract_id: int) -> str:
    """What a payee is known by: the code of an enterprise, or the name where it has none."""
    code, name = Contract.objects.values_list("payee_code", "payee").get(pk=contract_id)
    return str(code or name)


# Strands, how finely they are told, and where they stand when they do not say it themselves.
Followed = tuple[list[Strand], Grain, Mapping[str, int] | None]


def _whole(books: Books, lines: Collection[int] | None = None) -> list[Strand]:
    """Every strand of some books, of some lines only when they are named, with its document."""
    strands = [strand for standing in books.standings for strand in strands_of(standing, lines)]
    strands = _of_schemes(strands)
    strands += [Strand(stage, fen, line) for (line, stage), fen in sorted(books.free.items())]
    return sourced(strands, books.papers, books.begins)


def _of_schemes(strands: list[Strand]) -> list[Strand]:
    """Strands with the scheme that their contract pays by; contracts of batches alone have one."""
    batches = {strand.contract for strand in strands if strand.payee == HOUSEHOLDS} - {None}
    if not batches:
        return strands
    rows = Contract.objects.filter(pk__in=batches).exclude(scheme="")
    schemes = dict(rows.values_list("pk", "scheme"))
    return [strand._replace(scheme=schemes.get(strand.contract or 0)) for strand in strands]


def _of_scheme(key: int) -> Followed:
    """All that was promised and paid by a scheme in the county of a contract of it."""
    own = Contract.objects.get(pk=key)
    projects = Contract.objects.filter(scheme=own.scheme, place_code=own.place_code)
    return _within(projects.values_list("project").distinct(), Layer.SCHEME, own.scheme)


def _of_project(key: int) -> Followed:
    return _whole(books_of([key])), Grain.CLAIM, None


def _of_contract(key: int) -> Followed:
    return _within(Contract.objects.filter(pk=key).values_list("project"), Layer.CONTRACT, key)


def _of_claim(key: int) -> Followed:
    project = Claim.objects.filter(pk=key).values_list("contract__project")
    return _within(project, Layer.CLAIM, key)


def _of_payment(key: int) -> Followed:
    project = Payment.objects.filter(pk=key).values_list("claim__contract__project")
    return _within(project, Layer.PAYMENT, key)


def _of_asset(key: int) -> Followed:
    return _within(Asset.objects.filter(pk=key).values_list("project"), Layer.ASSET, key)


def _of_household(key: str) -> Followed:
    """What batches paid to a household, and to those that joined it, under their own numbers."""
    numbers = sorted(numbers_of(key))
    paid = HouseholdPayment.objects.filter(household_no__in=numbers, status=PaymentStatus.PAID)
    projects = paid.values_list("batch__payment__claim__contract__project", flat=True)
    wanted = sorted({project for project in projects.distinct() if project is not None})
    return through(_whole(books_of(wanted, numbers)), Layer.HOUSEHOLD, key), Grain.CLAIM, None


def _of_payee(key: int) -> Followed:
    known_by = payee_key(key)
    named = Q(payee_code=known_by) | Q(payee_code="", payee=known_by)
    place = Contract.objects.filter(pk=key).values("place_code")
    paid_by = Contract.objects.filter(named, place_code__in=place).values_list("project", flat=True)
    projects = sorted(set(paid_by))
    grain = _grain(ClaimShare.objects.filter(claim__contract__project__in=projects))
    return through(_whole(books_of(projects, grain=grain)), Layer.PAYEE, known_by), grain, None


def _within(projects: Iterable[tuple[int]], layer: Layer, key: int | str) -> Followed:
    wanted = [project for (project,) in projects]
    return through(_whole(books_of(wanted)), layer, key), Grain.CLAIM, None


def _of_line(key: int) -> Followed:
    return _over([key])


def _of_document(key: int) -> Followed:
    own = Posting.objects.filter(document=key, kind=Movement.ANNOUNCE.value)
    postings = list(own.values_list("pk", flat=True))
    # Asked for one after the other: of both at once every announcement of the county was read.
    postings += Posting.objects.filter(reverses__in=postings).values_list("pk", flat=True)
    announced = Entry.objects.filter(posting__in=postings, stage=Stage.ANNOUNCED.value)
    strands, grain, _ = _over(sorted(set(announced.values_list("line_id", flat=True))))
    return through(strands, Layer.DOCUMENT, key), grain, None


def _over(lines: Sequence[int]) -> Followed:
    """All that some lines did, as finely as their size allows."""
    grain = _grain(ClaimShare.objects.filter(line_id__in=lines))
    return _whole(books_on(lines, grain), set(lines)), grain, None


def _grain(shares: QuerySet[ClaimShare]) -> Grain:
    """How finely so many shares are told."""
    return Grain.CLAIM if shares[: CLAIMS_TOLD + 1].count() <= CLAIMS_TOLD else Grain.PAYEE


def _of_plan(key: int) -> Followed:
    """What the pieces of a plan hold now, project by project: a plan may be a county's whole year."""
    planned = set(PlanItem.objects.filter(plan=key).values_list("line_id", "project_id"))
    pieces, papers = pieces_on(sorted({line for line, _ in planned}))
    held = {(piece.line, piece.project): sum(piece.amounts) for piece in pieces}
    in_plan = [piece.amounts for piece in pieces if (piece.line, piece.project) in planned]
    sums_of = [sum(amounts) for amounts in zip(*in_plan, strict=True)]
    stands = {stage: fen for stage, fen in zip(HELD, sums_of, strict=False) if fen}
    begins: dict[tuple[int, int | None], int] = {}
    upto: dict[int, int] = defaultdict(int)
    for (line, project), fen in held.items():
        begins[line, project] = upto[line]
        upto[line] += fen
    mine = [
        Strand(None, fen, line, project)
        for (line, project), fen in held.items()
        if (line, project) in planned
    ]
    return sourced(mine, papers, begins), Grain.PROJECT, stands


_FOLLOWED: dict[Kind, Callable[[Any], Followed]] = {
    Kind.DOCUMENT: _of_document,
    Kind.LINE: _of_line,
    Kind.PROJECT: _of_project,
    Kind.SCHEME: _of_scheme,
    Kind.CONTRACT: _of_contract,
    Kind.CLAIM: _of_claim,
    Kind.PAYMENT: _of_payment,
    Kind.PAYEE: _of_payee,
    Kind.HOUSEHOLD: _of_household,
    Kind.ASSET: _of_asset,
    Kind.PLAN: _of_plan,
}


def _moved(key: int) -> Thing:
    """What a posting moved: the contract, claim, payment or plan it is of, else its document or line."""
    posting = Posting.objects.select_related("reverses").filter(pk=key).first()
    if posting is None:
        raise NotFoundError(NO_THING)
    own = posting.reverses or posting
    within = {
        Movement.COMMIT: (Kind.CONTRACT, Q(posting=own)),
        Movement.RELEASE: (Kind.CONTRACT, Q(releases__posting=own)),
        Movement.CLAIM: (Kind.CLAIM, Q(posting=own)),
        Movement.PAY: (Kind.PAYMENT, Q(posting=own)),
        Movement.RECOVER: (Kind.PAYMENT, Q(recoveries__posting=own)),
        Movement.ALLOCATE: (Kind.PLAN, Q(pk=own.plan_id)),
        Movement.AMEND: (Kind.PLAN, Q(pk=own.plan_id)),
        Movement.ANNOUNCE: (Kind.DOCUMENT, Q(pk=own.document_id)),
    }
    of_line = (Kind.LINE, Q(pk__in=Entry.objects.filter(posting=own).values("line_id")))
    for kind, wanted in (within.get(Movement(own.kind), of_line), of_line):
        met = things(kind, wanted, most=1)
        if met:
            return met[0]
    raise NotFoundError(NO_THING)
