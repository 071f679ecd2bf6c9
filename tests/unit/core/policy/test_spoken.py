"""Expressions in words, as a finding shows them."""

from __future__ import annotations

import pytest

from bangfu.core.language import Text
from bangfu.core.policy.rules.spoken import spoken

WORDS = {
    "members": Text("家庭成员", "members"),
    "jobs": Text("务工记录", "work rows"),
    "aided": Text("享受低保", "on the allowance"),
    "working": Text("是否已务工", "is working"),
    "grade": Text("残疾等级", "grade"),
    "start": Text("开始时间", "first month"),
    "户主": Text("户主", "head"),
}
SAID = [
    ("grade", "残疾等级", "grade"),
    ("unheard_of", "unheard_of", "unheard_of"),
    (
        "any(members, aided)",
        "家庭成员中有“享受低保”的",
        "some of the members with: on the allowance",
    ),
    ("none(jobs, working)", "务工记录中没有“已务工”的", "none of the work rows with: is working"),
    ("grade == '户主'", "残疾等级为户主", "grade is head"),
    ("working == false", "是否已务工为否", "is working is no"),
    ("grade in (1, 2)", "残疾等级为1或2", "grade is 1 or 2"),
    ("grade not in (1, 2)", "残疾等级不为1或2", "grade is none of 1 or 2"),
    ("'a' not in grade", "残疾等级不含a", "grade does not contain a"),
    ("start is missing", "开始时间为空", "first month is blank"),
    ("start is not missing", "已填开始时间", "first month is filled in"),
    ("not (aided or working)", "并非（享受低保或已务工）", "not (on the allowance or is working)"),
    (
        "aided and (grade > 2 or grade < 1)",
        "享受低保且（残疾等级大于2或残疾等级小于1）",
        "on the allowance and (grade is more than 2 or grade is less than 1)",
    ),
    (
        "first(jobs, start, by=row)",
        "第一条务工记录的开始时间",
        "first month of the first of the work rows",
    ),
    (
        "last(jobs, start, working, by=row)",
        "务工记录中最后一个“已务工”的开始时间",
        "first month of the last of the work rows with: is working",
    ),
    ("count(members)", "家庭成员的个数", "number of members"),
    ("grade * 2 - 1", "残疾等级×2−1", "grade×2−1"),
    ("strange(grade)", "strange(grade)", "strange(grade)"),
]


@pytest.mark.parametrize(("expression", "zh", "en"), SAID)
def test_said(expression: str, zh: str, en: str) -> None:
    assert spoken(expression, WORDS.get) == Text(zh, en)
