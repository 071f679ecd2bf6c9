"""Delivery: terms, stages, reports from the phone, contributions, defects, acceptance, results, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from bangfu.books.accounts.doors import page
from bangfu.books.attachments.models import Attachment
from bangfu.books.attachments.queries import NO_SUCH_FILE, content_of
from bangfu.books.cases.actions import open_case
from bangfu.books.cases.forms import StepForm
from bangfu.books.projects import actions, limits, queries
from bangfu.books.projects.actions.papers import NOTHING_MISSING
from bangfu.books.projects.actions.pricing import award_of
from bangfu.books.projects.forms import (
    ContributionForm,
    PapersForm,
    PriceForm,
    ProgressForm,
    ResultsForm,
    StageForm,
    TermsForm,
    WhatForm,
    fen,
)
from bangfu.books.projects.models import (
    Contribution,
    Defect,
    Mode,
    ProgressPhoto,
    Project,
    Stage,
    StagePaper,
)
from bangfu.books.projects.queries.bank import NO_SUCH_PROJECT
from bangfu.books.projects.views.doors import EITHER, STEPS, may_record
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import ConflictError, ForbiddenError, NotFoundError
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.projects.targets import to_assess
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.forms import Form, page_with

KIND = "project_acceptance"
# What the wages of work-for-relief are called when it starts and when it is built.
LABOUR = {
    Stage.BUILDING: Text("安排的劳务报酬（元）", "Labour pay set aside (yuan)"),
    Stage.BUILT: Text("实际发放的劳务报酬（元）", "Labour pay that was paid (yuan)"),
}


def _worked(
    request: HttpRequest,
    project: Project,
    form: Form,
    title: Text,
    act: Callable[[Mapping[str, Any]], Any],
    says: Text | None = None,
    draft: str = "",
) -> HttpResponse:
    """A form about a project: carried out it leads back to the project."""
    if request.method == "POST" and form.carry_out(lambda data: act(data) or True):
        return redirect("project", project.pk)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"{title.zh}：{project.name}", f"{title.en}: {project.name}"),
        says=says,
        draft=draft,
        back=reverse("project", args=[project.pk]),
    )


@page(either=EITHER, purpose="terms of a project", form=True)
def terms_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """How a project is paid, what is retained, where it lies."""
    project = queries.found(project_id)
    share = project.subsidy_share
    initial = {
        "mode": project.mode,
        "subsidy_percent": None if share is None else f"{share * 100:.2f}",
        "retention_percent": f"{project.retention_share * 100:.2f}",
        "latitude": project.latitude,
        "longitude": project.longitude,
    }
    form = TermsForm(request.POST or None, initial=initial)
    return _worked(
        request,
        project,
        form,
        Text("付款方式和位置", "Terms and place"),
        lambda data: actions.arrange(
            by=request.actor,
            project=project,
            policy=policy_in_force(),
            today=request.today,
            **form.terms(),
        ),
        Text(
            "开工后不能再改付款方式；坐标用来核对进度照片。",
            "Terms stay once it has begun; the place is what photos are held against.",
        ),
    )


@page(either=EITHER, purpose="stage of a project", form=True)
def stage_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Record the stage that comes next."""
    project = queries.found(project_id)
    policy = policy_in_force()
    coming = limits.next_stage(project)
    if coming is None or coming not in limits.RECORDED or coming is Stage.HANDED_OVER:
        raise ConflictError(Text("现在没有要登记的阶段。", "No stage is to be recorded now."))
    at: dict[str, Any] = {"place": project.place_code, "on": request.today}
    given = set(queries.documents(project).values_list("kind", flat=True))
    asked = [
        kind
        for kind in limits.documents_of(policy, project, coming, on=request.today)
        if kind not in given
    ]  # fmt: skip
    form = StageForm(
        request.POST or None,
        request.FILES or None,
        asked=asked,
        methods=policy.value("projects.tender_methods", **at).value
        if coming is Stage.TENDER
        else (),
        labour=LABOUR.get(coming) if project.mode == Mode.RELIEF else None,
        initial={"done_on": request.today},
    )
    return _worked(
        request,
        project,
        form,
        STEPS[coming],
        lambda data: actions.record_stage(
            by=request.actor,
            project=project,
            stage=coming,
            policy=policy,
            today=request.today,
            now=request.now,
            **form.told(),
        ),
        Text(
            f"这一阶段要的资料：{'、'.join(asked) or '已齐'}。",
            f"Papers asked for at this stage: {', '.join(asked) or 'all there'}.",
        ),
    )


