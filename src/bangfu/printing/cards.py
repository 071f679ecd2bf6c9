"""Household cards (户卡): one household, one ledger, one plan, one set of measures (一户一账一计划一措施)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bangfu.core.language import Lang, Text
from bangfu.printing.ruled import Part, Ruled
from bangfu.printing.typesetting import typeset

Pair = tuple[Text, str]

TITLE = Text("农户信息卡", "Household card")
NUMBER = Text("户编号", "No.")
SECTIONS = {
    "members": Text("一户：家庭成员", "The household: members"),
    "conditions": Text("一户：两不愁三保障和饮水", "The household: guarantees and water"),
    "income": Text("一账：收入（元）", "The ledger: income (yuan)"),
    "items": Text("一账：各项收支（元）", "The ledger: item by item (yuan)"),
    "money": Text("一账：领到的钱", "The ledger: money received"),
    "help": Text("一计划：风险和安排", "The plan: risks and what is arranged"),
    "measures": Text("一套措施：商定与落实", "The measures: agreed and done"),
    "visits": Text("走访", "Visits"),
    "findings": Text("需要核实", "To be checked"),
}
MEMBER_HEADS = (
    Text("姓名", "Name"),
    Text("与户主关系", "Relation"),
    Text("性别", "Sex"),
    Text("年龄", "Age"),
    Text("证件号码", "Certificate"),
    Text("健康状况", "Health"),
    Text("劳动技能", "Ability to work"),
    Text("在校／文化", "Schooling"),
    Text("医保", "Insured"),
)
MEASURE_HEADS = (
    Text("类别", "Kind"),
    Text("内容", "What"),
    Text("责任人", "Responsible"),
    Text("商定", "Agreed"),
    Text("期限", "Due"),
    Text("落实和结果", "Done, and its result"),
)
VISIT_HEADS = (
    Text("日期", "Day"),
    Text("走访人", "Who went"),
    Text("看到的", "What they saw"),
    Text("农户要求", "Asked for"),
)
FINDING_HEADS = (Text("规则", "Rule"), Text("为什么", "Why"))
SIGNATURES = (
    Text("户主签字", "Head of household"),
    Text("包户干部", "Responsible cadre"),
    Text("日期", "Date"),
)
SCAN = Text("扫码看系统页面", "Scan for its page")
FACTS = Ruled((12, 13, 12, 14, 12, 14, 12, 14), shaded=(0, 2, 4, 6))
MEMBERS = Ruled((9, 12, 6, 6, 21, 12, 15, 12, 10), headed=True)
HELP = Ruled((14, 89), shaded=(0,))
MEASURES = Ruled((15, 26, 14, 13, 13, 22), headed=True)
VISITS = Ruled((13, 14, 46, 30), headed=True)
FINDINGS = Ruled((14, 89), headed=True)
KINDS = {
    "facts": FACTS,
    "members": MEMBERS,
    "help": HELP,
    "measures": MEASURES,
    "visits": VISITS,
    "findings": FINDINGS,
}


@dataclass(frozen=True, slots=True)
class Card:
    """One household's card. Amounts and days come formatted, certificate numbers masked.

    `members`, `measures`, `visits` and `findings` hold a row each, in the order of their heads.
    `money` says what was received, or why that is not known; `verified`, what the last home check saw of
    the income. `qr_svg` is the code of the household's
    page; a card for paper alone goes without.
    """

    number: str
    place: str
    head: str
    facts: Sequence[Pair]
    members: Sequence[Sequence[str]]
    income: Sequence[Pair]
    conditions: Sequence[Pair]
    help: Sequence[Pair]
    findings: Sequence[tuple[str, str]] = ()
    items: Sequence[Pair] = ()
    measures: Sequence[Sequence[str]] = ()
    visits: Sequence[Sequence[str]] = ()
    money: str = ""
    verified: str = ""
    qr_svg: str = ""


def print_cards(cards: Sequence[Card], *, footer: Text, lang: Lang, printed_at: datetime) -> bytes:
    """The cards as one PDF, in the order given, each from a page of its own."""
    data = card_data(cards, lang) | {"footer": footer.to(lang)}
    return typeset("card.typ", data, lang=lang, printed_at=printed_at)


def card_data(cards: Sequence[Card], lang: Lang) -> dict[str, Any]:
    """What household.typ needs to set cards: their words, kinds of tables and contents."""
    words: dict[str, object] = {key: text.to(lang) for key, text in SECTIONS.items()}
    words |= {
        "title": TITLE.to(lang),
        "number": NUMBER.to(lang),
        "scan": SCAN.to(lang),
        "signatures": [text.to(lang) for text in SIGNATURES],
    }
    return {
        "words": words,
        "kinds": {name: kind.data for name, kind in KINDS.items()},
        "cards": [_card(card, lang) for card in cards],
    }


def _card(card: Card, lang: Lang) -> Mapping[str, object]:
    def headed(kind: Ruled, heads: Sequence[Text], rows: Sequence[Sequence[str]]) -> list[Part]:
        return kind.parts([[head.to(lang) for head in heads], *rows]) if rows else []

    return {
        "number": card.number,
        "place": card.place,
        "head": card.head,
        "facts": _pairs(card.facts, lang, FACTS),
        "members": headed(MEMBERS, MEMBER_HEADS, card.members),
        "income": _pairs(card.income, lang, FACTS),
        "items": _pairs(card.items, lang, FACTS),
        "money": card.money,
        "verified": card.verified,
        "conditions": _pairs(card.conditions, lang, FACTS),
        "help": _pairs(card.help, lang, HELP),
        "measures": headed(MEASURES, MEASURE_HEADS, card.measures),
        "visits": headed(VISITS, VISIT_HEADS, card.visits),
        "findings": headed(FINDINGS, FINDING_HEADS, card.findings),
        "qr": card.qr_svg,
    }


def _pairs(pairs: Sequence[Pair], lang: Lang, kind: Ruled) -> list[Part]:
    return kind.paired([(label.to(lang), value) for label, value in pairs])
