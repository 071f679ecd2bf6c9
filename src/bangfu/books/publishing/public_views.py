"""Pages of what is published: by place, and each plan, project, month and result. No account, no script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.notices.public_door import public_page
from bangfu.books.projects.models import Mode, Stage
from bangfu.books.projects.views.doors import MODES, STAGES
from bangfu.books.publishing import feeds, shown
from bangfu.books.publishing.exporters import fiscal, oc4ids
from bangfu.books.publishing.models import (
    ContractCopy,
    DrawCopy,
    DrawLine,
    HeadCopy,
    Kind,
    PaymentCopy,
    PlanPiece,
    ProjectCopy,
    Publication,
    ResultCopy,
    SealCopy,
)
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.projects.targets import Target
from bangfu.web import speech
from bangfu.web.speech import say

NOTHING = Text(
    "没有这项公开内容，或者公开期已过。", "There is no such thing in public, or its days are over."
)
LISTS = {"village": Text("村", "villages"), "project": Text("项目", "projects")}
DRAWN = {
    (kind, chosen): (word, how)
    for kind, word in (("village", Text("村", "village")), ("project", Text("项目", "project")))
    for chosen, how in (("risk", Text("按风险", "by risk")), ("lot", Text("随机", "by lot")))
}
_YEAR = re.compile(r"20\d{2}", re.ASCII)
_VIEWS = {
    Kind.PLAN: "open-plan",
    Kind.PROJECT: "open-project",
    Kind.MONTH: "open-month",
    Kind.RESULTS: "open-results",
    Kind.DRAW: "open-draw",
    Kind.SEAL: "open-seal",
}


@public_page
def index(request: HttpRequest) -> HttpResponse:
    """The counties that publish; a single one opens at once."""
    counties = shown.counties()
    if len(counties) == 1:
        return redirect(address(request, "open-place", counties[0].code))
    return render(request, "publishing/public/index.html", {"spots": counties})


@public_page
def place(request: HttpRequest, code: str) -> HttpResponse:
    """What a place plans, pays and builds in a year, and what lies below it."""
    line = line_of(code)
    years = shown.years(code)
    year = year_asked(request, years)
    page = _page(request)
    purposes = shown.by_purpose(code, year)
    listed = shown.projects(code, year, page=page)
    projects = listed[: shown.PER_PAGE]
    series = shown.series_of(projects)
    context = {
        "code": code,
        "line": line,
        "years": years,
        "year": year,
        "purposes": purposes,
        "planned": sum(share.planned_fen for share in purposes),
        "paid": sum(share.paid_fen for share in purposes),
        "closed": shown.has_closed_month(code, year),
        "has_built": oc4ids.built(code, year).exists(),
        "has_moved": fiscal.moved(code, year).exists(),
        "below": shown.below(code, year),
        "plans": shown.of_kind(code, Kind.PLAN, year),
        "months": shown.of_kind(code, Kind.MONTH, year),
        "results": shown.of_kind(code, Kind.RESULTS, year),
        "draws": shown.of_kind(code, Kind.DRAW, year),
        "seals": shown.of_kind(code, Kind.SEAL, year),
        "projects": [
            {
                "copy": each,
                "series": series[each.publication_id],
                "stage": STAGES[Stage(each.stage)],
            }
            for each in projects
        ],
        "page": page,
        "has_next": len(listed) > shown.PER_PAGE,
    }
    return render(request, "publishing/public/place.html", context)


@public_page
def feed(request: HttpRequest, code: str) -> HttpResponse:
    """The feed of a place; one without anything public yet is empty, so that it can be subscribed to."""
    of_county(code)
    line = shown.line_to(code)
    name = line[-1].name if line else code
    written = feeds.atom(
        title=say(Text(f"{name}资金项目公开", f"{name}: money and projects in public")),
        address=absolute(request, address(request, "open-place", code)),
        own_address=absolute(request, address(request, "open-feed", code)),
        author=line[0].name if line else say(Text("帮扶公开", "Bangfu")),
        language="zh-Hans" if speech.current() == "zh" else "en",
        publications=shown.latest(code),
        address_of=lambda each: absolute(
            request, address(request, _VIEWS[Kind(each.kind)], each.series)
        ),
        say=say,
        now=request.now,  # type: ignore[attr-defined]
    )
    return HttpResponse(written, content_type=feeds.CONTENT_TYPE)


@public_page
def plan(request: HttpRequest, series: UUID) -> HttpResponse:
    """A year's plan: which line gives which project how much; of a place where one is asked for."""
    found = _found(Kind.PLAN, series)
    code = _asked(request)
    rows = shown.rows_of(PlanPiece, found, code)
    page = _page(request)
    pieces = list(rows.order_by("project_number", "line_number")[_slice(page)])
    lines = list(
        rows.values("line_number", "line_name", "department")
        .annotate(fen=Sum("fen"))
        .order_by("-fen", "line_number")
    )
    context = {
        "pieces": pieces[: shown.PER_PAGE],
        "lines": lines,
        "total": sum(int(row["fen"]) for row in lines),
        **_about(found, code),
        **_paged(page, pieces),
    }
    return render(request, "publishing/public/plan.html", context)


