"""Pages of the claims: the list, one with its papers and shares, its return, its papers as files."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import with_who
from bangfu.books.attachments.queries import content_of
from bangfu.books.funds import actions, standing
from bangfu.books.funds.actions.claims import NO_CLAIM
from bangfu.books.funds.claiming import rules_for
from bangfu.books.funds.forms import PaperForm, ReturnForm
from bangfu.books.funds.models import Claim, ClaimPaper, ClaimStatus
from bangfu.books.funds.people import CLAIMANTS, FINANCE, READERS
from bangfu.books.funds.views.lines import MONEY
from bangfu.core.errors import InputError, NotFoundError, UserError
from bangfu.core.language import Text
from bangfu.core.ledger.claiming import CLAIM_LABELS, ClaimKind, ClaimRules, missing_papers
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.forms import Form, page_with
from bangfu.web.tables import Badge, Column, Kind, Table, download

NO_PAPER = Text(
    "没有这份材料，或者它不在您的范围内。", "There is no such paper, or it is not yours to see."
)
STATUS_LABELS = {
    ClaimStatus.DRAFT: Text("填报中", "being filled in"),
    ClaimStatus.LODGED: Text("待财政审核", "waiting for finance"),
    ClaimStatus.CHECKED: Text("待支付", "waiting for payment"),
    ClaimStatus.RETURNED: Text("已退回", "returned"),
    ClaimStatus.DROPPED: Text("已作废", "dropped"),
}
PAID = Text("已付清", "paid in full")
_COLOURS = {
    ClaimStatus.DRAFT: "secondary",
    ClaimStatus.LODGED: "yellow",
    ClaimStatus.CHECKED: "blue",
    ClaimStatus.RETURNED: "red",
    ClaimStatus.DROPPED: "secondary",
}


def state_of(claim: Claim) -> Badge:
    """A claim's state in words; `paid` as `standing.claims` counts it."""
    if claim.status == ClaimStatus.CHECKED and claim.paid == claim.fen:
        return Badge(PAID, "green")
    status = ClaimStatus(claim.status)
    return Badge(STATUS_LABELS[status], _COLOURS[status])


CLAIMS = (
    Column("no", Text("报账号", "Claim"), lambda c: str(c.pk), sort="pk",
           link=lambda c: address_of("claim", c.pk)),
    Column("contract", Text("合同", "Contract"), lambda c: c.contract.number,
           sort="contract__number", link=lambda c: address_of("contract", c.contract_id)),
    Column("project", Text("项目", "Project"), lambda c: c.contract.project.number,
           sort="contract__project__number"),
    Column("kind", Text("类别", "Kind"), lambda c: CLAIM_LABELS[ClaimKind(c.kind)], sort="kind"),
    Column("fen", Text("金额（元）", "Sum (yuan)"), lambda c: c.fen, Kind.MONEY, sort="fen"),
    Column("paid", Text("已支付（元）", "Paid (yuan)"), lambda c: c.paid, Kind.MONEY, sort="paid"),
    Column("state", Text("状态", "State"), state_of, sort="status"),
    Column("lodged", Text("提交", "Lodged"), lambda c: c.lodged_on, Kind.DAY, sort="lodged_on"),
    Column("by", Text("填报", "By"), lambda c: c.who, sort="claimed_by"),
)  # fmt: skip


def found(claim_id: int) -> Claim:
    """A claim of the scope with its contract, project and what is paid. NotFoundError."""
    claim = standing.claims().filter(pk=claim_id).first()
    if claim is None:
        raise NotFoundError(NO_CLAIM)
    return claim


@page(classes=MONEY, purpose="claims", roles=READERS, writes=False)
def claim_list(request: HttpRequest) -> HttpResponse:
    """The claims of the county, by state."""
    wanted = request.GET.get("status", "")
    wanted = wanted if wanted in ClaimStatus.values else ""
    table = Table(
        request,
        CLAIMS,
        standing.claims(wanted),
        name="claims",
        title=Text("报账", "Claims"),
        order="-no",
        decorate=with_who(lambda claim: claim.claimed_by),
    )
    if table.wants_workbook:
        return table.workbook()
    states = [(status.value, words) for status, words in STATUS_LABELS.items()]
    context = {"table": table, "states": states, "wanted": wanted}
    return page_with(request, "funds/claims.html", **context)


