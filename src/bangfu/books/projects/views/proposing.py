"""The proposal: a village proposes a project, changes it, sends it again."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bangfu.books.accounts.doors import NO_SUCH_PLACE, page
from bangfu.books.projects import actions, queries
from bangfu.books.projects.forms import AmendForm, NeedForm, ProposalForm
from bangfu.books.projects.models import Project
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.forms import page_with


def own_village(request: HttpRequest) -> str:
    """The village that the actor may propose for, where there is just one."""
    held = {
        each.place_code
        for each in request.actor.held
        if each.role in ("village_clerk", "village_team")
    }
    return held.pop() if len(held) == 1 else ""


def _purposes(place: str, today: date) -> list[str]:
    """The words for purposes that policy knows where a project lies."""
    where = place if places.is_code(place) else places.NATION
    return list(policy_in_force().value("funds.purposes", place=where, on=today).value)


@page(classes={DataClass.PERSONS}, purpose="propose a project", form=True)
def propose_page(request: HttpRequest) -> HttpResponse:
    """Propose a project of a village."""
    code = request.GET.get("place", "") or own_village(request)
    if request.method == "POST" and not places.is_code(code):
        raise NotFoundError(NO_SUCH_PLACE)
    form = ProposalForm(request.POST or None, purposes=_purposes(code, request.today))
    year = request.today.year + (1 if request.today.month >= 9 else 0)
    if request.method == "POST":
        project = form.carry_out(
            lambda data: actions.propose(
                by=request.actor,
                place_code=code,
                year=year,
                stated=form.stated(),
                need=data["need"],
                policy=policy_in_force(),
                today=request.today,
                now=request.now,
            )
        )
        if project is not None:
            return redirect("project", project.pk)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"申报 {year} 年项目", f"Propose a project of {year}"),
        says=Text(
            "村级申报后，经村民会议、村内公示、乡镇审核、县级审定入库。没有绩效目标不入库，不入库不安排资金。",
            "After the village come its meeting, a notice, the township's check and the county's approval. "
            "No target, no admission; not in the bank, no money.",
        ),
        draft=f"project-{code}",
        back=reverse("projects"),
    )


def _initial(project: Project) -> dict[str, object]:
    stated = {name: getattr(project, name) for name in queries.ELEVEN}
    return {
        **stated,
        "cost": f"{project.cost_fen // 100}.{project.cost_fen % 100:02d}",
        "beneficiaries": "、".join(project.beneficiaries or ()),
        "mode": project.mode,
        "subsidy_percent": None
        if project.subsidy_share is None
        else f"{project.subsidy_share * 100:.2f}",
        "latitude": project.latitude,
        "longitude": project.longitude,
    }


@page(classes={DataClass.PERSONS}, purpose="amend a proposal", form=True)
def amend_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Change a proposal while the village has it."""
    project = queries.found(project_id)
    form = AmendForm(
        request.POST or None,
        initial=_initial(project),
        purposes=_purposes(project.place_code, request.today),
    )
    if request.method == "POST":
        done = form.carry_out(
            lambda data: (
                actions.amend(by=request.actor, project=project, stated=form.stated()) or True
            )
        )
        if done:
            return redirect("project", project.pk)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"修改申报：{project.name}", f"Change the proposal: {project.name}"),
        back=reverse("project", args=[project.pk]),
    )


@page(classes={DataClass.PERSONS}, purpose="propose again", form=True)
def again_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Send a proposal that was refused, or withdrawn, again."""
    project = queries.found(project_id)
    form = NeedForm(request.POST or None)
    if request.method == "POST":
        case = form.carry_out(
            lambda data: actions.propose_again(
                by=request.actor,
                project=project,
                need=data["need"],
                policy=policy_in_force(),
                today=request.today,
                now=request.now,
            )
        )
        if case is not None:
            return redirect("project", project.pk)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"再次申报：{project.name}", f"Propose again: {project.name}"),
        back=reverse("project", args=[project.pk]),
    )
