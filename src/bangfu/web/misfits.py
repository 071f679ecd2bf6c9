"""What does not fit the API's schema, in words: pydantic tells it in English and of types of Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bangfu.core.language import Text

_OTHER = Text("不符合接口说明里这一项的要求。", "This is not as the schema says.")
_WORDS = {
    "missing": Text("缺少这一项。", "This is missing."),
    "extra_forbidden": Text("接口没有这一项，请去掉。", "There is no such field; leave it out."),
    "json_invalid": Text("不是正确的 JSON。", "This is no valid JSON."),
    "string_type": Text("应当是文字。", "This has to be a text."),
    "string_too_short": Text("至少要 {min_length} 个字。", "At least {min_length} characters."),
    "string_too_long": Text("最多 {max_length} 个字。", "At most {max_length} characters."),
    "string_pattern_mismatch": Text(
        "写法不对，应当符合 {pattern}。", "Not written rightly; it has to match {pattern}."
    ),
    "int_type": Text("应当是整数。", "This has to be a whole number."),
    "int_parsing": Text("应当是整数。", "This has to be a whole number."),
    "int_from_float": Text("应当是整数，不带小数。", "This has to be a whole number."),
    "greater_than_equal": Text("不能小于 {ge}。", "At least {ge}."),
    "less_than_equal": Text("不能大于 {le}。", "At most {le}."),
    "bool_type": Text("应当是 true 或 false。", "This has to be true or false."),
    "bool_parsing": Text("应当是 true 或 false。", "This has to be true or false."),
    "list_type": Text("应当是列表。", "This has to be a list."),
    "too_short": Text("至少要 {min_length} 项。", "At least {min_length} of them."),
    "too_long": Text("最多 {max_length} 项。", "At most {max_length} of them."),
    "dict_type": Text("应当是对象。", "This has to be an object."),
    "model_attributes_type": Text("应当是对象。", "This has to be an object."),
    "model_type": Text("应当是对象。", "This has to be an object."),
    "date_type": Text("应当是日期，如 2026-11-22。", "This has to be a date such as 2026-11-22."),
    "date_parsing": Text(
        "应当是日期，如 2026-11-22。", "This has to be a date such as 2026-11-22."
    ),
    "date_from_datetime_parsing": Text(
        "应当是日期，如 2026-11-22。", "This has to be a date such as 2026-11-22."
    ),
    "date_from_datetime_inexact": Text(
        "应当只有日期，没有时刻，如 2026-11-22。", "A date without a time, such as 2026-11-22."
    ),
    "enum": Text("只能是：{expected}。", "One of: {expected}."),
    "literal_error": Text("只能是：{expected}。", "One of: {expected}."),
}


def misfit(error: Mapping[str, Any]) -> Text:
    """One of pydantic's errors in words; a rule of ours brings its own, in its context."""
    context = error.get("ctx", {})
    if "zh" in context:
        return Text(context["zh"], context["en"])
    words = _WORDS.get(error["type"], _OTHER)
    return Text(words.zh.format(**context), words.en.format(**context))
