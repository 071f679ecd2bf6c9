"""Conditions on projects, computed and never typed: each says whether it holds and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.projects.targets import targets
from bangfu.core.workflow.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Lot:
    """A project in a list from which the county draws what it looks at before it accepts (验收抽查).

    `drawn_on` is None while the list waits for its seed. A visit counts once it is on record with a photo
    or paper; `inspectors` are who went.
    """

    fixed_on: date
    drawn_on: date | None
    chosen: bool
    visited_on: date | None = None
    inspectors: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a project's conditions are judged by.

    `unfilled` are those of the eleven fields that are empty. `twins` say which other projects it
    resembles and how. `assessed` and `met` count the results of earlier projects of the same unit.
    `missing` are the papers asked for and not there. `accepted_fen` is what is about to be accepted,
    `seen` whether the county says it went to see, None before it says so. `lot` is where the project stands
    in a list for acceptance, if it stands in one.
    """

    target: str
    unfilled: Sequence[Text]
    twins: Sequence[Text]
    assessed: int
    met: int
    built: bool
    missing: Sequence[str]
    cost_fen: int
    contract_fen: int | None
    method: str
    tendered: bool
    relief: bool
    labour_fen: int | None
    accepted_fen: int | None
    open_defects: int
    seen: bool | None
    lot: Lot | None = None


def _held(met: bool, zh: str, en: str) -> Evidence:
    return Evidence(met, Text(zh, en))


def _waits(zh: str, en: str) -> Evidence:
    return Evidence(False, Text(zh, en), waits=True)


def _target(facts: Facts, limit: Any) -> Evidence:
    del limit
    if not facts.target.strip():
        return _held(
            False,
            "没有绩效目标，不能入库。请村里补上：受益多少户、完成多少、群众满意度",
            "No performance target, no admission. Ask the village how many gain, how much is built, how "
            "many are content",
        )
    if not targets(facts.target):
        return _held(
            False,
            f"绩效目标“{facts.target}”里没有数字，完工后无法对照。请写成“受益农户42户，满意度95%以上”这样",
            f"The target “{facts.target}” states no number that results could be held against. Write it "
            "like 受益农户42户，满意度95%以上 (42 households gain, 95 % are content)",
        )
    return _held(True, f"绩效目标：{facts.target}", f"Target: {facts.target}")


def _fields(facts: Facts, limit: Any) -> Evidence:
    del limit
    if facts.unfilled:
        return _held(
            False,
            f"没有填写：{'、'.join(each.zh for each in facts.unfilled)}",
            f"Not filled in: {', '.join(each.en for each in facts.unfilled)}",
        )
    return _held(True, "十一项都已填写", "All eleven fields are filled in")


def _no_twin(facts: Facts, limit: Any) -> Evidence:
    del limit
    if facts.twins:
        return _held(
            False,
            "；".join(each.zh for each in facts.twins),
            "; ".join(each.en for each in facts.twins),
        )
    return _held(True, "没有发现相似的项目", "No project resembles it")


def _unit_reached(facts: Facts, limit: Any) -> Evidence:
    if not facts.assessed:
        return _held(
            True, "责任单位还没有结项评估过的项目", "No project of this unit was assessed yet"
        )
    met = Fraction(facts.met, facts.assessed) >= Fraction(limit)
    return _held(
        met,
        f"责任单位以往结项评估 {facts.assessed} 项目标，达到 {facts.met} 项",
        f"Of {facts.assessed} earlier targets of this unit {facts.met} were reached",
    )


def _built(facts: Facts, limit: Any) -> Evidence:
    del limit
    if facts.built:
        return _held(True, "已报完工", "Reported as built")
    return _held(False, "还没有报完工", "Not reported as built")


def _documents(facts: Facts, limit: Any) -> Evidence:
    del limit
    if facts.missing:
        listed = "、".join(facts.missing)
        return _held(False, f"缺：{listed}", f"Missing: {listed}")
    return _held(True, "要求的资料齐全", "All papers asked for are there")


def _tendered(facts: Facts, limit: Any) -> Evidence:
    method = facts.method or "—"
    if facts.cost_fen < limit:
        return _held(
            True,
            f"{format_yuan(facts.cost_fen)} 元，低于招标限额 {format_yuan(limit)} 元（{method}）",
            f"{format_yuan(facts.cost_fen)} yuan, below the tender limit {format_yuan(limit)} ({method})",
        )
    return _held(
        facts.tendered,
        f"{format_yuan(facts.cost_fen)} 元，达到招标限额 {format_yuan(limit)} 元；采购方式：{method}",
        f"{format_yuan(facts.cost_fen)} yuan reaches the tender limit {format_yuan(limit)}; "
        f"method: {method}",
    )


