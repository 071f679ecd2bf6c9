"""Reads JSON that others wrote, with the place of every fault as line and column.

Python's own reader is lenient where a plan must not be: it keeps the last of two equal keys, takes
NaN for a number and fails on deep nesting with a fault of its own. Numbers with a fraction come as
`Decimal`, so that none is rounded on its way in.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn, TypeAlias

from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.files.paths import reading_error

Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | Decimal | bool | None

MAX_BYTES = 512 * 2**20
MAX_DEPTH = 64
# A number this long is no amount of money; Python refuses to convert more than 4,300 digits.
MAX_DIGITS = 400

_STRING = r'"(?:[^"\\]|\\.)*"'
_STRUCTURE = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}},:]|[^\s\"\[\]{{}},:]+", re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}|\\u[dD][c-fC-F][0-9a-fA-F]{2}")


class _Refused(ValueError):
    """Something json.loads would let pass."""


def read_json(path: str | Path) -> Json:
    """The value in a JSON file (UTF-8, a BOM is allowed).

    Raises UsageError when it cannot be read. Raises InputError, with "file:line:column", for broken
    JSON, NaN or Infinity, a key that comes twice, nesting beyond 64, numbers of over 400 digits,
    half a character, and more than 512 MB.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _error(path, None, Text("文件超过 512 MB。", "The file is over 512 MB."), "size")
        content = path.read_bytes()
    except OSError as error:
        raise reading_error(path, error) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = f"{content[: error.start].count(10) + 1}:1"
        told = Text("文字编码不是 UTF-8，请另存为 UTF-8。", "Not UTF-8; save the file as UTF-8.")
        raise _error(path, at, told, "encoding") from error
    _check_depth(path, text)
    try:
        return _parse(text)
    except json.JSONDecodeError as error:
        told = Text(
            "不是合法的 JSON：这里缺少或多出了引号、逗号或括号。",
            f"Not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}.",
        )
        raise _error(path, _place(text, error.pos), told, "json") from error
    except _Refused as error:
        _locate(path, text)
        raise AssertionError("json.loads refused what the scan lets pass") from error


def _parse(text: str) -> Json:
    value: Json = json.loads(
        text,
        parse_float=_decimal,
        parse_int=_whole,
        parse_constant=_no_constant,
        object_pairs_hook=_distinct,
    )
    if _SURROGATE.search(text) and not _encodable(value):
        raise _Refused
    return value


def _encodable(value: Json) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _decimal(digits: str) -> Decimal:
    if len(digits) > MAX_DIGITS:
        raise _Refused
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise _Refused from None
    # An exponent such as 1e999999999 is short to write and endless to compute with.
    if number and not -MAX_DIGITS < number.adjusted() < MAX_DIGITS:
        raise _Refused
    return number


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _Refused
    return int(digits)


def _no_constant(name: str) -> NoReturn:
    raise _Refused(name)


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused
    return found


def _check_depth(path: Path, text: str) -> None:
    depth = 0
    for token in _STRUCTURE.finditer(text):
        mark = token[0]
        if mark in ("[", "{"):
            depth += 1
            if depth > MAX_DEPTH:
                told = Text(f"嵌套超过 {MAX_DEPTH} 层。", f"Nested deeper than {MAX_DEPTH} levels.")
                raise _error(path, _place(text, token.start()), told, "depth")
        elif mark in ("]", "}"):
            depth -= 1


def _locate(path: Path, text: str) -> None:
    """Find the first thing that was refused in a text whose grammar is right, and raise."""
    open_keys: list[set[str] | None] = []
    tokens = list(_TOKEN.finditer(text))
    for number, token in enumerate(tokens):
        mark, at = token[0], token.start()
        if mark in ("[", "{"):
            open_keys.append(set() if mark == "{" else None)
        elif mark in ("]", "}"):
            open_keys.pop()
        elif mark.startswith('"'):
            written = json.loads(mark, strict=False)
            if not _encodable(written):
                raise _error(path, _place(text, at), _HALF, "json")
            keys = open_keys[-1] if open_keys else None
            is_key = number + 1 < len(tokens) and tokens[number + 1][0] == ":"
            if keys is not None and is_key:
                if written in keys:
                    raise _error(path, _place(text, at), _TWICE, "duplicate-key", written)
                keys.add(written)
        elif mark not in (",", ":", "true", "false", "null") and not _plain(mark):
            raise _error(path, _place(text, at), _NUMBER, "number", mark[:40])


def _plain(mark: str) -> bool:
    try:
        _decimal(mark)
    except _Refused:
        return False
    return mark.lstrip("-")[:1].isdigit()


def _place(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    return f"{line}:{at - text.rfind(chr(10), 0, at)}"


def _error(path: Path, place: str | None, told: Text, rule: str, value: str = "") -> InputError:
    where = f"{path.name}:{place}" if place else path.name
    problem = Problem(where, told, value, rule)
    return InputError(Text(f"{path.name} 读不懂。", f"{path.name} cannot be read."), [problem])


_HALF = Text(
    "\\u 转义只有半个字符，无法显示。", "A \\u escape gives half a character that cannot be shown."
)
_TWICE = Text("同一个键出现了两次，只能留一个。", "The same key comes twice; keep one of them.")
_NUMBER = Text(
    f"不是可用的数：不能用 NaN、Infinity，也不能超过 {MAX_DIGITS} 位。",
    f"No usable number: NaN and Infinity are refused, and so are more than {MAX_DIGITS} digits.",
)
