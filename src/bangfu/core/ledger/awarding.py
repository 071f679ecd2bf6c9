"""What a contract is held against: the award of its project's tender, or its share for services."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan


@dataclass(frozen=True, slots=True)
class Award:
    """What a project's tender came to; `winner` and `price_fen` are empty where none was recorded here.

    `ahead` says that the tender is still to come. `signed_fen` is what contracts on it hold already,
    without what they gave back.
    """

    project: str
    ahead: bool
    winner: str
    price_fen: int | None
    signed_fen: int


def beyond_award(award: Award, *, payee: str, fen: int) -> list[Problem]:
    """Why a contract for what was tendered cannot be: no tender yet, another firm, more than the price."""
    if award.ahead:
        text = Text(
            f"项目 {award.project} 还没有登记招标采购的结果。先在项目页登记承建单位和合同价；"
            "勘测设计、监理等合同选“服务合同”。",
            f"The tender of project {award.project} is not recorded. Record its winner and price on the "
            "project's page first; design, supervision and the like are contracts for services.",
        )
        return [Problem("project", text, award.project, "award.tender")]
    if award.price_fen is None:
        return []
    problems = []
    if award.winner and as_named(payee) != as_named(award.winner):
        text = Text(
            f"中标（承建）单位是“{award.winner}”，施工合同只能与它签；勘测设计、监理等合同选“服务合同”。",
            f"{award.winner} won the tender, and only that firm signs for it; design, supervision and the like "
            "are contracts for services.",
        )
        problems.append(Problem("payee", text, payee, "award.winner"))
    if award.signed_fen + fen > award.price_fen:
        text = Text(
            f"中标合同价 {format_yuan(award.price_fen)} 元，已签合同 {format_yuan(award.signed_fen)} 元，"
            f"最多再签 {format_yuan(max(0, award.price_fen - award.signed_fen))} 元。"
            "确需增加的，先在项目页变更合同价。",
            f"The tender was awarded at {format_yuan(award.price_fen)} yuan; "
            f"{format_yuan(award.signed_fen)} are signed for, at most "
            f"{format_yuan(max(0, award.price_fen - award.signed_fen))} are left. "
            "If it must be more, change the price on the project's page first.",
        )
        problems.append(Problem("fen", text, format_yuan(fen), "award.price"))
    return problems


def beyond_services(*, cost_fen: int, share: Fraction, signed_fen: int, fen: int) -> list[Problem]:
    """Why a contract for services cannot be: with those signed it passes their share of the cost."""
    most = int(cost_fen * share)
    if signed_fen + fen <= most:
        return []
    percent = float(share * 100)
    text = Text(
        f"服务合同合计最多占资金规模的 {percent:g}%，即 {format_yuan(most)} 元，"
        f"已签 {format_yuan(signed_fen)} 元。",
        f"Contracts for services are at most {percent:g} % of the cost, {format_yuan(most)} yuan; "
        f"{format_yuan(signed_fen)} are signed.",
    )
    return [Problem("fen", text, format_yuan(fen), "projects.service_share")]


def as_named(party: str) -> str:
    """A firm's name as names are compared: width of brackets and spaces do not tell firms apart."""
    return "".join(unicodedata.normalize("NFKC", party).split())
