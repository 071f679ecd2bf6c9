"""Bulletins (通报) on A4 as an office writes them: title, number, paragraphs, day and seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bangfu.core.language import Lang, Text
from bangfu.printing.typesetting import typeset

_DRAFT = Text("草稿，未签发", "draft, not issued")
_SEAL = Text("（盖章）", "(seal)")
_ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Paper:
    """One bulletin. `body` has an empty line between paragraphs; one that begins 一、 is a heading."""

    title: str
    number: str
    office: str
    day: date
    body: str
    issued: bool


def print_bulletin(paper: Paper, *, lang: Lang, printed_at: datetime) -> bytes:
    """The bulletin as a PDF. Its text is Chinese; `lang` is the language of what stands around it."""
    day = Text(f"{paper.day.year}年{paper.day.month}月{paper.day.day}日", paper.day.isoformat())
    data = {
        "title": paper.title,
        "number": paper.number,
        "draft": "" if paper.issued else _DRAFT.to(lang),
        "office": paper.office,
        "seal": _SEAL.to(lang),
        "day": day.to(lang),
        "paragraphs": [
            {"head": _is_head(part), "text": part}
            for part in (each.strip() for each in paper.body.split("\n"))
            if part
        ],
    }
    return typeset("bulletin.typ", data, lang=lang, printed_at=printed_at)


def _is_head(part: str) -> bool:
    return len(part) > 1 and part[0] in _ORDINALS and part[1] == "、"
