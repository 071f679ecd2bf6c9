"""Ruled tables: what is known of a text's width beforehand is what Typst makes of it."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.printing.ruled import LINE, Ruled, wrapped
from bangfu.printing.typesetting import ask
from bangfu.printing.widths import EM, width

WORDS = (
    st.text(
        st.sampled_from("秭归县茅坪镇覃𬭎，。、：；（）《》“”—…！？Aa gj1,.0*-/%×±ⅠαЖéﾊ"),
        max_size=12,
    )
    | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
    | st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=12)
)


@settings(max_examples=20, deadline=None)
@given(st.lists(WORDS, min_size=50, max_size=50))
def test_widths_are_those_of_typst(texts):
    # A space at an end has no width, and Typst keeps twice the same quotation mark apart.
    texts = ["国" + re.sub("([“‘])+", "\\1", text.strip()) + "国" for text in texts]
    told = ask("widths.typ", "<widths>", texts)
    assert [(text, width(text)) for text in texts] == list(zip(texts, told, strict=True))


@given(WORDS, st.integers(2 * EM, 9 * EM))
def test_wrapping_loses_no_letter_and_keeps_the_limit(text, limit):
    lines = wrapped(text, limit)
    assert "".join("".join(line for line, _ in lines).split()) == "".join(text.split()) or "—"
    assert all(wide == width(line) <= limit for line, wide in lines)


def test_latin_words_stay_whole_and_closing_marks_do_not_begin_a_line():
    assert [line for line, _ in wrapped("Head of household", 6 * EM)] == ["Head of", "household"]
    assert [line for line, _ in wrapped("大病救治，雨露计划", 4 * EM)] == [
        "大病救",
        "治，雨露",
        "计划",
    ]
    assert wrapped("4205271010010001", 3 * EM)[0][0] == "42052"


def placed(part):
    """Where each word of a part's first line begins."""
    at, found = 0, {}
    for piece in part["pieces"]:
        if isinstance(piece, int):
            at += piece
            continue
        for word in piece.rstrip("\n").replace("\u2003", "\u2002\u2002").split("\u2002"):
            if word:
                found[word] = at
                at += width(word)
            at += EM // 2
        at -= EM // 2
        if piece.endswith("\n"):
            break
    return found


def test_every_text_begins_at_its_column_whatever_stands_before_it():
    kind = Ruled((20, 30, 20, 33))
    for before in ("覃秭归", "11.1", "4205**91", "a"):
        (part,) = kind.parts([[before, "二", before, "四"]])
        found = placed(part)
        assert abs(found["二"] - 10_500) <= 30
        assert abs(found["四"] - 35_500) <= 30


def test_amounts_end_at_the_right_of_their_column():
    (part,) = Ruled((50, 53), right=(1,)).parts([["甲", "1,234.50"]])
    assert abs(placed(part)["1,234.50"] + width("1,234.50") - (LINE * EM // 2 - 500)) <= 30


def test_rows_are_kept_together_in_parts_of_twelve_lines():
    kind = Ruled((50, 53))
    parts = kind.parts([["甲", "乙"]] * 30)
    assert [sum(part["heights"]) for part in parts] == [12, 12, 6]
    long = kind.parts([["甲", "乙" * 25 * 30]])
    assert sum(height for part in long for height in part["heights"]) == 30
    assert all(sum(part["heights"]) <= 12 for part in long)


def test_an_empty_value_is_a_dash_and_a_short_row_is_filled():
    (part,) = Ruled((20, 30, 20, 33)).parts([["户主", ""]])
    assert list(placed(part)) == ["户主", "—"]
