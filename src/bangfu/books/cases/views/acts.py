"""Acts on a case beside its steps: return, withdraw, merge."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bangfu.books.accounts.doors import page
from bangfu.books.cases import actions, picking, rules
from bangfu.books.cases.forms import MergeForm, ReasonForm, ReturnForm
from bangfu.books.cases.views.cases import found
from bangfu.books.walls.scope import DataClass
from bangfu.core.language import Text
from bangfu.core.workflow.engine import may_return_to
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.forms import page_with
from bangfu.web.picking import Found, suggested, typed


def _version(request: HttpRequest, default: int) -> int:
    written = request.POST.get("version", "")
    return int(written) if written.isdigit() else default


@page(classes={DataClass.PERSONS}, purpose="return a case", form=True)
def return_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """Send a case back to an earlier step."""
    case, policy = found(case_id), policy_in_force()
    step = rules.current_step(policy, case)
    steps = may_return_to(rules.procedure_of(policy, case), step) if step else ()
    form = ReturnForm(request.POST or None, steps=steps)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: actions.return_to(
                by=request.actor,
                chosen={case.pk: _version(request, case.version)},
                step=data["step"],
                reason=data["reason"],
                policy=policy,
                today=request.today,
                now=request.now,
            )
        )
        if done is not None:
            return redirect("case", case.pk)
    return page_with(
        request,
        "cases/act.html",
        form=form,
        case=case,
        title=Text("退回", "Return"),
        says=Text(
            "退回后开始新的一轮，公示撤下，原来的记录保留。",
            "A new round begins, the notice is taken down, and what was recorded stays.",
        ),
    )


@page(classes={DataClass.PERSONS}, purpose="withdraw a case", form=True)
def withdraw_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """End a case that should not go on."""
    case, policy = found(case_id), policy_in_force()
    refused = actions.withdraw_refusal(case, request.actor, policy)
    if refused is not None:
        raise refused
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: (
                actions.withdraw(
                    by=request.actor,
                    case_id=case.pk,
                    version=_version(request, case.version),
                    reason=data["reason"],
                    policy=policy,
                    today=request.today,
                    now=request.now,
                )
                or True
            )
        )
        if done:
            return redirect("case", case.pk)
    return page_with(
        request,
        "cases/act.html",
        form=form,
        case=case,
        title=Text("撤回", "Withdraw"),
        says=Text("撤回后个案结束，不能恢复。", "The case ends and cannot be brought back."),
    )


@page(classes={DataClass.PERSONS}, purpose="pick a case", writes=False)
def pick(request: HttpRequest) -> HttpResponse:
    """Cases into which the named one may be merged, that what is being typed may mean."""
    text = typed(request)
    beside = picking.numbered(request.GET.get("case", ""))
    return suggested(picking.found(text, beside=beside) if beside else Found(), text)


@page(classes={DataClass.PERSONS}, purpose="merge cases", form=True)
def merge_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """End a case that repeats another."""
    case, policy = found(case_id), policy_in_force()
    refused = actions.merge_refusal(case, request.actor, policy)
    if refused is not None:
        raise refused
    form = MergeForm(request.POST or None, case=case)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: (
                actions.merge_duplicates(
                    by=request.actor,
                    keep=int(data["keep"]),
                    duplicate=case.pk,
                    version=_version(request, case.version),
                    reason=data["reason"],
                    policy=policy,
                    today=request.today,
                    now=request.now,
                )
                or True
            )
        )
        if done:
            return redirect("case", case.pk)
    return page_with(
        request,
        "cases/act.html",
        form=form,
        case=case,
        title=Text("合并到另一件", "Merge into another"),
        says=Text("本件结束，指向保留的一件。", "This case ends and points to the one kept."),
    )
