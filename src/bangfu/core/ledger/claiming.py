"""What a claim (报账) must show, and why one is refused. The lists are policy (`policy/claims.toml`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.projects.paying import Payable


class ClaimKind(StrEnum):
    """What a claim is for. The values are stored."""

    ADVANCE = "advance"
    PROGRESS = "progress"
    FINAL = "final"
    AWARD = "award"
    HOUSEHOLDS = "households"


CLAIM_LABELS: dict[ClaimKind, Text] = {
    ClaimKind.ADVANCE: Text("预付款", "advance"),
    ClaimKind.PROGRESS: Text("进度款", "progress payment"),
    ClaimKind.FINAL: Text("结算款", "final payment"),
    ClaimKind.AWARD: Text("奖补资金", "award after the fact"),
    ClaimKind.HOUSEHOLDS: Text("发放到户", "payments to households"),
}
# A paper that is missing is its own reason where the county's list names one.
_REASON_OF_PAPER = {
    "contract": "no_contract",
    "tender": "no_contract",
    "notice": "no_notice",
    "acceptance": "not_accepted",
}


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """What policy asks of a claim of one kind.

    `needed` are codes of `papers`; `single_use` papers serve one claim only. `up_to` is the share of
    the contract that may be claimed by this step, all claims together.
    """

    papers: Mapping[str, Text]
    needed: tuple[str, ...]
    single_use: frozenset[str]
    reasons: Mapping[str, Text]
    up_to: Fraction


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What is known of a claim before it is lodged.

    `used` holds codes of papers whose very file stands in another claim, `committed_fen` what is
    committed to the project and not yet claimed. `payable` is the most that the project's delivery lets
    be paid by now, None where delivery has no say; `project_claimed_fen` is what is claimed of the
    project already, all contracts but those for services together.
    """

    kind: ClaimKind
    fen: int
    contract_fen: int
    claimed_fen: int
    committed_fen: int
    papers: Collection[str]
    used: Collection[str] = ()
    payable: Payable | None = None
    project_claimed_fen: int = 0


def claim_rules(
    kind: ClaimKind,
    *,
    papers: Sequence[Mapping[str, Any]],
    needed: Sequence[Mapping[str, Any]],
    single_use: Sequence[str],
    reasons: Sequence[Mapping[str, Any]],
    steps: Sequence[Mapping[str, Any]],
) -> ClaimRules:
    """The rules of one kind, from the policy's tables: the steps add up in their order."""
    up_to, reached = Fraction(0), False
    for step in steps:
        up_to += Fraction(str(step["share"]))
        if step["claim"] == kind.value:
            reached = True
            break
    return ClaimRules(
        papers=_named(papers),
        needed=next((tuple(row["papers"]) for row in needed if row["claim"] == kind.value), ()),
        single_use=frozenset(single_use),
        reasons=_named(reasons),
        up_to=up_to if reached else Fraction(1),
    )


def missing_papers(papers: Collection[str], rules: ClaimRules) -> list[str]:
    """Codes of the papers that a claim still needs, in the policy's order."""
    return [code for code in rules.needed if code not in papers]


def refusals(facts: ClaimFacts, rules: ClaimRules) -> list[Problem]:
    """Every reason why a claim cannot be lodged now; none when it can. `rule` is the reason's code."""
    problems = []
    for code in missing_papers(facts.papers, rules):
        name = rules.papers.get(code, Text(code, code))
        problems.append(
            _refused(
                rules, _reason_of(code, rules), Text(f"缺{name.zh}", f"{name.en} is missing"), code
            )
        )
    for code in sorted(set(facts.used) & rules.single_use):
        name = rules.papers.get(code, Text(code, code))
        detail = Text(
            f"这份{name.zh}已用于另一笔报账", f"this file ({name.en}) stands in another claim"
        )
        problems.append(_refused(rules, "false_voucher", detail, code))
    left = facts.contract_fen - facts.claimed_fen
    if facts.fen > left:
        detail = Text(
            f"合同尚可报 {format_yuan(left)} 元，本次报 {format_yuan(facts.fen)} 元",
            f"{format_yuan(left)} yuan of the contract are left, {format_yuan(facts.fen)} claimed",
        )
        problems.append(_refused(rules, "over_budget", detail))
    elif facts.fen > facts.committed_fen:
        detail = Text(
            f"项目已签合同未报账的只有 {format_yuan(facts.committed_fen)} 元",
            f"only {format_yuan(facts.committed_fen)} yuan are committed to the project",
        )
        problems.append(_refused(rules, "outside_plan", detail))
    most = int(facts.contract_fen * rules.up_to)
    if facts.fen <= left and facts.claimed_fen + facts.fen > most:
        label = CLAIM_LABELS[facts.kind]
        detail = Text(
            f"到{label.zh}为止最多报 {format_yuan(most)} 元，已报 {format_yuan(facts.claimed_fen)} 元",
            f"by the {label.en} at most {format_yuan(most)} yuan, "
            f"{format_yuan(facts.claimed_fen)} claimed before",
        )
        problems.append(_refused(rules, "over_step", detail))
    if facts.fen <= left:
        problems += _beyond_delivery(facts, rules)
    return problems


def _beyond_delivery(facts: ClaimFacts, rules: ClaimRules) -> list[Problem]:
    """What delivery says against the sum: not begun, not so far yet, not accepted, a retention kept."""
    if facts.payable is None or facts.project_claimed_fen + facts.fen <= facts.payable.fen:
        return []
    most, why = facts.payable.fen, facts.payable.why
    detail = Text(
        f"项目目前最多可付 {format_yuan(most)} 元（{why.zh}），已报 "
        f"{format_yuan(facts.project_claimed_fen)} 元",
        f"at most {format_yuan(most)} yuan of the project may be paid now ({why.en}), "
        f"{format_yuan(facts.project_claimed_fen)} claimed before",
    )
    award = facts.kind is ClaimKind.AWARD and most == 0
    return [_refused(rules, "not_accepted" if award else "over_step", detail)]


def _reason_of(code: str, rules: ClaimRules) -> str:
    reason = _REASON_OF_PAPER.get(code, "missing_paper")
    return reason if reason in rules.reasons else "missing_paper"


def _refused(rules: ClaimRules, reason: str, detail: Text, value: str = "") -> Problem:
    name = rules.reasons.get(reason, Text(reason, reason))
    text = Text(f"{name.zh}：{detail.zh}。", f"{name.en[:1].upper()}{name.en[1:]}: {detail.en}.")
    return Problem("", text, value, reason)


def _named(rows: Sequence[Mapping[str, Any]]) -> dict[str, Text]:
    return {row["code"]: Text(row["zh"], row["en"]) for row in rows}
