"""Policy documents: TOML text with the place of every key, so that a refusal can name its line."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from bangfu.core.errors import Problem
from bangfu.core.language import Text

_AT = re.compile(r" \(at line (\d+), column (\d+)\)$")
_NEWLINE = re.compile(r"\n")


@dataclass(frozen=True, slots=True)
class Document:
    """One policy file: the label it is told by ("policy/income.toml") and its text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a policy file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a document ("[[check]]") with where each of its keys stands.

    `spots` is keyed by the path inside the table, () being its header; `texts` tells where the
    text of a string value begins.
    """

    table: str
    data: dict[str, Any]
    spots: dict[tuple[str, ...], Spot]
    texts: dict[tuple[str, ...], Spot]

    def spot(self, *path: str) -> Spot:
        """Where a key stands, or the nearest thing around it that has a place of its own."""
        while path not in self.spots:
            path = path[:-1]
        return self.spots[path]


def entries(document: Document) -> tuple[list[Entry], list[Problem]]:
    """The tables of a document in their order, or why it is no TOML."""
    text = document.text.replace("\r\n", "\n").removeprefix("\ufeff")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        return [], [_not_toml(document.label, text, str(fault))]
    found = []
    problems = []
    tables = _Scanner(document.label, text).scan()
    for (table, number), (spots, texts) in tables.items():
        here = data[table]
        if number is None or not isinstance(here, list):
            problems.append(_no_array(table, spots[()]))
        else:
            found.append(Entry(table, here[number], spots, texts))
    return found, problems


def _not_toml(label: str, text: str, message: str) -> Problem:
    at = _AT.search(message)
    line, column = (
        (int(at[1]), int(at[2]))
        if at
        else (text.count("\n") + 1, len(text.rsplit("\n", 1)[-1]) + 1)
    )
    reason = _AT.sub("", message).removesuffix(" (at end of document)")
    twice = reason.startswith(("Cannot overwrite", "Duplicate"))
    zh = "同一个表里这个键写了两次" if twice else "不是合法的 TOML"
    en = "this key stands twice in one table" if twice else "not valid TOML"
    return Problem(
        str(Spot(label, line, column)), Text(f"{zh}：{reason}。", f"{en}: {reason}."), rule="toml"
    )


def _no_array(table: str, spot: Spot) -> Problem:
    return Problem(
        str(spot),
        Text(
            f"“{table}”应写成 [[{table}]]，每条一个表。",
            f'"{table}" is written [[{table}]], one table an entry.',
        ),
        value=table,
        rule="toml",
    )


_Table = tuple[dict[tuple[str, ...], Spot], dict[tuple[str, ...], Spot]]


class _Scanner:
    """Finds headers and keys in text that `tomllib` has accepted; knows strings, comments and
    brackets, and nothing of the values."""

    def __init__(self, label: str, text: str) -> None:
        self.label = label
        self.text = text
        self.at = 0
        self.lines = [0, *(found.end() for found in _NEWLINE.finditer(text))]
        self.tables: dict[tuple[str, int | None], _Table] = {}
        self.current: tuple[str, int | None] = ("", None)
        self.prefix: tuple[str, ...] = ()

    def scan(self) -> dict[tuple[str, int | None], _Table]:
        """Every table by (name, number in its array), with the places of its keys."""
        while self._skip_blank():
            if self.text[self.at] == "[":
                self._header()
            else:
                self._key_value()
        return self.tables

    def _header(self) -> None:
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        path = self._path("]")
        self.at += 2 if array else 1
        name = path[0]
        if array and len(path) == 1:
            number = sum(1 for table, _ in self.tables if table == name)
            self.current, self.prefix = (name, number), ()
            self.tables[self.current] = ({(): self._spot(start)}, {})
            return
        inside = self.current[0] == name and self.current[1] is not None
        if not inside:
            self.current = (name, None)
        self.prefix = path[1:]
        spots, _ = self.tables.setdefault(self.current, ({(): self._spot(start)}, {}))
        spots.setdefault(self.prefix, self._spot(start))

    def _key_value(self) -> None:
        start = self.at
        path = self.prefix + self._path("=")
        self.at += 1
        while self.text[self.at] in " \t":
            self.at += 1
        if self.current not in self.tables:
            self.current, self.prefix = (path[0], None), path[:1]
            self.tables.setdefault(self.current, ({(): self._spot(start)}, {}))
        spots, texts = self.tables[self.current]
        spots[path] = self._spot(start)
        if self.text[self.at] in "\"'":
            texts[path] = self._spot(self._inside())
        self._skip_value()

    def _path(self, end: str) -> tuple[str, ...]:
        """The parts of a dotted key up to `end`, which stays unread."""
        parts: list[str] = []
        part = ""
        while self.text[self.at] != end:
            letter = self.text[self.at]
            if letter in "\"'":
                start = self.at + 1
                self._skip_string()
                part += self.text[start : self.at - 1]
                continue
            if letter == ".":
                parts.append(part)
                part = ""
            elif letter not in " \t":
                part += letter
            self.at += 1
        return (*parts, part)

    def _skip_blank(self) -> bool:
        """Move to the next thing that means something; False at the end."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                self._skip_comment()
            elif self.text[self.at] in " \t\n":
                self.at += 1
            else:
                return True
        return False

    def _skip_value(self) -> None:
        depth = 0
        while self.at < len(self.text):
            letter = self.text[self.at]
            if letter in "\"'":
                self._skip_string()
                continue
            if letter == "#":
                self._skip_comment()
                continue
            if letter == "\n" and depth == 0:
                return
            depth += (letter in "[{") - (letter in "]}")
            self.at += 1

    def _skip_comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _skip_string(self) -> None:
        quote = self._quote()
        self.at += len(quote)
        while not self.text.startswith(quote, self.at):
            self.at += 2 if self.text[self.at] == "\\" and quote[0] == '"' else 1
        self.at += len(quote)
        # A long string may end in up to two quotes of its own.
        while len(quote) == 3 and self.text.startswith(quote[0], self.at):
            self.at += 1

    def _inside(self) -> int:
        quote = self._quote()
        start = self.at + len(quote)
        return start + (len(quote) == 3 and self.text.startswith("\n", start))

    def _quote(self) -> str:
        letter = self.text[self.at]
        return letter * 3 if self.text.startswith(letter * 3, self.at) else letter

    def _spot(self, offset: int) -> Spot:
        line = bisect_right(self.lines, offset)
        return Spot(self.label, line, offset - self.lines[line - 1] + 1)