@public_page
def project(request: HttpRequest, series: UUID) -> HttpResponse:
    """One project: what is built, by whom, its money from plan to payment, its results."""
    found = _found(Kind.PROJECT, series)
    copy = shown.rows_of(ProjectCopy, found).first()
    if copy is None:
        raise NotFoundError(NOTHING)
    pieces = list(
        shown.of_project(PlanPiece, copy.place_code, copy.number)
        .annotate(year=F("publication__period"))
        .order_by("-year", "line_number")
    )
    payments = list(
        shown.of_project(PaymentCopy, copy.place_code, copy.number).order_by("-day", "-pk")
    )
    context = {
        "copy": copy,
        "stage": STAGES[Stage(copy.stage)],
        "mode": MODES[Mode(copy.mode)],
        "contracts": list(shown.rows_of(ContractCopy, found).order_by("number")),
        "pieces": pieces,
        "planned": sum(piece.fen for piece in pieces),
        "payments": payments,
        "paid": sum(payment.fen for payment in payments),
        "results": _held_against(
            list(shown.of_project(ResultCopy, copy.place_code, copy.number).order_by("pk"))
        ),
        **_about(found),
    }
    return render(request, "publishing/public/project.html", context)


@public_page
def month(request: HttpRequest, series: UUID) -> HttpResponse:
    """What was paid in a month, to whom and for what; of a place where one is asked for."""
    found = _found(Kind.MONTH, series)
    code = _asked(request)
    rows = shown.rows_of(PaymentCopy, found, code)
    page = _page(request)
    payments = list(rows.order_by("day", "pk")[_slice(page)])
    context = {
        "payments": payments[: shown.PER_PAGE],
        "total": rows.aggregate(fen=Sum("fen"))["fen"] or 0,
        **_about(found, code),
        **_paged(page, payments),
    }
    return render(request, "publishing/public/month.html", context)


@public_page
def results(request: HttpRequest, series: UUID) -> HttpResponse:
    """What a project was to reach and what it reached."""
    found = _found(Kind.RESULTS, series)
    rows = list(shown.rows_of(ResultCopy, found).order_by("pk"))
    number = rows[0].project_number if rows else ""
    copy = shown.copy_of(found.place_code, number)
    context = {
        "results": _held_against(rows),
        "project": shown.series_of([copy])[copy.publication_id] if copy else None,
        **_about(found),
    }
    return render(request, "publishing/public/results.html", context)


