"""Reverse tracing (倒查): from a finding to everybody who took part, and to their other projects."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import display_names
from bangfu.books.projects import queries as bank
from bangfu.books.projects.models import Project, Status
from bangfu.books.projects.views.doors import EITHER
from bangfu.books.supervision import people, queries, responsible
from bangfu.books.supervision.models import Finding, SubjectKind
from bangfu.books.walls.scope import DataClass
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force


@page(either=EITHER, purpose="reverse tracing", roles=people.OFFICE)
def trace_page(request: HttpRequest, finding_id: int) -> HttpResponse:
    """From a finding: its projects, who planned, approved, built, accepted, paid and watched them."""
    finding = queries.found(finding_id)
    projects = list(_projects(finding))
    title = Text(f"倒查：问题 {finding.pk}", f"Traced back from finding {finding.pk}")
    return _traced(request, projects, title, reverse("watch-finding", args=[finding.pk]), finding)


@page(either=EITHER, purpose="responsibility")
def project_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """The register of one project: who answers for it, for life."""
    project = bank.found(project_id)
    title = Text(f"终身责任：{project.name}", f"Who answers for {project.name}")
    return _traced(request, [project], title, reverse("project", args=[project.pk]), None)


def _inspects(request: HttpRequest, projects: list[Project]) -> Project | None:
    """The one project of a page, where the reader may record an inspection of it."""
    if len(projects) != 1:
        return None
    at = projects[0].place_code
    held = people.roles(policy_in_force(), "inspect", place=at, on=request.today)
    return projects[0] if request.actor.holds(*held, at=at) else None


def _projects(finding: Finding) -> list[Project]:
    """The projects that a finding is about: itself, the payment's, or all of the village's bank."""
    if finding.project_id:
        return [bank.found(finding.project_id)]
    if finding.payment is not None:
        return [bank.found(finding.payment.claim.contract.project_id)]
    if finding.subject_kind == SubjectKind.VILLAGE:
        return list(
            bank.bank(place_code=finding.place_code)
            .filter(status=Status.ADMITTED)
            .order_by("number")
        )
    return []


def _traced(
    request: HttpRequest,
    projects: list[Project],
    title: Text,
    back: str,
    finding: Finding | None,
) -> HttpResponse:
    policy = policy_in_force()
    household = (
        responsible.of_household(finding.subject, policy=policy)
        if finding is not None and finding.subject_kind == SubjectKind.HOUSEHOLD
        else []
    )
    names = display_names(who for _, who, _ in household)
    context = {
        "title": title,
        "back": back,
        "projects": projects,
        "several": len(projects) > 1,
        "numbers": {project.pk: project.number for project in projects},
        "people": [
            (person, [(DUTY[part.duty], part, _number(projects, part)) for part in person.parts])
            for person in responsible.traced([each.pk for each in projects], policy=policy)
        ],
        "units": [
            (words, name, others, others.count())
            for words, name, others in responsible.units(projects)
        ],
        "household": [(words, names.get(who, who), on) for words, who, on in household],
        "inspect": _inspects(request, projects),
        "persons": DataClass.PERSONS in request.actor.classes,
    }
    return render(request, "supervision/trace.html", context)


DUTY = responsible.DUTIES


def _number(projects: list[Project], part: responsible.Part) -> str:
    return next((each.number for each in projects if each.pk == part.project), "")
