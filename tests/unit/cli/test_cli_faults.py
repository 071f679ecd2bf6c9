"""Faults of ours are told whole, with exit code 5; a full disk and Ctrl-C are none."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.cli.running import TRACEBACK, bangfu, nothing_written, refused
from tests.unit.cli.workbooks import person, write_xlsx

from bangfu.files import atomic

SHOW = ("policy", "show", "income.line")


def _raising(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    def load_policy() -> None:
        raise fault

    monkeypatch.setattr("bangfu.cli.policing.load_policy", load_policy)


@pytest.mark.parametrize(
    "fault", [RuntimeError("lost"), AssertionError("lost"), KeyError("lost"), OSError(5, "lost")]
)
def test_a_fault_of_ours_is_told_whole(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    _raising(monkeypatch, fault)
    said = bangfu(*SHOW)
    assert said.code == 5
    assert said.err.startswith("程序出错，这是我们的问题")
    assert TRACEBACK in said.err
    assert "lost" in said.err
    assert bangfu(*SHOW, lang="en").err.startswith("A fault of ours")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_no_fault_of_ours(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _raising(monkeypatch, OSError(number, os.strerror(number)))
    refused(bangfu(*SHOW), 2, "磁盘已满")
    refused(bangfu(*SHOW, lang="en"), 2, "disk is full")


def test_ctrl_c_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _raising(monkeypatch, KeyboardInterrupt())
    refused(bangfu(*SHOW), 130, "已中断")
    refused(bangfu(*SHOW, lang="en"), 130, "Interrupted")


def test_a_disk_that_fills_up_while_writing_keeps_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "t.xlsx"
    target.write_bytes(b"earlier")

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic.os, "fsync", full)
    with nothing_written(tmp_path):
        refused(bangfu("template", "funds", "-o", target), 2, "磁盘空间不足", "t.xlsx")


# One child for all of them: starting is most of what a command costs.
SMALL_DISK = """
import resource, signal, sys
from bangfu.cli.__main__ import run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = sys.argv[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
codes = [
    run(["template", "households", "-o", f"{folder}/t.xlsx"]),
    run(["allocate", "--problem", f"{folder}/p.json", "--json", f"{folder}/r.json"]),
    run(["check", f"{folder}/bad.xlsx", "--errors", f"{folder}/e.xlsx"]),
]
print(codes)
"""


def test_commands_on_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    lines = [{"id": f"L{n:03d}", "amount_fen": 10} for n in range(60)]
    problem = {"fund_lines": lines, "projects": []}
    (tmp_path / "p.json").write_text(json.dumps(problem))
    write_xlsx(tmp_path / "bad.xlsx", national=[person(1, sex="?")])
    (tmp_path / "r.json").write_text("earlier")
    with nothing_written(tmp_path):
        child = subprocess.run(
            [sys.executable, "-c", SMALL_DISK, str(tmp_path)],
            capture_output=True,
            check=False,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            text=True,
        )
        assert child.stdout.splitlines()[-1] == "[2, 2, 2]", child.stderr
    assert TRACEBACK not in child.stderr
    assert child.stderr.count("磁盘空间不足") == 3


def test_a_terminal_without_chinese_and_a_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xb4\xed.xlsx"
    child = subprocess.run(
        [sys.executable, "-m", "bangfu.cli.__main__", "check", name, "--lang", "zh"],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        text=True,
    )
    assert child.returncode == 2
    assert TRACEBACK not in child.stderr
    assert "\\udcb4\\udced.xlsx" in child.stderr
    assert "\\u627e\\u4e0d\\u5230" in child.stderr


def test_a_reader_who_goes_away(tmp_path: Path) -> None:
    """`bangfu … | head -1`: no traceback, whatever the exit code."""
    child = subprocess.Popen(
        [sys.executable, "-m", "bangfu.cli.__main__", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    with child.stderr:
        said = child.stderr.read()
    child.wait()
    assert TRACEBACK not in said
    assert "Error" not in said
