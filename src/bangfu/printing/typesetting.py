"""One door to Typst: a template of this folder and its data in, a PDF or an answer out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from bangfu.core.language import Lang, Text
from bangfu.printing.coverage import GETA, folders, printable, unprintable

_TEMPLATES = Path(__file__).parent
BY_HAND = Text(
    f"{GETA}：打印字库里没有的字，请照系统页面手写补上。",
    f"{GETA}: a character the fonts do not hold; write it in by hand as the page shows it.",
)


def typeset(template: str, data: Mapping[str, Any], *, lang: Lang, printed_at: datetime) -> bytes:
    """The PDF of `template` ("card.typ") filled with `data`.

    The Chinese fonts are embedded from the package, never taken from the system, so that a document
    looks the same everywhere. A character they do not hold comes out as 〓, and `by_hand` in the data
    then tells readers so in `lang`. `printed_at` goes into the PDF's own metadata.
    """
    pdf = typst.compile(
        str(_TEMPLATES / template),
        **_setting(_covered(data, lang)),
        format="pdf",
        pdf_tags=False,
        timestamp=int(printed_at.timestamp()),
    )
    assert isinstance(pdf, bytes)  # one format, one document: bytes, not a list of pages
    return pdf


def ask(template: str, label: str, data: Sequence[Any]) -> Any:
    """What the metadata under `label` says once `template` is laid out with `data`."""
    answer = typst.query(
        str(_TEMPLATES / template), label, field="value", one=True, **_setting(data)
    )
    return json.loads(answer)


def _covered(data: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """The data with the sign for what cannot be printed, and the note that explains it, if any."""
    written = json.dumps(data, ensure_ascii=False)
    if not unprintable(written):
        return {**data, "by_hand": ""}
    return {**json.loads(printable(written)), "by_hand": BY_HAND.to(lang)}


def _setting(data: object) -> dict[str, Any]:
    written = json.dumps(data, ensure_ascii=False)
    return {
        "root": str(_TEMPLATES),
        "font_paths": folders(written),
        "ignore_system_fonts": True,
        "sys_inputs": {"data": written},
    }