@public_page
def draw(request: HttpRequest, series: UUID) -> HttpResponse:
    """A draw, and all that is needed to draw again: the list once it is public, its digests, the seed."""
    found = _found(Kind.DRAW, series)
    told = shown.rows_of(DrawCopy, found).first()
    if told is None:
        raise NotFoundError(NOTHING)
    lines = shown.rows_of(DrawLine, found)
    drawn = lines.exclude(chosen="").order_by("-kind", "-chosen", "turn")
    counts = dict(lines.values_list("kind").annotate(Count("pk")))
    sizes = (
        ("village", told.villages_by_risk, told.villages_by_lot, told.village_digest),
        ("project", told.projects_by_risk, told.projects_by_lot, told.project_digest),
    )
    context = {
        "draw": told,
        "drawn": [(each, *DRAWN[each.kind, each.chosen]) for each in drawn],
        "parts": [
            {
                "kind": kind,
                "word": LISTS[kind],
                "by_risk": by_risk,
                "by_lot": by_lot,
                "digest": digest,
                "listed": counts.get(kind, 0),
            }
            for kind, by_risk, by_lot, digest in sizes
            if by_risk or by_lot
        ],
        **_about(found),
    }
    return render(request, "publishing/public/draw.html", context)


@public_page
def seal(request: HttpRequest, series: UUID) -> HttpResponse:
    """The seal of a month: its digest and those of its lines, which the books can be held against."""
    found = _found(Kind.SEAL, series)
    told = shown.rows_of(SealCopy, found).first()
    if told is None:
        raise NotFoundError(NOTHING)
    heads = shown.rows_of(HeadCopy, found).order_by("line_number")
    return render(
        request, "publishing/public/seal.html", {"seal": told, "heads": heads, **_about(found)}
    )


def _held_against(rows: list[ResultCopy]) -> list[tuple[ResultCopy, bool, str, str]]:
    """Each result, whether it met its target, and the widths of both in the bar."""
    told = []
    for row in rows:
        of = max(row.planned, row.reached)
        planned, reached = (
            str(round(value / of * 100, 1)) if of else "0" for value in (row.planned, row.reached)
        )
        met = Target(row.name, row.planned, row.unit, row.at_most).met(row.reached)
        told.append((row, met, planned, reached))
    return told


def _found(kind: Kind, series: UUID) -> Publication:
    found = shown.publication(kind, series)
    if found is None:
        raise NotFoundError(NOTHING)
    return found


def _about(found: Publication, code: str = "") -> dict[str, object]:
    return {
        "publication": found,
        "title": Text(found.title_zh, found.title_en),
        "line": shown.line_to(code or found.place_code),
        "code": code,
    }


def line_of(code: str) -> list[shown.Spot]:
    """A place and those above it. NotFoundError when nothing of it is public."""
    of_county(code)
    line = shown.line_to(code)
    if not line:
        raise NotFoundError(NOTHING)
    return line


def of_county(code: str) -> None:
    """NotFoundError unless a code names a county or a place in one: the same words as for a place of
    which nothing is public."""
    if not places.is_code(code) or places.level(code) < places.Level.PREFECTURE:
        raise NotFoundError(NOTHING)


def _asked(request: HttpRequest) -> str:
    code = request.GET.get("place", "")
    return code if places.is_code(code) and places.level(code) >= places.Level.COUNTY else ""


def year_asked(request: HttpRequest, years: list[int]) -> int:
    """The year that was asked for, else the latest of `years`."""
    written = request.GET.get("year", "")
    if _YEAR.fullmatch(written):
        return int(written)
    return years[0] if years else request.today.year  # type: ignore[attr-defined, no-any-return]


def _page(request: HttpRequest) -> int:
    written = request.GET.get("page", "")
    return int(written) if re.fullmatch(r"[1-9]\d{0,4}", written, re.ASCII) else 1


def _slice(page: int) -> slice:
    start = (page - 1) * shown.PER_PAGE
    return slice(start, start + shown.PER_PAGE + 1)


def _paged(page: int, rows: Sequence[object]) -> dict[str, object]:
    return {"page": page, "has_next": len(rows) > shown.PER_PAGE}


def address(request: HttpRequest, view: str, *arguments: object) -> str:
    """The address of a public page in the language of this one."""
    found = request.resolver_match
    return reverse(
        f"public:{view}", args=arguments, current_app=found.namespace if found else "public"
    )


def absolute(request: HttpRequest, path: str) -> str:
    """A path with the site's own address, for what is read elsewhere."""
    return settings.SITE_URL + path if settings.SITE_URL else request.build_absolute_uri(path)
