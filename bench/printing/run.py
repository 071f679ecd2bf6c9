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
from random import Random

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


_SURNAMES, _GIVEN = "向谭覃王李张周陈刘彭郑熊", "国华明秀英桂兰平建军玉梅志强晓红"
_RELATIONS = ("户主", "配偶", "之子", "之女", "之孙子", "之父", "之母")
_HEALTH = ("健康", "健康", "健康", "长期慢性病", "患有大病", "残疾")
_SKILLS = ("普通劳动力", "普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
_SCHOOLING = ("小学", "初中", "初中", "高中", "大专", "文盲或半文盲", "七年级")
_TYPES = ("一般农户", "脱贫户", "低保户", "特困供养户")
_CLASSES = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户", "")
_RISKS = ("因病", "因学", "因灾", "因残", "缺劳力", "务工就业不稳")
_MEASURES = (
    "健康帮扶：大病救治",
    "教育帮扶：雨露计划",
    "就业帮扶：公益性岗位",
    "产业帮扶：生产奖补、技术指导",
    "综合保障：低保",
    "住房安全保障：危房改造",
)


def card(number: int) -> Card:
    """An invented household of one to six; like real ones, no two alike."""
    draw = Random(number)

    def pairs(*words: str) -> list[tuple[Text, str]]:
        return [(Text(a, a), b) for a, b in zip(words[::2], words[1::2], strict=True)]

    def yuan(most: int) -> str:
        return f"{draw.randrange(most * 100) / 100:,.2f}"

    def member(relation: str) -> list[str]:
        name = draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=draw.choice((1, 2, 2))))
        certificate = f"420527********{draw.randrange(10_000):04d}"
        return [
            name,
            relation,
            draw.choice("男女"),
            str(draw.randrange(1, 95)),
            certificate,
            draw.choice(_HEALTH),
            draw.choice(_SKILLS),
            draw.choice(_SCHOOLING),
            draw.choice(("是", "是", "是", "否", "")),
        ]

    members = [member(relation) for relation in _RELATIONS[: draw.choice((1, 2, 3, 3, 4, 6))]]
    incomes = ("工资性", "经营净", "财产性", "转移性", "经营支出", "家庭纯收入", "人均", "自付支出")
    month = f"20{draw.randrange(21, 27)}{draw.randrange(1, 13):02d}"
    return Card(
        number=f"42052701{number:08d}",
        place="秭归县 茅坪镇 陈家坝村",
        head=members[0][0],
        facts=pairs(
            *("户主", members[0][0], "户类型", draw.choice(_TYPES)),
            *("监测类别", draw.choice(_CLASSES), "识别", month),
        ),
        members=members,
        income=pairs(*(word for name in incomes for word in (name, yuan(50_000)))),
        conditions=pairs(
            *("房屋等级", draw.choice("ABC"), "危房", draw.choice("是否")),
            *("饮水", draw.choice("是否"), "失学", draw.choice("是否")),
        ),
        help=pairs(
            *("风险", "、".join(draw.sample(_RISKS, k=draw.randrange(3)))),
            *("措施", "；".join(draw.sample(_MEASURES, k=draw.randrange(4)))),
        ),
        findings=[
            ("1_02_006", f"人均纯收入 {yuan(9_000)} 元，低于监测线 8,500 元，未纳入监测。"),
            ("2_01_014", f"家庭成员 {members[-1][0]} 无医疗保险。"),
        ][: draw.choice((1, 1, 2))],
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
