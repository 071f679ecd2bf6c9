"""Pages of assets: their list, and the handing over of a project."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.assets import actions
from bangfu.books.assets.forms import HandOverForm
from bangfu.books.assets.models import Asset
from bangfu.books.places.models import Place
from bangfu.books.projects import limits, queries
from bangfu.books.projects.models import Stage
from bangfu.books.projects.views.doors import EITHER, sees_ledger
from bangfu.core import places
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Column, Kind, Table

KINDS = {
    Asset.Kind.PUBLIC: Text("公益性", "public"),
    Asset.Kind.PRODUCTIVE: Text("经营性", "productive"),
    Asset.Kind.HOUSEHOLD: Text("到户类", "to households"),
}
FOLLOW = Text("来自哪些资金", "where it came from")
COLUMNS = (
    Column("name", Text("资产", "Asset"), lambda a: a.name, sort="name"),
    Column("kind", Text("类别", "Class"), lambda a: KINDS[a.kind], sort="kind"),
    Column(
        "village", Text("村", "Village"), lambda a: short_name(a.village or ""), sort="place_code"
    ),
    Column("location", Text("坐落", "Place"), lambda a: a.location),
    Column(
        "value", Text("原值（元）", "Value (yuan)"), lambda a: a.value_fen, Kind.MONEY, "value_fen"
    ),
    Column("owner", Text("所有权人", "Owner"), lambda a: a.owner, sort="owner"),
    Column("keeper", Text("管护人", "Keeper"), lambda a: a.keeper),
    Column(
        "project",
        Text("项目", "Project"),
        lambda a: a.project.number,
        link=lambda a: address_of("project", a.project_id),
    ),
    Column(
        "handed_over",
        Text("移交", "Handed over"),
        lambda a: a.handed_over_on,
        Kind.DAY,
        "handed_over_on",
    ),
)


TRACE = Column(
    "trace",
    Text("资金追溯", "Its money"),
    lambda a: FOLLOW,
    link=lambda a: address_of("trace-thing", "asset", a.pk),
)


def _filtered(request: HttpRequest) -> QuerySet[Asset]:
    code = request.GET.get("place", "")
    low, high = places.code_range(code if places.is_code(code) else places.NATION)
    village = Place.objects.filter(code=OuterRef("place_code"))
    return (
        Asset.objects.filter(place_code__gte=low, place_code__lt=high)
        .select_related("project")
        .annotate(village=Subquery(village.values("name")[:1]))
    )


@page(either=EITHER, purpose="assets")
def asset_list(request: HttpRequest) -> HttpResponse:
    """What accepted projects left behind."""
    table = Table(
        request,
        (*COLUMNS, TRACE) if sees_ledger(request.actor) else COLUMNS,
        _filtered(request),
        name="assets",
        title=Text("项目资产", "Assets"),
        order="-handed_over",
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "assets/list.html", {"table": table})


@page(either=EITHER, purpose="hand a project over", form=True)
def hand_over_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """Hand an accepted project over."""
    project = queries.found(project_id)
    if project.stage != Stage.ACCEPTED:
        raise ConflictError(
            Text("验收以后才能移交。", "A project is handed over after its acceptance.")
        )
    policy = policy_in_force()
    asked = limits.documents_asked(
        policy, Stage.HANDED_OVER, place=project.place_code, on=request.today
    )
    form = HandOverForm(request.POST or None, request.FILES or None, asked=asked)
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.hand_over(
                by=request.actor,
                project=project,
                left=form.left(),
                papers=form.papers(),
                policy=policy,
                today=request.today,
                now=request.now,
            )
        )
        if made is not None:
            return redirect("project", project.pk)
    accepted = format_yuan(project.accepted_fen or 0)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"移交：{project.name}", f"Hand over: {project.name}"),
        says=Text(
            f"资产原值合计不超过验收认定的 {accepted} 元。",
            f"The values together do not pass the {accepted} yuan accepted.",
        ),
        back=reverse("project", args=[project.pk]),
    )
