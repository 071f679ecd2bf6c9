from datetime import date

import pytest

from bangfu.core.identity import (
    BANK_CARD,
    ID_NUMBER,
    MOBILE,
    damaged_by_excel,
    is_mobile,
    mask,
    mask_phone,
    number_facts,
    number_in,
)


def test_the_standards_own_example():
    facts = number_facts("11010519491231002x")
    assert (facts.length, facts.checksum_valid, facts.birth, facts.sex) == (
        18,
        True,
        date(1949, 12, 31),
        2,
    )
    assert facts.disability_class is None


def test_a_wrong_check_digit():
    assert number_facts("110105194912310021").checksum_valid is False


def test_a_disability_certificate_is_checked_by_its_first_eighteen():
    facts = number_facts("11010519491231002X43")
    assert (facts.checksum_valid, facts.disability_class, facts.disability_grade) == (True, 4, 3)


def test_an_unreadable_number_says_nothing():
    facts = number_facts("12345")
    assert (facts.length, facts.checksum_valid, facts.birth, facts.sex) == (5, None, None, None)
    assert number_facts("999999194913310025").placeholder
    assert number_facts("999999194913310025").birth is None


@pytest.mark.parametrize(
    ("number", "damaged"),
    [
        ("420527199001010000", True),
        ("4.20527199001E+17", True),
        ("420527199001019915", False),
        ("", False),
    ],
)
def test_excel_damage(number, damaged):
    assert damaged_by_excel(number) is damaged


def test_masks():
    assert mask("420527199001019915") == "420527********9915"
    assert mask("12345") == "*****"
    assert mask_phone("13912345678") == "139****5678"
    assert mask_phone("139") == "***"
    assert is_mobile("13912345678")
    assert not is_mobile("12912345678")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("本人身份证11010519491231002X，已核对", ID_NUMBER),
        ("身份证 110105 1949 1231 002x", ID_NUMBER),
        ("１１０１０５１９４９１２３１００２Ｘ", ID_NUMBER),
        ("电话13800138000", MOBILE),
        ("2026-11-22 138 0013 8000", MOBILE),
        ("+86 138-0013-8000", MOBILE),
        ("一卡通6222020000000000000", BANK_CARD),
        ("6222 0200 0000 0000 000", BANK_CARD),
    ],
)
def test_a_number_of_a_person_in_a_text(text, found):
    assert number_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "户编号4205270000000365，人口编号420527000000036501",
        "110105194912310021",  # its check digit is wrong
        "6222020000000000008",
        "2026年11月22日，13 人到会，12 票赞成",
        "12345678901",
        "213800138000",
        "收入15000元，支出200000元",
        "鄂民政〔2024〕138号",
    ],
)
def test_other_numbers_are_no_number_of_a_person(text):
    assert number_in(text) is None