@page(classes=MONEY, purpose="claim", roles=READERS)
def claim_page(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim: what it needs and has, its shares, and what can be done now.

    A POST carries out one act: paper, remove, lodge, drop or check.
    """
    claim, policy = found(claim_id), policy_in_force()
    rules = rules_for(claim, policy, on=request.today)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = PaperForm(
        request.POST if act == "paper" else None,
        request.FILES if act == "paper" else None,
        papers=rules.papers,
    )
    refused: UserError | None = None
    if act == "paper":
        kept = form.carry_out(
            lambda data: actions.add_paper(
                by=request.actor,
                claim_id=claim.pk,
                code=data["code"],
                upload=form.upload(),
                policy=policy,
                now=request.now,
            )
        )
        if kept is not None:
            return redirect("claim", claim.pk)
    elif act:
        try:
            _act(request, claim, act)
        except InputError as reasons:
            refused = reasons
        else:
            return redirect("claim", claim.pk)
    return _shown(request, claim, rules, form, refused)


def _act(request: HttpRequest, claim: Claim, act: str) -> None:
    by, claim_id, today = request.actor, claim.pk, request.today
    acts: dict[str, Callable[[], object]] = {
        "lodge": lambda: actions.lodge_claim(
            by=by, claim_id=claim_id, policy=policy_in_force(), day=today
        ),
        "drop": lambda: actions.drop_claim(by=by, claim_id=claim_id),
        "check": lambda: actions.check_claim(by=by, claim_id=claim_id, day=today),
        "remove": lambda: actions.remove_paper(
            by=by, claim_id=claim_id, paper_id=_number(request.POST.get("paper", ""))
        ),
    }
    if act not in acts:
        raise NotFoundError(NO_CLAIM)
    acts[act]()


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() else 0


def _shown(
    request: HttpRequest,
    claim: Claim,
    rules: ClaimRules,
    form: Form,
    refused: UserError | None,
) -> HttpResponse:
    papers = list(claim.papers.select_related("attachment").order_by("code", "pk"))
    missing = missing_papers({paper.code for paper in papers}, rules)
    draft = claim.status == ClaimStatus.DRAFT
    claimant = request.actor.holds(*CLAIMANTS, at=claim.place_code)
    finance = request.actor.holds(*FINANCE, at=claim.place_code)
    own = request.actor.username == claim.claimed_by
    to_pay = (
        claim.status == ClaimStatus.CHECKED
        and claim.kind != ClaimKind.HOUSEHOLDS
        and claim.paid < claim.fen
        and finance
    )
    why_not = actions.why_not_pay(by=request.actor, claim=claim) if to_pay else None
    context = {
        "claim": claim,
        "state": state_of(claim),
        "kind": CLAIM_LABELS[ClaimKind(claim.kind)],
        "papers": [(rules.papers.get(p.code, Text(p.code, p.code)), p) for p in papers],
        "missing": [rules.papers.get(code, Text(code, code)) for code in missing],
        "reasons": [rules.reasons.get(code, Text(code, code)) for code in claim.reasons],
        "shares": standing.shares_of(claim),
        "payments": claim.payments.select_related("posting").order_by("pk"),
        "refused": refused,
        "fills_in": draft and claimant,
        "lodges": draft and claimant and own,
        "checks": claim.status == ClaimStatus.LODGED and finance and not own,
        "returns": claim.status in (ClaimStatus.LODGED, ClaimStatus.CHECKED)
        and finance
        and not own
        and claim.paid == 0,
        "pays": to_pay and why_not is None,
        "why_not": why_not,
    }
    response = page_with(request, "funds/claim.html", form=form, **context)
    if refused is not None:
        response.status_code = 422
    return response


@page(classes=MONEY, purpose="return a claim", roles=FINANCE)
def return_page(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Return a claim for reasons of the policy's list."""
    claim, policy = found(claim_id), policy_in_force()
    rules = rules_for(claim, policy, on=request.today)
    form = ReturnForm(request.POST or None, reasons=rules.reasons)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: actions.return_claim(
                by=request.actor,
                claim_id=claim.pk,
                reasons=data["reasons"],
                note=data["note"],
                policy=policy,
                day=request.today,
            )
        )
        if done is not None:
            return redirect("claim", claim.pk)
    return page_with(
        request,
        "funds/form.html",
        form=form,
        title=Text("退回报账", "Return the claim"),
        says=Text(
            "退回后金额回到合同，部门可重新填报。",
            "The sum goes back to the contract; the department may claim anew.",
        ),
        back=reverse("claim", args=[claim.pk]),
    )


@page(classes=MONEY, purpose="paper of a claim", roles=READERS)
def paper_page(request: HttpRequest, paper_id: int) -> HttpResponse:
    """A paper as it was attached."""
    paper = ClaimPaper.objects.select_related("attachment").filter(pk=paper_id).first()
    if paper is None:
        raise NotFoundError(NO_PAPER)
    kept = paper.attachment
    return download(content_of(kept), kept.name, kept.content_type)
