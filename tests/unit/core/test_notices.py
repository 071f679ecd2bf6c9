"""The allow-list, field by field: no field of any kind takes a number or a word of health."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core import notices
from bangfu.core.language import Text
from bangfu.core.notices import KINDS, Field, Form, Kind, looks_personal

EVERY_FIELD = [(kind, field) for kind in KINDS.values() for field in kind.fields]
NUMBERS = {
    "ID": "420527198001011234",
    "ID with X": "11010519491231002X",
    "old ID": "420527800101123",
    "phone": "13912345678",
    "phone with dashes": "139-1234-5678",
    "phone with spaces": "139 1234 5678",
    "phone in full width": "１３９１２３４５６７８",
    "phone in Chinese digits": "一三九一二三四五六七八",
    "phone with hidden signs": "139\u200b1234\u200b5678",
    "phone in Arabic digits": "١٣٩١٢٣٤٥٦٧٨",
    "landline": "0717-2882222",
    "bank card": "6222021234567890123",
    "bank card in fours": "6222 0212 3456 7890",
    "ID with a date inside": "420527-1980-01-01-1234",
    "phone in words": "电话（139）1234.5678",
}
HEALTH = [
    "因病",
    "因残",
    "患有大病",
    "长期慢性病",
    "肢体残疾二级",
    "肺癌",
    "透析",
    "HIV",
    "disabled",
]
GOOD = {
    Form.NAME: "甲虚构",
    Form.TEXT: "一组",
    Form.COUNT: "3",
    Form.MONEY: "1234.50",
    Form.DAY: "2026-11-22",
}
IDS = [f"{kind.code}.{field.key}" for kind, field in EVERY_FIELD]


def good(field: Field) -> str:
    return field.choices[0].zh if field.form is Form.CHOICE else GOOD[field.form]


@pytest.mark.parametrize(("kind", "field"), EVERY_FIELD, ids=IDS)
@pytest.mark.parametrize("number", NUMBERS)
def test_no_field_takes_a_number(kind, field, number):
    for value in (NUMBERS[number], f"甲{NUMBERS[number]}", f"{NUMBERS[number]}号"):
        [problem] = notices.problems_of_rows(kind, [{field.key: value}])
        assert problem.where == f"1.{field.key}"
        assert NUMBERS[number] not in str(problem.text)
        assert problem.value == ""


@pytest.mark.parametrize(("kind", "field"), EVERY_FIELD, ids=IDS)
@pytest.mark.parametrize("word", HEALTH)
def test_no_field_of_persons_but_a_name_takes_a_word_of_health(kind, field, word):
    if kind.persons and field.form is not Form.NAME:
        assert notices.problems_of_rows(kind, [{field.key: word}])


@pytest.mark.parametrize(("kind", "field"), EVERY_FIELD, ids=IDS)
def test_every_field_takes_what_it_is_for(kind, field):
    assert notices.problems_of_rows(kind, [{field.key: good(field)}]) == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(
    "key", ["certificate", "phone", "bank_account", "health", "risk_1", "household_no", "name "]
)
def test_no_kind_takes_another_field(kind, key):
    [problem] = notices.problems_of_rows(kind, [{key: "x"}])
    assert problem.rule == "field"


def test_no_kind_has_a_field_of_risk_or_health():
    words = [field.head.zh + field.key for _, field in EVERY_FIELD] + [
        choice.zh for _, field in EVERY_FIELD for choice in field.choices
    ]
    assert not [
        word
        for word in words
        if notices.speaks_of_health(word) or "风险类" in word or "证件" in word or "电话" in word
    ]


@pytest.mark.parametrize(
    "name",
    [
        "霍去病",  # no word of a name is held against it
        "阿卜杜热西提·买买提",
        "覃𬭎",
        "\U00032000某",  # newer than Python's tables
        "\ue863某",  # a private sign of an old register
        "葛\U000e0100某",  # with its variant form
        "Ana María",
    ],
)
def test_names_of_every_script(name):
    assert notices.problems_of_rows(KINDS["recognition"], [{"head": name}]) == []


@pytest.mark.parametrize("name", ["甲1", "甲<b>", "=cmd|' /C calc'!A0", "甲\n乙", "甲②", "甲" * 61])
def test_a_name_is_letters_only(name):
    assert notices.problems_of_rows(KINDS["recognition"], [{"head": name}])


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("张三丰", "张*丰"), ("欧阳娜娜", "欧**娜"), ("𬭎", "𬭎*"), ("覃𬭎", "覃*")],
)
def test_masked_names(name, masked):
    assert notices.mask_name(name) == masked


def test_a_mask_counts_a_variant_form_as_one_character():
    assert notices.mask_name("葛\U000e0100某") == "葛*"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22至2026-11-26",
        "秭农办〔2026〕12号",
        "852万元",
        "1、2、3、4、5、6、7组",
        "420527 茅坪",
        "12,345.67元",
    ],
)
def test_what_is_no_personal_number(text):
    assert not looks_personal(text)


@given(st.integers(10**6, 10**18), st.sampled_from(["", " ", "-", "\u200b", "."]))
def test_digits_on_end_are_found_however_they_are_parted(number, between):
    assert looks_personal("甲" + between.join(str(number)) + "乙")


@given(
    st.text(
        st.characters(exclude_categories=["N", "Cs"], exclude_characters="〇零一二三四五六七八九幺")
    )
)
def test_without_digits_nothing_looks_personal(text):
    assert not looks_personal(text)


PAYMENT = Kind(
    "payment",
    Text("资金发放公示", "Notice of payment"),
    (
        Field("head", Text("户主", "Head"), Form.NAME),
        Field("amount", Text("金额（元）", "Amount (yuan)"), Form.MONEY),
        Field("paid_on", Text("发放日", "Paid on"), Form.DAY),
    ),
)


@pytest.mark.parametrize(
    "amount",
    [
        "13912345678",
        "13912345678.00",
        "6222021234567890.00",
        "1e9",
        "1,000.00",
        "12.5",
        "-",
        "1234567",
    ],
)
def test_an_amount_is_never_to_be_taken_for_a_number(amount):
    assert notices.problems_of_rows(PAYMENT, [{"amount": amount}])


def test_a_new_kind_needs_an_entry_and_nothing_else():
    rows = [{"head": "甲虚构", "amount": "1234567.50", "paid_on": "2026-11-22"}]
    assert notices.problems_of_rows(PAYMENT, rows) == []
    assert notices.columns(PAYMENT, rows) == ("head", "amount", "paid_on")
    shown = [f.shown(rows[0][f.key]).zh for f in PAYMENT.fields]
    assert shown == ["甲虚构", "1,234,567.50", "2026-11-22"]


def test_columns_nobody_fills_are_left_out_in_the_order_of_the_kind():
    rows = [{"members": "3", "head": "甲"}, {"head": "乙", "group": ""}]
    assert notices.columns(KINDS["recognition"], rows) == ("head", "members")


def test_an_empty_notice_or_row_is_refused():
    assert notices.problems_of_rows(PAYMENT, [])
    assert [p.where for p in notices.problems_of_rows(PAYMENT, [{"head": ""}])] == ["1"]


def test_a_title_is_held_to_the_same():
    for title in ("", "因病返贫户公示", "13912345678", "甲" * 301, "甲\x00"):
        assert notices.problems_of_title(KINDS["recognition"], Text(title, "x"))
    assert notices.problems_of_title(KINDS["village_exit"], Text("卫生室病房公示", "x")) == []


def test_a_choice_speaks_both_languages():
    field = KINDS["recognition"].field("class")
    assert field.shown("边缘易致贫户").en == "marginal household at risk"
    assert field.shown("").zh == "—"
