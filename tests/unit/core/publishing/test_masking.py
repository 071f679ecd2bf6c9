"""Who may be named in public."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.publishing.masking import (
    held_back,
    is_organisation,
    names_a_person,
    payee_in_public,
)

VALID = "91110000600037341L"  # the checksum of a company's credit code holds
TRADER = "92371000MA3MXH0E3W"  # of a sole trader


@pytest.mark.parametrize(
    "name",
    [
        "示例建设有限公司",
        "示例建设有限公司（茅坪分公司）",
        "陈家坝村村民委员会",
        "秭归县茅坪镇人民政府",
        "柑橘种植专业合作社",
        "县交通运输局",
        "Example Construction Co., Ltd.",
    ],
)
def test_organisations_keep_their_name(name):
    assert is_organisation(name)
    assert payee_in_public(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王秀芳", "王*芳"),
        ("王芳", "王*"),
        ("欧阳娜娜", "欧**娜"),
        ("张家店", "张*店"),  # as likely a person as a shop
        ("李四（代领）", "李****)".replace(")", "）")),
        ("", ""),
    ],
)
def test_persons_are_masked(name, shown):
    assert not is_organisation(name)
    assert payee_in_public(name) == shown


def test_a_credit_code_tells_but_not_a_sole_traders():
    assert is_organisation("示例字号", VALID)
    assert not is_organisation("王秀芳", TRADER)
    assert not is_organisation("王秀芳", "not a code")
    assert payee_in_public("王秀芳", TRADER) == "王*芳"


def test_a_text_that_names_a_villager_is_found():
    names = ["王秀芳", "高山", "李"]
    assert names_a_person("王秀芳户危房改造", names)
    assert names_a_person("改造高山家门前路", names)
    assert not names_a_person("高山茶园示范基地", names)  # a word, and a name of two characters
    assert not names_a_person("李子园道路", names)
    assert not names_a_person("二组公路硬化", [])


def test_numbers_and_names_hold_a_text_back():
    assert held_back(["好", "联系13812345678"], [])
    assert held_back(["王秀芳家"], ["王秀芳"])
    assert not held_back(["", "二组公路硬化1.4公里"], ["王秀芳"])


@given(st.text(alphabet="王李张芳秀四三", min_size=2, max_size=4))
def test_no_name_of_a_person_goes_out_whole(name):
    assert payee_in_public(name) != name
