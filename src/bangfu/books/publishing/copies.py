"""What the books hold that may stand in public, as copies: masked, without a person, ready to be compared
with what was published before."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from bangfu.books.funds.models import (
    Basis,
    Contract,
    Entry,
    MonthSeal,
    Payment,
    PlanItem,
    PlanStatus,
    Posting,
    Recovery,
)
from bangfu.books.households.models import Person
from bangfu.books.places.queries import names as names_of_places
from bangfu.books.projects.models import DeliveryStep, Project, Stage, Status, TargetResult
from bangfu.books.publishing.models import (
    ContractCopy,
    Copied,
    Kind,
    MovementCopy,
    PaymentCopy,
    PlanPiece,
    ProjectCopy,
    ResultCopy,
)
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Kind as Move
from bangfu.core.ledger.stages import Stage as LedgerStage
from bangfu.core.publishing.masking import held_back, is_organisation, payee_in_public
from bangfu.core.sheets.locate import short_name

_NOT_COMPARED = frozenset({"id", "publication"})
_ABOUT_100_M = Decimal("0.001")
# The words of a project that are copied; one that may not stand in public holds all of them back.
_WORDS = (
    "name",
    "location",
    "schedule",
    "department",
    "task",
    "financing",
    "mechanism",
    "performance_target",
)
HELD = Text(
    "文字里像有证件、电话、银行卡号码，或有本村人的姓名",
    "its words hold what looks like an ID, phone or bank number, or the name of a villager",
)


@dataclass(frozen=True, slots=True)
class Content:
    """What one publication would hold; `held` says why it may not stand in public."""

    kind: Kind
    source: str
    place_code: str
    period: int
    title: Text
    rows: Sequence[Copied]
    held: Text | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of all that the public would read."""
        told = [[self.title.zh, self.title.en, self.period]]
        told += [
            [
                type(row).__name__,
                *(
                    str(getattr(row, field.attname))
                    for field in row._meta.concrete_fields
                    if field.name not in _NOT_COMPARED
                ),
            ]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class County:
    """A county's books, as far as they may be copied. Read inside a scope of persons and money."""

    def __init__(self, place_code: str) -> None:
        self.place_code = place_code

    def contents(self, *, months_done: Iterable[int] = ()) -> Iterator[Content]:
        """Everything that would be public now. Months that are published already are passed over: a
        closed month does not change."""
        yield from self._plans()
        yield from self._projects()
        yield from self._results()
        yield from self._months(frozenset(months_done))

    @cached_property
    def _known(self) -> dict[int, Project]:
        found = Project.objects.filter(county_code=self.place_code)
        return {project.pk: project for project in found.order_by("number")}

    @cached_property
    def _places(self) -> dict[str, str]:
        codes = {project.place_code for project in self._known.values()}
        above = {places.ancestor(code, places.Level.TOWNSHIP) for code in codes}
        return names_of_places(codes | above)

    @cached_property
    def _villagers(self) -> dict[str, list[str]]:
        """The names of people by their place."""
        low, high = places.code_range(self.place_code)
        found: dict[str, list[str]] = defaultdict(list)
        rows = Person.objects.filter(place_code__gte=low, place_code__lt=high, name__isnull=False)
        for place, name in rows.values_list("place_code", "name"):
            if name:
                found[place].append(name)
        return found

    def _held(self, place_code: str, *texts: str) -> bool:
        return held_back(texts, self._villagers.get(place_code, ()))

    def _name(self, project: Project) -> str:
        """A project's name where it stands beside others; its number when the name holds a person."""
        return project.number if self._held(project.place_code, project.name) else project.name

    def known_as(self, number: str) -> str:
        """How the public knows the project of a bank number."""
        found = next((one for one in self._known.values() if one.number == number), None)
        return number if found is None else self._name(found)

    def at(self, place_code: str) -> dict[str, str]:
        """The place of a row and its names, which the public cannot look up."""
        own = places.level(place_code)
        township = places.ancestor(place_code, places.Level.TOWNSHIP)
        return {
            "place_code": place_code,
            "township": self._places.get(township, "") if own >= places.Level.TOWNSHIP else "",
            "village": short_name(self._places.get(place_code, ""))
            if own == places.Level.VILLAGE
            else "",
        }

    def _plans(self) -> Iterator[Content]:
        items = PlanItem.objects.filter(
            plan__place_code=self.place_code, plan__status=PlanStatus.POSTED
        ).select_related("line", "plan")
        by_year: dict[int, dict[tuple[int, int], tuple[PlanItem, int]]] = defaultdict(dict)
        for item in items.order_by("project__number", "line__number"):
            pieces = by_year[item.plan.year]
            key = (item.project_id, item.line_id)
            pieces[key] = (item, item.fen + (pieces[key][1] if key in pieces else 0))
        for year, pieces in sorted(by_year.items()):
            rows = [
                PlanPiece(
                    **self.at(project.place_code),
                    project_number=project.number,
                    project_name=self._name(project),
                    purpose=project.purpose,
                    line_number=item.line.number,
                    line_name=item.line.name,
                    fund_class=item.line.fund_class,
                    level=item.line.level,
                    department=item.line.department,
                    fen=fen,
                )
                for item, fen in pieces.values()
                for project in (self._known[item.project_id],)
            ]
            yield Content(
                Kind.PLAN,
                f"plan {year}",
                self.place_code,
                year,
                Text(f"{year} 年资金项目计划", f"Plan of money and projects, {year}"),
                rows,
            )

    def _projects(self) -> Iterator[Content]:
        contracts = defaultdict(list)
        # A roll of households is no contract that somebody signed; what is paid on it stands with the payments.
        signed = Contract.objects.filter(place_code=self.place_code).exclude(basis=Basis.ROSTER)
        for contract in signed.order_by("number"):
            contracts[contract.project_id].append(contract)
        steps: dict[tuple[int, str], DeliveryStep] = {}
        for step in DeliveryStep.objects.filter(
            project__county_code=self.place_code, stage__in=[Stage.TENDER, Stage.HANDED_OVER]
        ).order_by("pk"):
            steps[step.project_id, step.stage] = step
        for project in self._known.values():
            if project.status != Status.ADMITTED:
                continue
            own = contracts[project.pk]
            words = [getattr(project, word) for word in _WORDS]
            held = self._held(project.place_code, *words, *(each.title for each in own))
            yield Content(
                Kind.PROJECT,
                f"project {project.number}",
                project.place_code,
                project.year,
                Text(f"项目：{project.name}", f"Project: {project.name}"),
                [
                    self._project(
                        project,
                        steps.get((project.pk, Stage.TENDER)),
                        steps.get((project.pk, Stage.HANDED_OVER)),
                    ),
                    *(self._contract(project, each) for each in own),
                ],
                HELD if held else None,
            )

    def _project(
        self, project: Project, tender: DeliveryStep | None, handed: DeliveryStep | None
    ) -> ProjectCopy:
        copied = {word: getattr(project, word) for word in _WORDS}
        return ProjectCopy(
            **self.at(project.place_code),
            **copied,
            number=project.number,
            year=project.year,
            purpose=project.purpose,
            nature=project.nature,
            beneficiary_households=project.beneficiary_households,
            mode=project.mode,
            stage=project.stage,
            cost_fen=project.cost_fen,
            method=tender.method if tender else "",
            contractor=payee_in_public(project.contractor),
            admitted_on=project.admitted_on,
            started_on=project.started_on,
            built_on=project.built_on,
            accepted_on=project.accepted_on,
            accepted_fen=project.accepted_fen,
            handed_over_on=handed.done_on if handed else None,
            latitude=_rounded(project.latitude),
            longitude=_rounded(project.longitude),
        )

    def _contract(self, project: Project, contract: Contract) -> ContractCopy:
        firm = is_organisation(contract.payee, contract.payee_code)
        return ContractCopy(
            **self.at(project.place_code),
            number=contract.number,
            title=contract.title,
            payee=payee_in_public(contract.payee, contract.payee_code),
            payee_code=contract.payee_code if firm else "",
            signed_on=contract.signed_on,
            fen=contract.fen,
            released_fen=contract.released_fen,
        )

    def _results(self) -> Iterator[Content]:
        results = defaultdict(list)
        for result in TargetResult.objects.filter(
            project__county_code=self.place_code,
            project__stage__in=[Stage.ACCEPTED, Stage.HANDED_OVER],
        ).order_by("pk"):
            results[result.project_id].append(result)
        for key, reached in results.items():
            project = self._known[key]
            words = [text for each in reached for text in (each.name, each.unit)]
            yield Content(
                Kind.RESULTS,
                f"results {project.number}",
                project.place_code,
                project.year,
                Text(f"项目绩效：{project.name}", f"Results: {project.name}"),
                [
                    ResultCopy(
                        **self.at(project.place_code),
                        project_number=project.number,
                        project_name=project.name,
                        name=each.name,
                        unit=each.unit,
                        planned=each.planned,
                        reached=each.reached,
                        at_most=each.at_most,
                        assessed_on=each.assessed_on,
                    )
                    for each in reached
                ],
                HELD if self._held(project.place_code, project.name, *words) else None,
            )

    def _months(self, done: frozenset[int]) -> Iterator[Content]:
        seals = MonthSeal.objects.filter(place_code=self.place_code).order_by("month")
        before = date(1900, 1, 1)
        for month in seals.values_list("month", flat=True):
            # What was closed with it: a seal closes the months before it too.
            first, before = before, date(month // 100 + month % 100 // 12, month % 100 % 12 + 1, 1)
            if month in done:
                continue
            written = f"{month // 100}-{month % 100:02d}"
            yield Content(
                Kind.MONTH,
                f"month {month}",
                self.place_code,
                month,
                Text(
                    f"{month // 100} 年 {month % 100} 月资金拨付",
                    f"Payments of {written}",
                ),
                [*self._payments(first, before), *self._movements(first, before)],
            )

    def _legs(self, first: date, before: date) -> list[Entry]:
        rows = Entry.objects.filter(
            place_code=self.place_code, posting__day__gte=first, posting__day__lt=before
        )
        return list(rows.select_related("posting", "line").order_by("posting_id", "position"))

    def _movements(self, first: date, before: date) -> Iterator[MovementCopy]:
        for leg in self._legs(first, before):
            project = self._known.get(leg.project_id) if leg.project_id else None
            yield MovementCopy(
                **self.at(project.place_code if project else self.place_code),
                posting=leg.posting_id,
                position=leg.position,
                day=leg.posting.day,
                move=leg.posting.kind,
                stage=leg.stage,
                line_number=leg.line.number,
                line_name=leg.line.name,
                fund_class=leg.line.fund_class,
                level=leg.line.level,
                department=leg.line.department,
                project_number=project.number if project else "",
                project_name=self._name(project) if project else "",
                fen=leg.fen,
            )

    def _payments(self, first: date, before: date) -> Iterator[PaymentCopy]:
        """What was paid, a row a posting and project; a roll of households has no payee."""
        sums: dict[tuple[int, int], int] = defaultdict(int)
        postings: dict[int, Posting] = {}
        for leg in self._legs(first, before):
            if leg.stage == LedgerStage.PAID and leg.project_id:
                sums[leg.posting_id, leg.project_id] += leg.fen
                postings[leg.posting_id] = leg.posting
        payees = self._payees(postings.values())
        for (number, key), fen in sums.items():
            project = self._known[key]
            yield PaymentCopy(
                **self.at(project.place_code),
                day=postings[number].day,
                project_number=project.number,
                project_name=self._name(project),
                purpose=project.purpose,
                department=project.department,
                payee=payees.get(number, ""),
                fen=fen,
            )

    def _payees(self, postings: Iterable[Posting]) -> dict[int, str]:
        """Who was paid by each posting, masked, nobody where it was a roll of households; a reversal's is that
        of what it takes back."""
        first = {
            posting.pk: posting.reverses_id or posting.pk
            for posting in postings
            if posting.kind in (Move.PAY, Move.RECOVER)
        }
        told: dict[int, str] = {}
        of_contract = "claim__contract__"
        for model, path in ((Payment, of_contract), (Recovery, f"payment__{of_contract}")):
            rows = model.objects.filter(posting_id__in=set(first.values())).exclude(
                **{f"{path}basis": Basis.ROSTER}
            )
            for number, payee, code in rows.values_list(
                "posting_id", f"{path}payee", f"{path}payee_code"
            ):
                told[number] = payee_in_public(payee, code)
        return {number: told[own] for number, own in first.items() if own in told}


def _rounded(degrees: Decimal | None) -> Decimal | None:
    """A coordinate to about a hundred metres, which shows a road and no house."""
    return None if degrees is None else degrees.quantize(_ABOUT_100_M)