def _within_contract(facts: Facts, limit: Any) -> Evidence:
    del limit
    if facts.accepted_fen is None:
        return _waits(
            "填写验收认定金额以后比对", "Held against the contract once the cost is stated"
        )
    if facts.contract_fen is None:
        return _held(True, "没有合同价", "There is no contract price")
    met = facts.accepted_fen <= facts.contract_fen
    return _held(
        met,
        f"认定 {format_yuan(facts.accepted_fen)} 元，合同价 {format_yuan(facts.contract_fen)} 元",
        f"Accepted {format_yuan(facts.accepted_fen)} yuan, contract {format_yuan(facts.contract_fen)}",
    )


def _labour_share(facts: Facts, limit: Any) -> Evidence:
    if not facts.relief:
        return _held(True, "不是以工代赈项目", "Not a work-for-relief project")
    if facts.labour_fen is None:
        return _held(False, "没有劳务报酬的记录", "Labour pay is not on record")
    share = Decimal(facts.labour_fen) / facts.cost_fen
    return _held(
        Fraction(facts.labour_fen, facts.cost_fen) >= Fraction(limit),
        f"劳务报酬 {format_yuan(facts.labour_fen)} 元，占 {share:.1%}（至少 {Decimal(limit):.0%}）",
        f"Labour pay {format_yuan(facts.labour_fen)} yuan is {share:.1%} (at least "
        f"{Decimal(limit):.0%})",
    )


def _no_open_defect(facts: Facts, limit: Any) -> Evidence:
    del limit
    if facts.open_defects:
        return _held(
            False,
            f"有 {facts.open_defects} 处缺陷未修复",
            f"Defects not repaired: {facts.open_defects}",
        )
    return _held(True, "没有未修复的缺陷", "No defect is left")


def _seen(facts: Facts, limit: Any) -> Evidence:
    if facts.cost_fen < limit:
        return _held(
            True,
            f"{format_yuan(facts.cost_fen)} 元，不到必须现场验收的 {format_yuan(limit)} 元",
            f"{format_yuan(facts.cost_fen)} yuan, below the {format_yuan(limit)} that must be seen",
        )
    if facts.seen is None:
        return _waits(
            f"{format_yuan(facts.cost_fen)} 元，县级必须到现场；请填写县级怎么看的",
            f"{format_yuan(facts.cost_fen)} yuan: the county must go to see; say how it looked",
        )
    return _held(
        facts.seen,
        f"{format_yuan(facts.cost_fen)} 元，县级必须到现场（{format_yuan(limit)} 元起）",
        f"{format_yuan(facts.cost_fen)} yuan: the county must go to see (from {format_yuan(limit)} on)",
    )


def drawn(lot: Lot | None) -> Evidence:
    """Whether a project that was drawn was looked at, and what is still missing."""
    if lot is None:
        return _held(True, "不在验收抽查名单中", "Not in a list to draw from")
    if lot.drawn_on is None:
        return _held(
            False,
            f"在 {lot.fixed_on} 固定的验收抽查名单中，还没有抽取。请县里先输入种子抽取，再验收",
            f"In the list fixed on {lot.fixed_on}, from which nothing is drawn yet. Enter the seed and "
            "draw, then accept",
        )
    if not lot.chosen:
        return _held(True, f"{lot.drawn_on} 抽取，没有抽中", f"Not drawn on {lot.drawn_on}")
    if lot.visited_on is None:
        return _held(
            False,
            f"{lot.drawn_on} 被抽中到现场看，还没有督查记录。请先到现场，再登记谁去的、哪天、看到什么，"
            "附照片或材料",
            f"Drawn on {lot.drawn_on} to be looked at, and no visit is on record. Go there, then record "
            "who went, when, what was seen, with a photo or paper",
        )
    return _held(
        True,
        f"{lot.drawn_on} 被抽中，{lot.visited_on} 已到现场：{lot.inspectors}",
        f"Drawn on {lot.drawn_on}, looked at on {lot.visited_on} by {lot.inspectors}",
    )


def _drawn(facts: Facts, limit: Any) -> Evidence:
    del limit
    return drawn(facts.lot)


PROJECT: Mapping[str, Callable[[Facts, Any], Evidence]] = {
    "project_target": _target,
    "project_fields": _fields,
    "project_no_twin": _no_twin,
    "project_unit_reached": _unit_reached,
    "project_built": _built,
    "project_documents": _documents,
    "project_tendered": _tendered,
    "project_within_contract": _within_contract,
    "project_labour_share": _labour_share,
    "project_no_open_defect": _no_open_defect,
    "project_seen": _seen,
    "project_drawn": _drawn,
}
