"""What does not fit the API's schema is told in words that its users know."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bangfu.core.language import Text
from bangfu.web.misfits import misfit
from bangfu.web.rest import Key, Limit, Line, PlaceCode, Reason


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    place: PlaceCode = "420527101200"
    line: Line = ""
    reason: Reason = "有"
    key: Key = 1
    limit: Limit = 1
    on: date = date(2026, 11, 22)
    passes: bool = True
    which: Literal["甲", "乙"] = "甲"
    short: Annotated[str, StringConstraints(max_length=3)] = ""
    some: Annotated[list[int], Field(max_length=2)] = []
    answers: dict[str, str] = {}


@pytest.mark.parametrize(
    ("sent", "zh", "en"),
    [
        ({"place": "42052"}, "应当符合 ^[0-9]{12}$", "match ^[0-9]{12}$"),
        ({"line": "甲 11010519491231002X"}, "身份证号码", "an ID number"),
        ({"reason": ""}, "至少要 1 个字", "At least 1 char"),
        ({"reason": 7}, "应当是文字", "has to be a text"),
        ({"key": "a"}, "应当是整数", "a whole number"),
        ({"key": 0}, "不能小于 1", "At least 1."),
        ({"limit": 201}, "不能大于 200", "At most 200."),
        ({"on": "2026-02-30"}, "日期，如 2026-11-22", "a date such as 2026-11-22"),
        ({"on": "2026-11-22T09:30:00"}, "没有时刻", "without a time"),
        ({"on": []}, "应当是日期", "has to be a date"),
        ({"passes": "也许"}, "true 或 false", "true or false"),
        ({"which": "丙"}, "只能是：'甲'", "One of: '甲'"),
        ({"short": "四个字呢"}, "最多 3 个字", "At most 3 char"),
        ({"some": [1, 2, 3]}, "最多 2 项", "At most 2 of"),
        ({"some": 1}, "应当是列表", "has to be a list"),
        ({"answers": []}, "应当是对象", "has to be an object"),
        ({"more": 1}, "没有这一项", "no such field"),
    ],
)
def test_a_misfit_is_said_in_both_languages(sent: dict[str, Any], zh: str, en: str):
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate(sent)
    [told] = map(misfit, refused.value.errors())
    assert zh in told.zh
    assert en in told.en


def test_a_kind_of_misfit_that_is_new_is_said_in_general():
    assert misfit({"type": "of_tomorrow"}) == Text(
        "不符合接口说明里这一项的要求。", "This is not as the schema says."
    )
