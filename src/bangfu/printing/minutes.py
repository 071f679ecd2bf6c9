"""Village minutes (一村一纪要): items, amounts, source lines, departments and deadlines agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bangfu.core.language import Lang, Text
from bangfu.printing.ruled import Ruled
from bangfu.printing.typesetting import typeset

WORDS = {
    "title": Text("资金整合纪要", ": minutes of the pooled funds"),
    "items": Text("议定事项", "What was agreed"),
    "nothing": Text(
        "本年度方案没有安排到本村的项目。", "This year's plan holds no project in this village."
    ),
    "notes": Text("说明", "Notes"),
}
ITEM_HEADS = (
    Text("编号", "No."),
    Text("事项", "Item"),
    Text("金额（元）", "Amount (yuan)"),
    Text("资金来源", "Source line"),
    Text("责任部门", "Department"),
    Text("完成时限", "Deadline"),
)
SIGNATURES = (
    Text("联村县领导", "County leader"),
    Text("责任部门", "Departments"),
    Text("乡镇", "Township"),
    Text("村委会", "Village committee"),
)
FACTS = Ruled((19, 15, 19, 15, 19, 16), shaded=(0, 2, 4))
ITEMS = Ruled((14, 24, 15, 28, 12, 10), right=(2,), headed=True)


@dataclass(frozen=True, slots=True)
class Minutes:
    """One village's page. `items` holds six texts a row, in the order of ITEM_HEADS."""

    code: str
    name: str
    place: str
    facts: Sequence[tuple[Text, str]]
    items: Sequence[Sequence[str]]
    notes: Sequence[Text]


def print_minutes(
    villages: Sequence[Minutes], *, footer: Text, lang: Lang, printed_at: datetime
) -> bytes:
    """The minutes as one PDF, a village a page."""
    words: dict[str, object] = {key: text.to(lang) for key, text in WORDS.items()}
    words["signatures"] = [text.to(lang) for text in SIGNATURES]
    heads = [text.to(lang) for text in ITEM_HEADS]
    return typeset(
        "minutes.typ",
        {
            "words": words,
            "kinds": {"facts": FACTS.data, "items": ITEMS.data},
            "footer": footer.to(lang),
            "villages": [
                {
                    "code": village.code,
                    "name": village.name,
                    "place": village.place,
                    "facts": FACTS.paired(
                        [(label.to(lang), value) for label, value in village.facts]
                    ),
                    "items": ITEMS.parts([heads, *village.items]) if village.items else [],
                    "notes": [note.to(lang) for note in village.notes],
                }
                for village in villages
            ],
        },
        lang=lang,
        printed_at=printed_at,
    )
