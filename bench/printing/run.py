"""A thousand household cards as one PDF: Typst through `bangfu.printing`, against WeasyPrint.

run.py [CARDS]: one JSON line. The same card, with the same rows and the same embedded fonts, as a
Typst template and as HTML with CSS. WeasyPrint prints a tenth of the cards and its time is taken ten
times, since it is linear in them and takes minutes.
"""

from __future__ import annotations

import html
import json
import sys
import time
from datetime import datetime

import pylopdf_fonts_zh_cn as fonts
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bangfu.core.language import Text
from bangfu.printing.cards import (
    FINDING_HEADS,
    MEMBER_HEADS,
    SECTIONS,
    SIGNATURES,
    TITLE,
    Card,
    print_cards,
)

FOOTER = Text("人员均为虚构", "All persons are invented")
PART = 10


def card(number: int) -> Card:
    """An invented household of three."""

    def pairs(*words: str) -> list[tuple[Text, str]]:
        return [(Text(a, a), b) for a, b in zip(words[::2], words[1::2], strict=True)]

    member = ["演示", "户主", "男", "45", "420527********9911", "健康", "普通劳动力", "初中", "是"]
    return Card(
        number=f"42052701{number:08d}",
        place="秭归县 茅坪镇 陈家坝村",
        facts=pairs(
            "户主",
            f"演示{number}",
            "户类型",
            "脱贫户",
            "监测类别",
            "边缘易致贫户",
            "识别",
            "202503",
        ),
        members=[[f"{member[0]}{number}", *member[1:]] for _ in range(3)],
        income=pairs(
            "工资",
            "30,000.00",
            "经营",
            "24,000.00",
            "财产",
            "500.00",
            "转移",
            "4,500.00",
            "支出",
            "9,000.00",
            "纯收入",
            "50,000.00",
            "人均",
            "16,666.66",
            "自付",
            "0.00",
        ),
        conditions=pairs("房屋等级", "A", "危房", "否", "饮水", "是", "失学", "否"),
        help=pairs("风险", "因病、因学", "措施", "健康帮扶：大病救治；教育帮扶：雨露计划"),
        findings=[("1_02_006", f"第 {number} 户人均纯收入低于监测线，未纳入监测。")],
    )


def page(one: Card) -> str:
    """The card as HTML."""

    def text(value: object) -> str:
        return html.escape(str(value) or "—")

    def facts(pairs: object, columns: int) -> str:
        cells = [f"<th>{text(label.zh)}</th><td>{text(value)}</td>" for label, value in pairs]  # type: ignore[attr-defined]
        rows = ["".join(cells[at : at + columns]) for at in range(0, len(cells), columns)]
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"

    def rows(heads: object, body: object) -> str:
        head = "".join(f"<th>{text(h.zh)}</th>" for h in heads)  # type: ignore[attr-defined]
        lines = "".join(
            "<tr>" + "".join(f"<td>{text(v)}</td>" for v in line) + "</tr>" for line in body
        )  # type: ignore[attr-defined]
        return f"<table><tr>{head}</tr>{lines}</table>"

    heads = {name: f"<h2>{text(words.zh)}</h2>" for name, words in SECTIONS.items()}
    return (
        f"<section><h1>{TITLE.zh}</h1><p>{text(one.place)} {one.number}</p>{facts(one.facts, 4)}"
        f"{heads['members']}{rows(MEMBER_HEADS, one.members)}{heads['income']}{facts(one.income, 4)}"
        f"{heads['conditions']}{facts(one.conditions, 4)}{heads['help']}{facts(one.help, 1)}"
        f"{heads['findings']}{rows(FINDING_HEADS, one.findings)}"
        f"<p>{'　　　'.join(words.zh + '：' for words in SIGNATURES)}</p></section>"
    )


STYLE = f"""
@font-face {{ font-family: body; src: url(file://{fonts.serif_path()}) }}
@font-face {{ font-family: head; src: url(file://{fonts.sans_path()}) }}
@page {{ size: A4; margin: 16mm 18mm; @bottom-left {{ content: "{FOOTER.zh}"; font: 8pt head }} }}
section {{ break-after: page; font: 9.5pt body }} h1 {{ font: 16pt head; text-align: center }}
h2 {{ font: 10.5pt head }} table {{ width: 100%; border-collapse: collapse; table-layout: fixed }}
th, td {{ border: 0.4pt solid #999; padding: 3pt 4pt; text-align: left }} th {{ background: #f5f5f5; font-weight: normal }}
"""


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    cards = [card(at) for at in range(number)]
    print_cards(cards[:1], footer=FOOTER, lang="zh", printed_at=datetime(2026, 11, 22))
    started = time.perf_counter()
    pdf = print_cards(cards, footer=FOOTER, lang="zh", printed_at=datetime(2026, 11, 22))
    ours = time.perf_counter() - started
    pages = "".join(page(one) for one in cards[: number // PART])
    configuration = FontConfiguration()
    style = CSS(string=STYLE, font_config=configuration)
    started = time.perf_counter()
    HTML(string=pages).write_pdf(stylesheets=[style], font_config=configuration)
    theirs = (time.perf_counter() - started) * PART
    report = {
        "cards": number,
        "bangfu_s": round(ours, 2),
        "weasyprint_s": round(theirs, 1),
        "ratio": round(theirs / ours, 1),
        "pdf_mb": round(len(pdf) / 1e6, 1),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
