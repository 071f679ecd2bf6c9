"""Pages of the contracts: all, one with its claims, a new one, and the end of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.funds import actions, standing
from bangfu.books.funds.actions.commitments import NO_CONTRACT
from bangfu.books.funds.forms import BASIS_LABELS, ClaimForm, ContractForm, ReasonForm, fen_of
from bangfu.books.funds.models import Basis, Contract
from bangfu.books.funds.people import CLAIMANTS, READERS
from bangfu.books.funds.views.lines import MONEY
from bangfu.books.walls.scope import Scope
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Column, Kind, Table

CONTRACTS = (
    Column("number", Text("合同编号", "Contract"), lambda c: c.number, sort="number",
           link=lambda c: address_of("contract", c.pk)),
    Column("title", Text("名称", "Title"), lambda c: c.title, sort="title"),
    Column("project", Text("项目", "Project"), lambda c: c.project.number,
           sort="project__number"),
    Column("basis", Text("依据", "Basis"), lambda c: BASIS_LABELS[Basis(c.basis)], sort="basis"),
    Column("payee", Text("收款单位", "Payee"), lambda c: c.payee, sort="payee"),
    Column("fen", Text("金额（元）", "Sum (yuan)"), lambda c: c.fen, Kind.MONEY, sort="fen"),
    Column("claimed", Text("已报账（元）", "Claimed (yuan)"), lambda c: c.claimed_fen, Kind.MONEY,
           sort="claimed_fen", link=lambda c: address_of("contract", c.pk) + "#claims"),
    Column("paid", Text("已支付（元）", "Paid (yuan)"), lambda c: c.paid, Kind.MONEY, sort="paid",
           link=lambda c: address_of("contract", c.pk) + "#claims"),
    Column("signed", Text("签订", "Signed"), lambda c: c.signed_on, Kind.DAY, sort="signed_on"),
)  # fmt: skip


def found(contract_id: int) -> Contract:
    """A contract of the scope with its project and what is paid. NotFoundError."""
    contract = standing.contracts().filter(pk=contract_id).first()
    if contract is None:
        raise NotFoundError(NO_CONTRACT)
    return contract


@page(classes=MONEY, purpose="contracts", roles=READERS, writes=False)
def contract_list(request: HttpRequest) -> HttpResponse:
    """The contracts of the county."""
    table = Table(
        request,
        CONTRACTS,
        standing.contracts(),
        name="contracts",
        title=Text("合同", "Contracts"),
        order="-signed",
    )
    if table.wants_workbook:
        return table.workbook()
    claims = request.actor.holds(*CLAIMANTS)
    return render(request, "funds/contracts.html", {"table": table, "claims": claims})


@page(classes=MONEY, purpose="contract", roles=READERS)
def contract_page(request: HttpRequest, contract_id: int) -> HttpResponse:
    """One contract: its terms, what is left, its claims."""
    contract = found(contract_id)
    context = {
        "contract": contract,
        "basis": BASIS_LABELS[Basis(contract.basis)],
        "scheme": policy_in_force().schemes.words(contract.scheme) if contract.scheme else None,
        "claims": standing.claims().filter(contract=contract).order_by("pk"),
        "claimant": request.actor.holds(*CLAIMANTS, at=contract.place_code),
        "releases": contract.releases.order_by("pk"),
    }
    return render(request, "funds/contract.html", context)


@page(classes=MONEY, purpose="sign a contract", roles=CLAIMANTS, form=True)
def sign_page(request: HttpRequest) -> HttpResponse:
    """Record a contract or an award."""
    form = ContractForm(request.POST or None)
    if request.method == "POST":
        contract = form.carry_out(
            lambda data: actions.sign_contract(
                by=request.actor,
                place_code=county_of(request.scope),
                number=data["number"],
                project=data["project"],
                basis=Basis(data["basis"]),
                title=data["title"],
                payee=data["payee"],
                payee_code=data["payee_code"],
                fen=fen_of(data["yuan"]),
                signed_on=data["signed_on"],
                day=request.today,
                policy=policy_in_force(),
            )
        )
        if contract is not None:
            return redirect("contract", contract.pk)
    return page_with(
        request,
        "funds/form.html",
        form=form,
        title=Text("登记合同", "Record a contract"),
        says=Text(
            "金额从项目计划内未签合同的部分列支，按各笔资金的份额自动拆分；"
            "施工、采购合同与中标单位签，合计不超过中标合同价。",
            "The sum comes out of what the plan has left for the project, split over its lines. What was "
            "tendered is signed with its winner, within its price.",
        ),
        back=reverse("contracts"),
    )


@page(classes=MONEY, purpose="end a contract", roles=CLAIMANTS, form=True)
def end_page(request: HttpRequest, contract_id: int) -> HttpResponse:
    """End a contract below its sum."""
    contract = found(contract_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: actions.end_contract(
                by=request.actor, contract_id=contract.pk, day=request.today, reason=data["reason"]
            )
        )
        if done is not None:
            return redirect("contract", contract.pk)
    return page_with(
        request,
        "funds/form.html",
        form=form,
        title=Text("结束合同", "End the contract"),
        says=Text(
            "未报账的余额退回项目，可另签合同。",
            "What is not claimed goes back to the project, for another contract.",
        ),
        back=reverse("contract", args=[contract.pk]),
    )


@page(classes=MONEY, purpose="begin a claim", roles=CLAIMANTS, form=True)
def claim_new_page(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Begin a claim on a contract."""
    contract = found(contract_id)
    form = ClaimForm(request.POST or None)
    if request.method == "POST":
        claim = form.carry_out(
            lambda data: actions.draft_claim(
                by=request.actor,
                contract_id=contract.pk,
                kind=form.kind_of(),
                fen=fen_of(data["yuan"]),
                note=data["note"],
            )
        )
        if claim is not None:
            return redirect("claim", claim.pk)
    return page_with(
        request,
        "funds/form.html",
        form=form,
        title=Text("填报", "New claim"),
        says=Text(
            f"{contract.number} {contract.title}。先建立报账，再附材料，齐全后提交。",
            f"{contract.number} {contract.title}. Begin the claim, attach its papers, then lodge it.",
        ),
        back=reverse("contract", args=[contract.pk]),
    )


def county_of(scope: Scope) -> str:
    """The county at which the actor works."""
    return places.ancestor(scope.places[0], places.Level.COUNTY)
