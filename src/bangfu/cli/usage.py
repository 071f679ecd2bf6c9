"""What Typer says of a wrong call, which it says in English only, in the language of the terminal."""

from __future__ import annotations

import re

from bangfu.core.language import Lang

# A message may hold several of these. What is in no such list stays as Typer says it.
_CHINESE = (
    (r"No such command '(.*?)'\.?", r"没有“\1”这个命令。"),
    (r"Did you mean (.+?)\?", r"是不是 \1？"),
    (r"Missing (?:argument|option|parameter) (.+?)\.(?= |$)", r"缺少 \1。"),
    (r"No such option: (\S+)", r"没有 \1 这个选项。"),
    (r"\(Possible options: (.+)\)", r"是不是 \1？"),
    (r"Got unexpected extra argument\(s\) \((.*)\)", r"多出了：\1。"),
    (r"Invalid value for (.+?): ", r"\1 的值不对："),
    (r"Invalid value: ", r"值不对："),
    (r"'(.*)' is not a valid integer\.?", r"“\1”不是整数。"),
    (r"Input should be a valid integer.*", r"应为整数。"),
    (r"Input should be greater than or equal to (\S+)", r"不能小于 \1。"),
    (r"Input should be less than or equal to (\S+)", r"不能大于 \1。"),
    (r"Input should be a valid number.*", r"应为数。"),
    (r"(?:[Ff]ile|[Pp]ath|[Dd]irectory) '(.*)' does not exist\.?", r"找不到“\1”。"),
    (r"[Ff]ile '(.*)' is a directory\.?", r"“\1”是文件夹，不是文件。"),
    (r"Option '?(\S+?)'? requires an argument\.?", r"选项 \1 后面要有值。"),
    (r"Option '?(\S+?)'? does not take a value\.?", r"选项 \1 后面不能有值。"),
)


def told(message: str, lang: Lang) -> str:
    """A message of Typer about a wrong call."""
    if lang == "zh":
        for english, chinese in _CHINESE:
            message = re.sub(english, chinese, message)
    return message