@page(either=EITHER, purpose="papers of a project", form=True)
def papers_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Hand in the papers that are missing of stages already recorded."""
    project = queries.found(project_id)
    policy = policy_in_force()
    missing = queries.missing_documents(project, policy=policy, on=request.today)
    if not missing:
        raise ConflictError(NOTHING_MISSING)
    asked = [kind for stage, kind in missing if may_record(request, project, stage, policy)]
    if missing and not asked:
        raise ForbiddenError(
            Text("缺的资料不由您的角色补交。", "The papers missing are not your role's to hand in.")
        )
    form = PapersForm(request.POST or None, request.FILES or None, asked=asked)
    return _worked(
        request,
        project,
        form,
        Text("补交资料", "Hand in papers"),
        lambda data: actions.hand_in(
            by=request.actor,
            project=project,
            papers=form.papers(),
            policy=policy,
            today=request.today,
            now=request.now,
        ),
        Text("可以先交其中几份，其余以后再补。", "Some may come now, the others later."),
    )


@page(either=EITHER, purpose="price of a project", form=True)
def price_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Raise the price of what was tendered."""
    project = queries.found(project_id)
    award_of(project)
    policy = policy_in_force()
    at: dict[str, Any] = {"place": project.place_code, "on": request.today}
    asked = policy.value("projects.documents_price", **at).value
    free = policy.value("projects.price_change_share", **at).value
    form = PriceForm(request.POST or None, request.FILES or None, asked=asked)
    return _worked(
        request,
        project,
        form,
        Text("变更合同价", "Change the price"),
        lambda data: actions.change_price(
            by=request.actor,
            project=project,
            amount_fen=fen(data["amount"]) or 0,
            why=data["why"],
            papers=form.papers(),
            policy=policy,
            today=request.today,
            now=request.now,
        ),
        Text(
            f"承建单位“{project.contractor}”，现在的合同价 {format_yuan(project.contract_fen or 0)} 元。"
            f"合同合计不能超过合同价；比中标价多出超过 {Decimal(free):.0%} 的，要附{'、'.join(asked)}。",
            f"{project.contractor} builds it at {format_yuan(project.contract_fen or 0)} yuan. Contracts stay "
            f"within the price; more than {Decimal(free):.0%} beyond the award needs {', '.join(asked)}.",
        ),
    )


@page(classes={DataClass.PERSONS}, purpose="progress of a project", form=True)
def progress_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Report from the site, on the phone."""
    project = queries.found(project_id)
    form = ProgressForm(request.POST or None, request.FILES or None)
    return _worked(
        request,
        project,
        form,
        Text("报进度", "Report progress"),
        lambda data: actions.report_progress(
            by=request.actor,
            project=project,
            percent=data["percent"],
            said=data["said"],
            photographs=data["photos"],
            policy=policy_in_force(),
            today=request.today,
            now=request.now,
            correcting=data["correcting"],
        ),
        draft=f"progress-{project.pk}",
    )


@page(classes={DataClass.PERSONS}, purpose="contribution to a project", form=True)
def contribute_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Record what villagers gave themselves."""
    project = queries.found(project_id)
    form = ContributionForm(request.POST or None, initial={"given_on": request.today})
    return _worked(
        request,
        project,
        form,
        Text("投工投劳", "Villagers' own part"),
        lambda data: actions.contribute(
            by=request.actor,
            project=project,
            kind=Contribution.Kind(data["kind"]),
            given_on=data["given_on"],
            households=data["households"],
            quantity=data["quantity"],
            unit=data["unit"],
            fen=fen(data["worth"]) or 0,
            note=data["note"],
        ),
        Text(
            "群众投工、筹资、投料记在账外，不混入财政资金。",
            "Labour, cash and materials stand beside the ledger, never in it.",
        ),
    )


