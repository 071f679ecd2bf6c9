"""Household cards (户卡): what the books know of a household, on one A4 page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bangfu.core.language import Lang, Text
from bangfu.printing.ruled import Part, Ruled
from bangfu.printing.typesetting import typeset

Pair = tuple[Text, str]

TITLE = Text("农户信息卡", "Household card")
NUMBER = Text("户编号", "No.")
SECTIONS = {
    "members": Text("家庭成员", "Members"),
    "income": Text("收入（元）", "Income (yuan)"),
    "conditions": Text("两不愁三保障和饮水", "Guarantees and water"),
    "help": Text("风险和帮扶", "Risks and measures"),
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
FINDING_HEADS = (Text("规则", "Rule"), Text("为什么", "Why"))
SIGNATURES = (
    Text("户主签字", "Head of household"),
    Text("包户干部", "Responsible cadre"),
    Text("日期", "Date"),
)
FACTS = Ruled((12, 13, 12, 14, 12, 14, 12, 14), shaded=(0, 2, 4, 6))
MEMBERS = Ruled((9, 12, 6, 6, 21, 13, 15, 12, 9), headed=True)
HELP = Ruled((14, 89), shaded=(0,))
FINDINGS = Ruled((14, 89), headed=True)


@dataclass(frozen=True, slots=True)
class Card:
    """One household's page. Amounts and numbers come formatted, certificate numbers masked.

    `members` holds nine texts a person, in the order of MEMBER_HEADS; `findings` the rule and why.
    """

    number: str
    place: str
    facts: Sequence[Pair]
    members: Sequence[Sequence[str]]
    income: Sequence[Pair]
    conditions: Sequence[Pair]
    help: Sequence[Pair]
    findings: Sequence[tuple[str, str]]


def print_cards(cards: Sequence[Card], *, footer: Text, lang: Lang, printed_at: datetime) -> bytes:
    """The cards as one PDF, in the order given."""
    words: dict[str, object] = {key: text.to(lang) for key, text in SECTIONS.items()}
    words |= {
        "title": TITLE.to(lang),
        "number": NUMBER.to(lang),
        "signatures": [text.to(lang) for text in SIGNATURES],
    }
    kinds = {"facts": FACTS, "members": MEMBERS, "help": HELP, "findings": FINDINGS}
    return typeset(
        "card.typ",
        {
            "words": words,
            "kinds": {name: kind.data for name, kind in kinds.items()},
            "footer": footer.to(lang),
            "cards": [_card(card, lang) for card in cards],
        },
        printed_at=printed_at,
    )


def _card(card: Card, lang: Lang) -> dict[str, object]:
    member_heads = [text.to(lang) for text in MEMBER_HEADS]
    finding_heads = [text.to(lang) for text in FINDING_HEADS]
    return {
        "number": card.number,
        "place": card.place,
        "facts": _pairs(card.facts, lang, FACTS),
        "members": MEMBERS.parts([member_heads, *card.members]),
        "income": _pairs(card.income, lang, FACTS),
        "conditions": _pairs(card.conditions, lang, FACTS),
        "help": _pairs(card.help, lang, HELP),
        "findings": FINDINGS.parts([finding_heads, *card.findings]) if card.findings else [],
    }


def _pairs(pairs: Sequence[Pair], lang: Lang, kind: Ruled) -> list[Part]:
    return kind.paired([(label.to(lang), value) for label, value in pairs])
