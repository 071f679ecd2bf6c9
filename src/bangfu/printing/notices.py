"""Public notices (公示) on A4 for the village board, with the QR code of their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bangfu.core.language import Lang, Text
from bangfu.printing.typesetting import typeset

_WORDS = {
    "number": Text("序号", "No."),
    "objection": Text(
        "对公示内容有异议的，请在公示期内扫码提出，或者告诉村干部登记，可以不留姓名。"
        "异议没有答复之前，不会进入下一步。",
        "If you object to anything here, scan the code while the notice is open, or tell a village "
        "cadre; you need not give your name. Nothing goes on before an objection is answered.",
    ),
    "scan": Text("扫码看本页、提异议", "Scan to read or object"),
    "seal": Text("（盖章）", "(seal)"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One notice. `rows` are texts under `heads`; `numbers` the columns that stand to the right;
    `qr_svg` the code of `address`, the notice's public page."""

    title: Text
    place: str
    opens_on: date
    closes_on: date
    heads: Sequence[Text]
    numbers: Sequence[int]
    rows: Sequence[Sequence[Text]]
    address: str
    qr_svg: str


def print_notice(paper: Paper, *, lang: Lang, printed_at: datetime) -> bytes:
    """The notice as a PDF; a long one repeats its heads on every page."""
    days = (paper.closes_on - paper.opens_on).days + 1
    period = Text(
        f"公示期：{_chinese(paper.opens_on)}至{_chinese(paper.closes_on)}，共 {days} 天",
        f"On the board from {paper.opens_on} to {paper.closes_on}, {days} days",
    )
    rows = [[cell.to(lang) for cell in row] for row in paper.rows]
    data = {
        "words": {key: text.to(lang) for key, text in _WORDS.items()},
        "title": paper.title.to(lang),
        "place": paper.place,
        "period": period.to(lang),
        "day": Text(_chinese(paper.opens_on), paper.opens_on.isoformat()).to(lang),
        "heads": [head.to(lang) for head in paper.heads],
        # The column of numbers comes before the rows' own.
        "right": [column + 1 for column in paper.numbers],
        "rows": rows,
        "address": paper.address,
        "qr": paper.qr_svg,
    }
    return typeset("notice.typ", data, lang=lang, printed_at=printed_at)


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