@page(either=EITHER, purpose="defect of a project", form=True)
def defect_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Note something wrong with what was built."""
    project = queries.found(project_id)
    form = WhatForm(request.POST or None)
    return _worked(
        request,
        project,
        form,
        Text("登记缺陷", "Note a defect"),
        lambda data: actions.note_defect(
            by=request.actor,
            project=project,
            what=data["what"],
            policy=policy_in_force(),
            today=request.today,
        ),
    )


@page(either=EITHER, purpose="repair of a defect", form=True)
def repair_page(request: HttpRequest, defect_id: int) -> HttpResponse:
    """Record that a defect is repaired."""
    defect = Defect.objects.select_related("project").filter(pk=defect_id).first()
    if defect is None:
        raise NotFoundError(NO_SUCH_PROJECT)
    form = WhatForm(request.POST or None)
    return _worked(
        request,
        defect.project,
        form,
        Text("缺陷已修复", "Defect repaired"),
        lambda data: actions.repair_defect(
            by=request.actor, defect_id=defect.pk, repair=data["what"], today=request.today
        ),
        Text(defect.what, defect.what),
    )


@page(classes={DataClass.PERSONS}, purpose="acceptance of a project", form=True)
def acceptance_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Begin acceptance: the village's own. Township and county go on in the case."""
    project = queries.found(project_id)
    policy = policy_in_force()
    if project.stage != Stage.BUILT:
        raise ConflictError(Text("完工以后才验收。", "Acceptance comes after completion."))
    first = policy.procedures.find(KIND, place=project.place_code, on=request.today).steps[0]
    form = StepForm(request.POST or None, request.FILES or None, step=first)
    if request.method == "POST":
        case = form.carry_out(
            lambda data: open_case(
                by=request.actor,
                kind=KIND,
                place_code=project.place_code,
                about=queries.about(project),
                title=project.name,
                given=form.given(data),
                policy=policy,
                today=request.today,
                now=request.now,
            )
        )
        if case is not None:
            return redirect("case", case.pk)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"村级自验：{project.name}", f"Village acceptance: {project.name}"),
        draft=f"acceptance-{project.pk}",
        back=reverse("project", args=[project.pk]),
    )


@page(either=EITHER, purpose="results of a project", form=True)
def results_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Hold the targets against what was reached."""
    project = queries.found(project_id)
    stated = to_assess(project.performance_target)
    form = ResultsForm(request.POST or None, targets=stated)

    def act(data: Mapping[str, Any]) -> object:
        reached, notes = form.told()
        return actions.assess(
            by=request.actor, project=project, reached=reached, notes=notes, today=request.today
        )

    return _worked(
        request,
        project,
        form,
        Text("结项评估", "Assess the results"),
        act,
        Text(f"绩效目标：{project.performance_target}", f"Target: {project.performance_target}"),
    )


@page(either=EITHER, purpose="file of a project")
def file_page(request: HttpRequest, project_id: int, file_id: int) -> HttpResponse:
    """A paper or a photo of a project."""
    mine = (
        StagePaper.objects.filter(project_id=project_id, attachment_id=file_id).exists()
        or ProgressPhoto.objects.filter(
            progress__project_id=project_id, attachment_id=file_id
        ).exists()
    )
    kept = Attachment.objects.filter(pk=file_id).first() if mine else None
    if kept is None:
        raise NotFoundError(NO_SUCH_FILE)
    answer = HttpResponse(content_of(kept), content_type=kept.content_type)
    answer["Cache-Control"] = "private, max-age=3600"
    shown = content_disposition_header(not kept.content_type.startswith("image/"), kept.name)
    answer["Content-Disposition"] = shown
    return answer
