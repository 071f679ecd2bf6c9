"""JSON that a plan must not be made from is refused with its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bangfu.core.errors import InputError, UsageError
from bangfu.files.json_input import read_json


def _file(path: Path, text: str | bytes) -> Path:
    file = path / "p.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return file


def test_values_come_exact(tmp_path: Path) -> None:
    text = '\ufeff{"a": [1, 0.10, 1e2, true, null, "甲\\ud83d\\ude00"], "b": 12345678901234567890}'
    assert read_json(_file(tmp_path, text)) == {
        "a": [1, Decimal("0.10"), Decimal("1e2"), True, None, "甲😀"],
        "b": 12345678901234567890,
    }


@pytest.mark.parametrize(
    ("text", "where", "rule"),
    [
        ("", "p.json:1:1", "json"),
        ('{"a": 1,\n "b" 2}', "p.json:2:6", "json"),
        ('{"a": 1}\n{', "p.json:2:1", "json"),
        ('{"a": 1,\n "b": {"c": 1,\n  "c": 2}}', "p.json:3:3", "duplicate-key"),
        ('{"a": 1, "\\u0061": 2}', "p.json:1:10", "duplicate-key"),
        ('[{"x": "NaN"},\n NaN]', "p.json:2:2", "number"),
        ("[-Infinity]", "p.json:1:2", "number"),
        ("[1e999999999]", "p.json:1:2", "number"),
        ("[" + "9" * 5000 + "]", "p.json:1:2", "number"),
        ("[1e" + "9" * 30 + "]", "p.json:1:2", "number"),
        ('["\\"[", ' + "[" * 100_000, "p.json:1:72", "depth"),
        ('["\\ud800"]', "p.json:1:2", "json"),
        (b'{"a":\n "\xff"}', "p.json:2:1", "encoding"),
    ],
)
def test_refused_with_place(tmp_path: Path, text: str | bytes, where: str, rule: str) -> None:
    with pytest.raises(InputError) as told:
        read_json(_file(tmp_path, text))
    (problem,) = told.value.problems
    assert (problem.where, problem.rule) == (where, rule)
    assert told.value.problems[0].where.endswith(where)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="找不到"):
        read_json(tmp_path / "p.json")
    with pytest.raises(UsageError, match="文件夹"):
        read_json(tmp_path)
