"""`bangfu policy`: what stands in force and where; a bad file by line and column."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.unit.cli.running import bangfu, passed, refused

from bangfu.cli.rules import ROOT, policy_folder


def test_one_value_with_unit_source_status_and_line() -> None:
    said = bangfu("policy", "show", "income.line", "--place", "420527", "--on", "2026-10-31")
    passed(said, "值", "单位", "来源", "状态", "policy/income.toml:")
    told = next(line for line in said.out.splitlines() if "policy/income.toml:" in line)
    number = int(told.rsplit(":", 1)[1])
    lines = (ROOT / "policy" / "income.toml").read_text("utf-8").splitlines()
    assert 0 < number <= len(lines)
    passed(bangfu("policy", "show", "income.line", lang="en"), "unit", "stated in")


def test_the_policy_of_the_house_is_sound() -> None:
    passed(bangfu("policy", "check"), "政策文件无误")


def test_an_unknown_key_names_the_nearest() -> None:
    said = bangfu("policy", "show", "income.lines")
    assert said.code in (2, 3)
    refused(said, said.code, "income.lines", "income.line")


def test_a_day_before_any_rule() -> None:
    said = bangfu("policy", "show", "income.line", "--on", "1900-01-01")
    assert said.code in (2, 3)
    refused(said, said.code, "income.line", "1900-01-01")


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("x.toml", b"[broken", 3, "x.toml:1"),
        ("x.toml", b"\xff\xfe\x00", 3, "x.toml:1:1"),
        ("x.toml", b"nonsense = 1\n", 3, "x.toml:1"),
        ("x.toml", b"a = [" * 20_000, 3, "x.toml"),
        ("x.toml", b"a = 1\na = 2\n", 3, "x.toml:2"),
    ],
)
def test_policy_files_that_do_not_pass(
    name: str,
    content: bytes,
    code: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(ROOT / "policy", folder)
    (folder / name).write_bytes(content)
    monkeypatch.setenv("BANGFU_POLICY", str(folder))
    assert policy_folder() == folder
    refused(bangfu("policy", "check"), code, words)


def test_no_policy_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGFU_POLICY", str(tmp_path / "none"))
    refused(bangfu("policy", "check"), 2, "BANGFU_POLICY")
