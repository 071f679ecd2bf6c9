"""Bound records: the village book (村册), the township register (乡簿), the county file (县档).

Each is a cover with figures, a table of contents, lists, and in the village book the households' cards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bangfu.core.language import Lang, Text
from bangfu.printing.cards import Card, Pair, card_data
from bangfu.printing.typesetting import typeset

_WORDS = {
    "contents": Text("目录", "Contents"),
    "figures": Text("主要数据", "Key figures"),
    "cards": Text("各户", "Household by household"),
    "page": Text("页", "Page"),
    "empty": Text("没有。", "None."),
    "seal": Text("（盖章）", "(seal)"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of a volume. `widths` are shares of the line; `right` the columns of numbers.

    `to_cards`: its rows are those of the volume's cards, in their order, and each names its card's
    page. A longer list than one page repeats its heads.
    """

    title: Text
    heads: Sequence[Text]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()
    note: Text | None = None
    to_cards: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """One bound record. `under` tells its period and day; `signatures` who signs on the cover."""

    title: Text
    place: str
    code: str
    under: Text
    figures: Sequence[Pair]
    listings: Sequence[Listing]
    signatures: Sequence[Text]
    cards: Sequence[Card] = ()


def print_volume(volume: Volume, *, footer: Text, lang: Lang, printed_at: datetime) -> bytes:
    """The volume as a PDF with page numbers."""
    data = card_data(volume.cards, lang)
    data["words"] |= {key: text.to(lang) for key, text in _WORDS.items()}
    data["words"]["signatures"] = [text.to(lang) for text in volume.signatures]
    data |= {
        "footer": footer.to(lang),
        "title": volume.title.to(lang),
        "place": volume.place,
        "code": volume.code,
        "under": volume.under.to(lang),
        "figures": [[label.to(lang), value] for label, value in volume.figures],
        "listings": [
            {
                "title": one.title.to(lang),
                "heads": [head.to(lang) for head in one.heads],
                "widths": list(one.widths),
                "rows": one.rows,
                "right": list(one.right),
                "note": one.note.to(lang) if one.note else "",
                "to_cards": one.to_cards,
            }
            for one in volume.listings
        ],
    }
    return typeset("volume.typ", data, lang=lang, printed_at=printed_at)
