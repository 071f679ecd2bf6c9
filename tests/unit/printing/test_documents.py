"""Cards and minutes come out as PDFs, in both languages, with rare characters."""

import io
from dataclasses import replace
from datetime import datetime

import pytest
import typst
from PIL import Image

from bangfu.core.language import Text
from bangfu.printing.cards import Card, print_cards
from bangfu.printing.minutes import Minutes, print_minutes

NOW = datetime(2026, 11, 22)
FOOTER = Text("人员均为虚构", "All persons are invented")


def a_card(number):
    member = ["覃𬭎", "户主", "男", "45", "420527********9911", "健康", "普通劳动力", "初中", "是"]
    pair = [(Text("户主", "Head"), "覃𬭎")]
    return Card(
        number,
        "秭归县 茅坪镇 陈家坝村",
        "覃𬭎",
        pair,
        [member],
        pair,
        pair,
        pair,
        [("1_02_006", "低于监测线")],
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_cards_follow_one_another(lang):
    pdf = print_cards([a_card("1"), a_card("2")], footer=FOOTER, lang=lang, printed_at=NOW)
    assert pdf.startswith(b"%PDF")
    one = print_cards([a_card("1")], footer=FOOTER, lang=lang, printed_at=NOW)
    assert len(pdf) > len(one)


def test_the_same_cards_are_the_same_bytes():
    one, two = (
        print_cards([a_card("1")], footer=FOOTER, lang="zh", printed_at=NOW) for _ in range(2)
    )
    assert one == two


@pytest.mark.parametrize("items", [[], [["P1", "路 <b> #x $y", "1.00", "F1", "交通局", "2026"]]])
def test_minutes_hold_any_text(items):
    village = Minutes(
        "420527101207", "陈家坝村", "茅坪镇", [(Text("a", "b"), "")], items, [Text("说明", "note")]
    )
    assert print_minutes([village], footer=FOOTER, lang="zh", printed_at=NOW).startswith(b"%PDF")


def test_no_card_at_all_is_still_a_document():
    assert print_cards([], footer=FOOTER, lang="zh", printed_at=NOW).startswith(b"%PDF")


SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9h-9z"/></svg>'


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_code_and_its_caption_end_above_the_first_table(lang, monkeypatch):
    drawn = []
    compiled = typst.compile

    def as_picture(template, *, sys_inputs, root, font_paths, ignore_system_fonts, **_):
        setting = {"root": root, "font_paths": font_paths, "sys_inputs": sys_inputs}
        more = {"ignore_system_fonts": ignore_system_fonts, "format": "png", "ppi": 72}
        drawn.append(compiled(template, **setting, **more))
        return b"%PDF"

    monkeypatch.setattr(typst, "compile", as_picture)
    card = replace(a_card("1"), qr_svg=SQUARE, verified="入户核实 2026-11-23：纯收入 18,700.00 元")
    print_cards([card], footer=FOOTER, lang=lang, printed_at=NOW)
    page = Image.open(io.BytesIO(drawn[0])).convert("L")
    width, height = page.size
    ink = [[page.getpixel((x, y)) < 230 for x in range(width)] for y in range(height)]
    top_of_table = next(y for y in range(height) if sum(ink[y]) > width * 0.7)
    bottom_of_caption = max(y for y in range(top_of_table) if any(ink[y]))
    assert top_of_table - bottom_of_caption >= 3
