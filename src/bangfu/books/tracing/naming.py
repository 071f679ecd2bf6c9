"""What the things of a trace are called, and where each has its own page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Max, Q
from django.urls import reverse

from bangfu.books.funds.models import Contract
from bangfu.books.tracing.queries import Kind, things
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Stage
from bangfu.core.ledger.strands import STANDS, Layer, Node
from bangfu.files.policy_folder import policy_in_force

KINDS: dict[Kind, Text] = {
    Kind.DOCUMENT: Text("文件", "document"),
    Kind.LINE: Text("资金", "fund line"),
    Kind.PROJECT: Text("项目", "project"),
    Kind.SCHEME: Text("惠民政策", "scheme"),
    Kind.CONTRACT: Text("合同", "contract"),
    Kind.CLAIM: Text("报账", "claim"),
    Kind.PAYMENT: Text("支付", "payment"),
    Kind.PAYEE: Text("收款单位", "payee"),
    Kind.HOUSEHOLD: Text("农户", "household"),
    Kind.ASSET: Text("资产", "asset"),
    Kind.PLAN: Text("计划", "plan"),
    Kind.POSTING: Text("凭证", "posting"),
}
TIERS: dict[str, Text] = {
    **{kind.value: words for kind, words in KINDS.items()},
    STANDS: Text("现在在哪里", "where it stands"),
}
STANDINGS: dict[Stage, Text] = {
    Stage.ANNOUNCED: Text("未安排", "not planned with"),
    Stage.ALLOCATED: Text("已安排，未签合同", "allocated, no contract"),
    Stage.COMMITTED: Text("已签合同，未报账", "committed, not claimed"),
    Stage.CLAIMED: Text("已报账，未支付", "claimed, not paid"),
    Stage.PAID: Text("已支付", "paid"),
    Stage.RECOVERED: Text("已追回，待再安排", "recovered, not free again"),
    Stage.CARRIED_OVER: Text("结转", "carried over"),
    Stage.TAKEN_BACK: Text("收回", "taken back"),
}
# The page of the thing itself, where it has one besides its trace.
_OWN = {
    Kind.LINE: "fund-line",
    Kind.PROJECT: "project",
    Kind.CONTRACT: "contract",
    Kind.CLAIM: "claim",
    Kind.PAYMENT: "payment",
    Kind.HOUSEHOLD: "household-payments",
}


@dataclass(frozen=True, slots=True)
class Label:
    """A thing in words and the address of its trace; `beneath`, as it is called where its kind stands over
    it or before it already."""

    text: Text
    address: str
    beneath: Text


def address(kind: Kind, key: int | str) -> str:
    """Where a thing is followed."""
    if kind is Kind.HOUSEHOLD:
        return reverse("trace-household", args=[key])
    return reverse("trace-thing", args=[kind.value, key])


def own_page(kind: Kind, key: int | str) -> str:
    """The page of the thing itself, "" where its trace is all there is."""
    return reverse(_OWN[kind], args=[key]) if kind in _OWN else ""


def scheme_words(code: str) -> Text:
    """What the policy calls a scheme; its code where it knows it no more."""
    return policy_in_force().schemes.words(code)


def called(kind: Kind, number: str, name: str) -> Text:
    """How a thing is called among others of every kind."""
    own = beneath(kind, number, name)
    if kind in (Kind.CLAIM, Kind.HOUSEHOLD):
        words = KINDS[kind]
        return Text(f"{words.zh} {own.zh}", f"{words.en.capitalize()} {own.en}")
    return own


def beneath(kind: Kind, number: str, name: str) -> Text:
    """How a thing is called where its kind is told already."""
    if kind is Kind.CLAIM:
        return Text(f"{number}（{name}）", f"{number} ({name})")
    if kind is Kind.PLAN:
        return Text(f"{name}（第 {number} 版）", f"{name} (version {number})")
    if kind is Kind.SCHEME:
        return scheme_words(number)
    if kind is Kind.PAYEE:
        return Text(name, name)
    both = name if name.startswith(number) else f"{number} {name}".strip()
    return Text(both, both)


def labels(nodes: Iterable[Node]) -> Mapping[Node, Label]:
    """The labels of nodes that the scope sees, in one query a layer."""
    keys: dict[str, list[int | str]] = defaultdict(list)
    for layer, key in nodes:
        keys[layer].append(key)
    found: dict[Node, Label] = {}
    for layer, wanted in keys.items():
        if layer == STANDS:
            found |= {
                (layer, stage): _said(STANDINGS[Stage(str(stage))], f"?stage={stage}")
                for stage in wanted
            }
        elif layer == Layer.PAYEE:
            found |= _payees([str(key) for key in wanted])
        elif layer == Layer.SCHEME:
            found |= _schemes([str(key) for key in wanted])
        else:
            kind = Kind(layer)
            found |= {
                (layer, one.key): Label(
                    called(kind, one.number, one.name),
                    address(kind, one.key),
                    beneath(kind, one.number, one.name),
                )
                for one in things(kind, Q(pk__in=wanted))
            }
    return found


def _said(text: Text, at: str) -> Label:
    """What is called alike everywhere."""
    return Label(text, at, text)


def _payees(known_by: list[str]) -> dict[Node, Label]:
    """Payees by what they are known by, under the name of their newest contract."""
    wanted = Q(payee_code__in=known_by) | Q(payee_code="", payee__in=known_by)
    newest = Contract.objects.filter(wanted).values("payee_code", "payee").annotate(last=Max("pk"))
    return {
        (Layer.PAYEE.value, row["payee_code"] or row["payee"]): _said(
            Text(row["payee"], row["payee"]), address(Kind.PAYEE, row["last"])
        )
        for row in newest.order_by("last")
    }


def _schemes(codes: list[str]) -> dict[Node, Label]:
    """Schemes by their codes, each at the newest contract that pays by it."""
    newest = Contract.objects.filter(scheme__in=codes).values("scheme").annotate(last=Max("pk"))
    return {
        (Layer.SCHEME.value, row["scheme"]): _said(
            scheme_words(row["scheme"]), address(Kind.SCHEME, row["last"])
        )
        for row in newest
    }
