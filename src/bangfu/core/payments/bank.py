"""The bank's files: what goes out, the same bytes each time; what comes back, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan

OUT = ("流水号", "户名", "账号", "金额（元）", "摘要")
ROSTER = ("序号", "行政区划", "户编号", "账号末四位", "金额（元）", "第几次")
BACK = ("流水号", "金额（元）", "结果", "原因")
PAID, FAILED = "成功", "失败"
LONGEST_REASON = 100
# Thirty characters are sixty bytes in GB 18030, which passbooks print whole.
LONGEST_SUMMARY = 30
_NUMBER = re.compile(r"\d{7,}", re.ASCII)


class Order(NamedTuple):
    """One payment as the bank is told it."""

    reference: str
    name: str
    account: str
    fen: int


class Listed(NamedTuple):
    """One payment as the roster (发放清册) lists it: no name and no account but its last four digits."""

    position: int
    place_code: str
    household_no: str
    account_end: str
    fen: int
    attempt: int


class Result(NamedTuple):
    """What the bank says of one payment; `failure` is "" where it was paid."""

    reference: str
    fen: int
    failure: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A return file read against what was sent: every result, or every problem. `digest` is the same for
    every order of the same lines."""

    results: tuple[Result, ...]
    problems: tuple[Problem, ...]
    digest: str = field(default="")


def reference(batch: int, position: int) -> str:
    """The number by which a payment is known to the bank."""
    return f"{batch:08d}{position:06d}"


def position_of(batch: int, written: str) -> int | None:
    """The position of a reference in its batch; None for one of another batch, or none at all."""
    head, tail = written[:8], written[8:]
    fits = len(written) == 14 and written.isascii() and written.isdigit()
    return int(tail) if fits and head == f"{batch:08d}" else None


def summary_of(scheme: str, term: str) -> str:
    """What a household reads beside the money in its passbook: the scheme's name, cut where it is too
    long, and the term."""
    return f"{scheme[: LONGEST_SUMMARY - len(term) - 1]} {term}"


def write_file(orders: Iterable[Order], *, summary: str) -> bytes:
    """The file for the bank: CSV in UTF-8 with its mark, CRLF, a line an order as they come."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(OUT)
    for order in orders:
        lines.writerow((order.reference, order.name, order.account, _yuan(order.fen), summary))
    return text.getvalue().encode("utf-8-sig")


def write_roster(payments: Iterable[Listed]) -> bytes:
    """The roster that a batch is claimed with: CSV as the bank's file is, and its sum at the end."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(ROSTER)
    total = 0
    for each in payments:
        lines.writerow((*each[:4], _yuan(each.fen), each.attempt))
        total += each.fen
    lines.writerow(("合计", "", "", "", _yuan(total), ""))
    return text.getvalue().encode("utf-8-sig")


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def read_return(content: bytes, sent: Mapping[str, int]) -> Returned:
    """The bank's results for what was sent (fen by reference): each named once, with its own amount.

    Every line that is not so is a problem, and so is every payment that no line names. UTF-8 and
    GB 18030 are read. No value of a line is told but its reference and amount.
    """
    text = _decoded(content)
    if text is None:
        return _refused("文件的编码不是 UTF-8 或 GB18030。", "The file is no UTF-8 or GB 18030.")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return _refused("不是完整的 CSV 文件。", "This is no whole CSV file.")
    if not rows or tuple(cell.strip() for cell in rows[0]) != BACK:
        return _refused(
            f"第 1 行：表头应为{'、'.join(BACK)}。", f"Line 1: the head must be {', '.join(BACK)}."
        )
    results: dict[str, Result] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            _line(number, [cell.strip() for cell in row], sent, results, problems)
    named = {row[0].strip() for row in rows[1:] if row}
    problems += [
        _problem(f"流水号 {each}：回盘文件里没有这一笔。", f"No line names payment {each}.")
        for each in sent
        if each not in named
    ]
    if problems:
        return Returned((), tuple(problems))
    ordered = tuple(sorted(results.values()))
    lines = "\n".join("\t".join(map(str, each)) for each in ordered)
    return Returned(ordered, (), hashlib.sha256(lines.encode()).hexdigest())


def _line(
    number: int,
    row: list[str],
    sent: Mapping[str, int],
    results: dict[str, Result],
    problems: list[Problem],
) -> None:
    if len(row) != len(BACK):
        problems.append(
            _problem(
                f"第 {number} 行：应有 {len(BACK)} 列，实有 {len(row)} 列。",
                f"Line {number}: {len(BACK)} cells are wanted, {len(row)} are there.",
            )
        )
        return
    known, written, result, reason = row
    wrong = _wrong(known, written, result, reason, sent, results)
    if wrong is None:
        results[known] = Result(known, sent[known], _kept(reason) if result == FAILED else "")
    else:
        problems.append(
            _problem(
                f"第 {number} 行，流水号“{known[:20]}”：{wrong.zh}",
                f"Line {number}, reference “{known[:20]}”: {wrong.en}",
            )
        )


def _wrong(
    known: str,
    written: str,
    result: str,
    reason: str,
    sent: Mapping[str, int],
    results: Mapping[str, Result],
) -> Text | None:
    """What is wrong with a line of the return; None when nothing is."""
    if known not in sent:
        return Text("没有发出过这个流水号。", "no such reference was sent.")
    if known in results:
        return Text("这个流水号出现了两次。", "it stands twice.")
    if _fen(written) != sent[known]:
        right = _yuan(sent[known])
        return Text(
            f"金额应为 {right} 元，与发出的不一致。",
            f"the amount must be {right} yuan, as it was sent.",
        )
    if result not in (PAID, FAILED):
        return Text(
            f"结果只能是{PAID}或{FAILED}。", f"the result is {PAID} (paid) or {FAILED} (failed)."
        )
    if result == FAILED and not reason:
        return Text("失败要写明原因。", "a failure needs its reason.")
    return None


def _kept(reason: str) -> str:
    """A reason as it is kept: one line, no long number in it."""
    plain = unicodedata.normalize("NFKC", reason)
    printed = "".join(c if unicodedata.category(c) != "Cc" else " " for c in plain)
    return _NUMBER.sub("***", printed)[:LONGEST_REASON].strip() or "—"


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _fen(written: str) -> int | None:
    try:
        return fen_from_yuan(written)
    except ValueError:
        return None


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _problem(zh: str, en: str) -> Problem:
    return Problem("", Text(zh, en), rule="return")


def _refused(zh: str, en: str) -> Returned:
    return Returned((), (_problem(zh, en),))
