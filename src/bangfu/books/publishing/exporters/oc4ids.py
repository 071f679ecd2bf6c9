"""Published projects as an OC4IDS project package (Open Contracting for Infrastructure Data Standard 0.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from bangfu.books.projects.models import Stage
from bangfu.books.publishing import shown
from bangfu.books.publishing.models import (
    ContractCopy,
    Copied,
    PaymentCopy,
    PlanPiece,
    ProjectCopy,
    ResultCopy,
)
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.money import FEN_PER_YUAN

VERSION = "0.9"
_CHINA = ZoneInfo("Asia/Shanghai")
_STATUS = {
    Stage.WAITING: "identification",
    Stage.PLAN: "preparation",
    Stage.DESIGN: "preparation",
    Stage.TENDER: "implementation",
    Stage.BUILDING: "implementation",
    Stage.BUILT: "completion",
    Stage.ACCEPTED: "completion",
    Stage.HANDED_OVER: "maintenance",
}
# The nature of a project (建设性质); one that is not listed is left out.
_TYPE = {
    "新建": "construction",
    "续建": "construction",
    "扩建": "expansion",
    "改扩建": "expansion",
    "改建": "rehabilitation",
    "改造": "rehabilitation",
    "维修": "rehabilitation",
    "重建": "replacement",
}
_METHOD = {
    "公开招标": "open",
    "邀请招标": "selective",
    "竞争性谈判": "limited",
    "竞争性磋商": "limited",
    "询价": "limited",
    "村民自建": "direct",
}
# The standard tells of infrastructure. What these purposes (类别) pay builds nothing: wages, courses,
# interest, the county's own costs.
_NEVER_BUILDS = ("公益岗位", "就业培训", "金融贴息", "项目管理费")
# These pay people as well as buildings, a school kitchen beside aid to students: a builder tells which.
_MAY_BUILD = ("教育帮扶", "健康帮扶")
NO_PROJECTS = Text(
    "这里没有公开的建设项目。", "No project of this place that builds something is in public."
)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Package:
    """Whose package it is: the prefix registered for the publisher's identifiers, its name, its address."""

    prefix: str
    publisher: str
    uri: str
    now: datetime


def built(code: str, year: int | None) -> QuerySet[ProjectCopy]:
    """The projects of a place, of a year where one is given, that build something."""
    people = Q(purpose__in=_NEVER_BUILDS) | Q(purpose__in=_MAY_BUILD, contractor="")
    projects = shown.inside(ProjectCopy, code).exclude(people)
    return projects if year is None else projects.filter(year=year)


def package(code: str, year: int | None, told: Package) -> Json:
    """The project package of a place, of a year where one is given. NotFoundError when it has none: the
    standard knows no empty package."""
    copies = list(built(code, year).order_by("number"))
    if not copies:
        raise NotFoundError(NO_PROJECTS)
    writer = _Writer(code, copies, told)
    return {
        "uri": told.uri,
        "publishedDate": _moment(told.now),
        "version": VERSION,
        "publisher": {"name": told.publisher},
        "projects": [writer.project(copy) for copy in copies],
    }


