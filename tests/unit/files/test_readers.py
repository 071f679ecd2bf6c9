"""What each column reader takes, what it refuses, and what it says would be right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from bangfu.files import cells, dates, numbers
from bangfu.files.masking import mask_personal
from bangfu.files.reading import Reading


def _column(*texts: str | None) -> pl.Series:
    return pl.Series("x", texts, dtype=pl.String)


def _wrong(reading: Reading) -> dict[str, str]:
    return {fault.value: fault.rule for fault in reading.faults}


def test_a_fault_names_every_position_once() -> None:
    reading = numbers.read_whole(_column("1", "x", None, "x", "y"))
    assert reading.values.to_list() == [1, None, None, None, None]
    assert [(f.value, f.positions) for f in reading.faults] == [("x", (1, 3)), ("y", (4,))]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12", 1200),
        ("-0.5", -50),
        ("0", 0),
        ("1,234.50", 123450),
        ("12.", 1200),
        ("１２．３元", 1230),
        ("¥ 5", 500),
        ("1e3", 100_000),
        ("−3", -300),
        ("999999999999999.99", 99_999_999_999_999_999),
        ("1234.5600", 123456),
    ],
)
def test_money(text: str, fen: int) -> None:
    assert numbers.read_money(_column(text)).values.to_list() == [fen]


@pytest.mark.parametrize(
    "text", ["0.001", "x", "5万元", "12,34", "nan", "inf", "1e300", "--1", "1.2.3", "0." + "1" * 40]
)
def test_money_refuses(text: str) -> None:
    reading = numbers.read_money(_column(text))
    assert reading.values.to_list() == [None]
    assert list(_wrong(reading)) == [text]


def test_money_in_wan() -> None:
    reading = numbers.read_money(_column("300", "0.000001", "0.0000001", "1.5万元", "3元"), "wan")
    assert reading.values.to_list() == [300_000_000, 1, None, 1_500_000, None]


def test_limits_hold_for_plain_and_careful_texts_alike() -> None:
    reading = numbers.read_money(_column("-1", "-1.00元", "5", "5元"), least_fen=0)
    assert reading.values.to_list() == [None, None, 500, 500]
    assert _wrong(reading) == {"-1": "range", "-1.00元": "range"}
    assert "≥ 0" in reading.faults[0].text.zh
    whole = numbers.read_whole(_column("13", "13.0", "12"), 0, 12)
    assert whole.values.to_list() == [None, None, 12]
    assert "≤ 12" in whole.faults[0].text.zh


def test_decimal_and_share_are_exact() -> None:
    assert numbers.read_decimal(_column("0.1", "12.50", "x")).values.to_list() == [
        Decimal("0.1"),
        Decimal("12.5"),
        None,
    ]
    reading = numbers.read_share(_column("55%", "５５％", "0.55", "1", "55", "-1%", "100.1%"))
    assert reading.values.to_list()[:4] == [Decimal("0.55")] * 3 + [Decimal(1)]
    assert set(_wrong(reading)) == {"55", "-1%", "100.1%"}


@pytest.mark.parametrize(
    "text",
    [
        "2023-04-01",
        "2023/4/1",
        "2023.4.1",
        "20230401",
        "2023年4月1日",
        "２０２３年０４月０１日",
        "2023-04-01 10:30:00",
        "45017",
        "45017.4",
    ],
)
def test_date(text: str) -> None:
    assert dates.read_date(_column(text)).values.to_list() == [date(2023, 4, 1)]
    assert dates.read_month(_column(text)).values.to_list() == [202304]


@pytest.mark.parametrize("text", ["2023-02-30", "1026", "0001-01-01", "2023-13-01", "昨天", "3"])
def test_date_refuses(text: str) -> None:
    assert _wrong(dates.read_date(_column(text))) == {text: "date"}


@pytest.mark.parametrize(
    "text", ["202310", "2023-10", "2023/10", "2023年10月", "2023年10月份", "2023.10", "202310.0"]
)
def test_month(text: str) -> None:
    assert dates.read_month(_column(text)).values.to_list() == [202310]


def test_month_refuses_and_does_not_guess() -> None:
    reading = dates.read_month(_column("2023.1", "202313", "x", "2023"))
    assert set(_wrong(reading)) == {"2023.1", "202313", "x", "2023"}
    assert "202310" in reading.faults[0].text.zh


def test_text_is_tidied_and_punctuation_stays() -> None:
    texts = _column(" 张　三 ", "第１２组Ａ", "甲\r\n乙", "（一）、", "a\x00b", None)
    assert cells.read_text(texts).values.to_list() == [
        "张 三",
        "第12组A",
        "甲 乙",
        "（一）、",
        "ab",
        None,
    ]


def test_identifiers() -> None:
    texts = _column("42052719800101123x", "４２０ 527", "123.0", '="007"', "'42", "ab-c")
    assert cells.read_identifier(texts).values.to_list() == [
        "42052719800101123X",
        "420527",
        "123",
        "007",
        "42",
        "AB-C",
    ]


@pytest.mark.parametrize(
    "text", ["420527198001010000", "4.20527198001011e+17", "4.2E+17", "4.2052E+15"]
)
def test_numbers_that_excel_damaged_are_named_as_such(text: str) -> None:
    reading = cells.read_identifier(_column(text))
    assert _wrong(reading) == {text: "excel-precision"}
    assert "Excel" in reading.faults[0].text.zh


def test_flags_in_the_callers_words() -> None:
    reading = cells.read_flag(_column("是", "无", "TRUE", "0", "√"))
    assert reading.values.to_list() == [True, False, True, False, None]
    own = cells.read_flag(_column("参加", "是"), ("参加",), ("未参加",))
    assert own.values.to_list() == [True, None]
    assert "未参加" in own.faults[0].text.zh


def test_codes_with_aliases_and_suggestion() -> None:
    allowed = ["户主", "配偶", "之子", "普通高中（一年级）"]
    texts = _column("户主", "01", "1.0", "配 偶", "普通高中(一年级)", "之字", "外星人")
    reading = cells.read_code(texts, allowed, {"01": "户主", "1": "户主"})
    assert reading.values.to_list() == [
        "户主",
        "户主",
        "户主",
        "配偶",
        "普通高中（一年级）",
        None,
        None,
    ]
    assert "“之子”最接近" in reading.faults[0].text.zh
    assert "最接近" not in reading.faults[1].text.zh
    assert "户主、配偶" in reading.faults[1].text.zh


def test_several_codes_in_a_cell() -> None:
    allowed = ["健康", "长期慢性病", "残疾", "甲、乙"]
    texts = _column("残疾，长期慢性病; 残疾", "甲、乙", "健康、癌症", "，")
    reading = cells.read_codes(texts, allowed)
    assert reading.values.to_list() == [["残疾", "长期慢性病"], ["甲、乙"], None, None]
    assert _wrong(reading) == {"健康、癌症": "list"}


def test_several_free_values_in_a_cell() -> None:
    reading = cells.read_values(_column("花生、 茶,茶叶"), {"茶": "茶叶"})
    assert reading.values.to_list() == [["花生", "茶叶"]]


def test_empty_columns_stay_empty() -> None:
    empty = _column(None, None)
    for read in (
        numbers.read_money,
        numbers.read_decimal,
        dates.read_date,
        cells.read_identifier,
        cells.read_flag,
        cells.read_values,
    ):
        reading = read(empty)
        assert reading.values.null_count() == 2
        assert reading.values.name == "x"
        assert reading.faults == ()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("420527198001011234", "420527********1234"),
        ("证件42052719800101123X。", "证件420527********123X。"),
        ("13912345678", "139****5678"),
        ("4.20527198001011e+17", "4.2052**********e+17"),
        ("6222 0212 3456 7890", "6222 0*********7890"),
        ("12345.67", "12345.67"),
        ("张三", "张三"),
    ],
)
def test_masking(value: str, shown: str) -> None:
    assert mask_personal(value) == shown
