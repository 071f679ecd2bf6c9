"""The words of a PDF as Typst writes it: fonts by glyph number, each with the table that names its signs."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
# A string stands in parentheses, which may hold others as long as they balance, or in hexadecimal digits.
_STRING = rb"(?:[^()\\]|\\.)*"
for _ in range(4):
    _STRING = rb"(?:[^()\\]|\\.|\(" + _STRING + rb"\))*"
_SIGNS = re.compile(rb"/(\w+) [\d.]+ Tf|\((" + _STRING + rb")\)|<([0-9A-Fa-f]+)>", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NAMED = re.compile(rb"/(\w+) (\d+) 0 R")
_CHAR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?=[<e])")


def text_of(pdf: bytes) -> str:
    """Every sign that is drawn, in the order of drawing, without the spaces between words."""
    objects = _objects(pdf)
    tables = {}
    for number, body in objects.items():
        if b"/ToUnicode" in body:
            tables[number] = _table(_content(_referred(body, b"ToUnicode", objects)))
    said = []
    for page in objects.values():
        if b"/Type/Page/" not in page:
            continue
        fonts = {
            name: tables[int(number)]
            for name, number in _NAMED.findall(_referred(page, b"Resources", objects))
            if int(number) in tables
        }
        table: dict[int, str] = {}
        for font, signs, digits in _SIGNS.findall(_content(_referred(page, b"Contents", objects))):
            if font:
                table = fonts[font]
            else:
                glyphs = bytes.fromhex(digits.decode()) or _ESCAPED.sub(_unescaped, signs)
                numbers = [glyphs[at : at + 2] for at in range(0, len(glyphs), 2)]
                said += [table.get(int.from_bytes(number), "") for number in numbers]
    return "".join(said)


def _referred(body: bytes, name: bytes, objects: dict[int, bytes]) -> bytes:
    """The object that a key of another refers to."""
    found = re.search(rb"/%s (\d+) 0 R" % name, body)
    assert found, name
    return objects[int(found[1])]


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Objects by number, those packed in object streams too."""
    found = {int(number): body for number, body in _OBJECT.findall(pdf)}
    for body in list(found.values()):
        if b"/ObjStm" in body:
            packed = _content(body)
            first = int(re.search(rb"/First (\d+)", body)[1])  # type: ignore[index]
            marks = [int(mark) for mark in packed[:first].split()]
            ends = [*marks[3::2], len(packed) - first]
            for number, start, end in zip(marks[::2], marks[1::2], ends, strict=True):
                found[number] = packed[first + start : first + end]
    return found


def _unescaped(found: re.Match[bytes]) -> bytes:
    told = found[1]
    return bytes([int(told, 8)]) if told.isdigit() else _ESCAPES.get(told, told)


def _content(body: bytes) -> bytes:
    stream = _STREAM.search(body)
    if not stream:
        return b""
    return zlib.decompress(stream[1]) if b"/FlateDecode" in body else stream[1]


def _table(cmap: bytes) -> dict[int, str]:
    return {
        int(glyph, 16): bytes.fromhex(sign.decode()).decode("utf-16-be")
        for part in re.findall(rb"beginbfchar(.*?endbfchar)", cmap, re.DOTALL)
        for glyph, sign in _CHAR.findall(part)
    }