class _Writer:
    def __init__(self, code: str, copies: list[ProjectCopy], told: Package) -> None:
        self._told = told
        county = places.ancestor(code, places.Level.COUNTY)
        numbers = {copy.number for copy in copies}
        keys = {copy.publication_id for copy in copies}
        self._published = dict(
            shown.publications().filter(pk__in=keys).values_list("pk", "published_at")
        )
        self._contracts: dict[int, list[ContractCopy]] = defaultdict(list)
        for contract in (
            shown.inside(ContractCopy, county).filter(publication_id__in=keys).order_by("number")
        ):
            self._contracts[contract.publication_id].append(contract)
        self._pieces = _by_project(
            shown.inside(PlanPiece, county)
            .filter(project_number__in=numbers)
            .order_by("line_number", "pk")
        )
        self._payments = _by_project(
            shown.inside(PaymentCopy, county)
            .filter(project_number__in=numbers)
            .order_by("day", "pk")
        )
        self._results = _by_project(
            shown.inside(ResultCopy, county).filter(project_number__in=numbers).order_by("pk")
        )

    def project(self, copy: ProjectCopy) -> Json:
        """One project. What is not known is left out, as the standard asks."""
        contracts = self._contracts[copy.publication_id]
        pieces, payments = self._pieces[copy.number], self._payments[copy.number]
        parties = _Parties()
        parties.add(copy.department, "publicAuthority")
        for piece in pieces:
            parties.add(piece.department, "funder")
        for contract in contracts:
            parties.add(contract.payee, "supplier", contract.payee_code)
        for payment in payments:
            parties.add(payment.payee, "payee")
        return _filled(
            {
                "id": f"{self._told.prefix}-{copy.place_code[:6]}-{copy.number}",
                "updated": _moment(self._published[copy.publication_id]),
                "title": copy.name,
                "description": copy.task,
                "status": _STATUS[Stage(copy.stage)],
                "type": _TYPE.get(copy.nature),
                "purpose": copy.purpose,
                "publicAuthority": parties.reference(copy.department),
                "budget": self._budget(copy, pieces, parties),
                "locations": [_location(copy)],
                "implementationPeriod": _period(copy.started_on, copy.built_on),
                "completion": _filled(
                    {
                        "endDate": _day(copy.accepted_on),
                        "finalValue": _value(copy.accepted_fen),
                    }
                ),
                "contractingProcesses": [self._process(copy, each, parties) for each in contracts],
                "transactions": [
                    _filled(
                        {
                            "id": str(payment.pk),
                            "date": _day(payment.day),
                            "value": _value(payment.fen),
                            "payee": parties.reference(payment.payee),
                        }
                    )
                    for payment in payments
                ],
                "forecasts": _metrics(self._results[copy.number], planned=True),
                "metrics": _metrics(self._results[copy.number], planned=False),
                "benefits": _benefits(copy),
                "parties": parties.written(),
            }
        )

    def _budget(self, copy: ProjectCopy, pieces: list[PlanPiece], parties: _Parties) -> Json:
        breakdown = [
            _filled(
                {
                    "id": f"{piece.line_number}-{piece.pk}",
                    "description": piece.line_name,
                    "amount": _value(piece.fen),
                    "sourceParty": parties.reference(piece.department),
                }
            )
            for piece in pieces
        ]
        return _filled(
            {
                "description": copy.financing,
                "amount": _value(copy.cost_fen),
                "approvalDate": _day(copy.admitted_on),
                "budgetBreakdowns": [{"id": "lines", "budgetBreakdown": breakdown}]
                if breakdown
                else None,
            }
        )

    def _process(self, copy: ProjectCopy, contract: ContractCopy, parties: _Parties) -> Json:
        over = Stage(copy.stage) in (Stage.ACCEPTED, Stage.HANDED_OVER)
        return {
            "id": contract.number,
            "summary": _filled(
                {
                    "externalReference": contract.number,
                    # Design and supervision are procured beside the builder, and are not told apart.
                    "nature": ["construction"] if contract.payee == copy.contractor else None,
                    "title": contract.title,
                    "status": "closed" if over else "active",
                    "tender": _filled(
                        {
                            "procurementMethod": _METHOD.get(copy.method),
                            "procurementMethodDetails": copy.method,
                        }
                    ),
                    "suppliers": [parties.reference(contract.payee)],
                    "contractValue": _value(contract.fen),
                    "contractPeriod": _period(contract.signed_on, None),
                    "finalValue": _value(contract.fen - contract.released_fen) if over else None,
                }
            ),
        }


class _Parties:
    """The organisations of a project, each once with all its roles; its id is its name."""

    def __init__(self) -> None:
        self._roles: dict[str, list[str]] = {}
        self._codes: dict[str, str] = {}

    def add(self, name: str, role: str, code: str = "") -> None:
        if name:
            roles = self._roles.setdefault(name, [])
            if role not in roles:
                roles.append(role)
            if code:
                self._codes[name] = code

    def reference(self, name: str) -> Json | None:
        """Who it is, for a place that names it; None for nobody."""
        return {"id": name, "name": name} if name else None

    def written(self) -> list[Json]:
        return [
            _filled(
                {
                    "id": name,
                    "name": name,
                    "identifier": _filled({"id": self._codes.get(name), "legalName": name})
                    if name in self._codes
                    else None,
                    "roles": roles,
                }
            )
            for name, roles in self._roles.items()
        ]


def _by_project(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.project_number].append(row)
    return found


def _location(copy: Copied) -> Json:
    point = None
    if copy.latitude is not None and copy.longitude is not None:  # type: ignore[attr-defined]
        # GeoJSON says longitude first.
        point = {"type": "Point", "coordinates": [float(copy.longitude), float(copy.latitude)]}  # type: ignore[attr-defined]
    return _filled(
        {
            "id": copy.place_code,
            "description": " ".join(name for name in (copy.township, copy.village) if name),
            "geometry": point,
        }
    )


def _metrics(results: Iterable[ResultCopy], *, planned: bool) -> list[Json]:
    return [
        {
            "id": str(number),
            "title": result.name,
            "observations": [
                _filled(
                    {
                        "id": "1",
                        "measure": str(result.planned if planned else result.reached),
                        "unit": _filled({"name": result.unit}),
                    }
                )
            ],
        }
        for number, result in enumerate(results, 1)
    ]


def _benefits(copy: ProjectCopy) -> list[Json]:
    if copy.beneficiary_households is None:
        return []
    households = f"{copy.beneficiary_households} 户 / households"
    return [{"title": copy.mechanism or "受益农户", "beneficiaries": [{"description": households}]}]


def _value(fen: int | None) -> Json | None:
    if fen is None:
        return None
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    sign = -1 if fen < 0 else 1
    # JSON has one kind of number, which its readers take as a double: written with two digits it is exact.
    amount = sign * float(f"{whole}.{rest:02d}") if rest else sign * whole
    return {"amount": amount, "currency": "CNY"}


def _period(start: date | None, end: date | None) -> Json:
    return _filled({"startDate": _day(start), "endDate": _day(end)})


def _day(day: date | None) -> str | None:
    return None if day is None else _moment(datetime.combine(day, time(), _CHINA))


def _moment(at: datetime) -> str:
    return at.astimezone(_CHINA).isoformat(timespec="seconds")


def _filled(fields: Json) -> Json:
    """Without what is empty: the standard asks to leave it out."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}
