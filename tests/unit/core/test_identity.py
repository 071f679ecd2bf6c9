from datetime import date

import pytest
from stdnum import luhn

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


def test_no_household_of_gansu_is_taken_for_a_card():
    counties = ("620102", "620521", "621226", "622901", "623027")
    numbers = [f"{county}{serial:010d}" for county in counties for serial in range(1, 2_000)]
    assert not [number for number in numbers if number_in(f"户编号{number}") is not None]
    members = [f"{number}01" for number in numbers]
    assert [number for number in members if luhn.is_valid(number)]
    # A member's number may still have the form of an ID number where a birthday can be read in it; here
    # the year would be 0000.
    assert not [number for number in members if number_in(number) is not None]


@pytest.mark.parametrize(
    "issuer",
    [
        "622202",
        "622700",
        "621226",
        "620058",
        "625912",
        "623058",
        "622901",
    ],  # the third and last: counties
)
def test_a_card_whose_issuer_has_the_number_of_a_county_is_a_card(issuer):
    for body in ("0200112345", "1234567890", "9999000012"):
        for length in (16, 19):
            start = (issuer + body).ljust(length - 1, "7")[: length - 1]
            card = start + luhn.calc_check_digit(start)
            assert number_in(f"卡号 {card}") == BANK_CARD
            assert number_in(" ".join(card[n : n + 4] for n in range(0, length, 4))) == BANK_CARD
