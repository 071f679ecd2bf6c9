"""What makes a posting unfit for the books, one small function a rule.

The database holds the same rules (books/funds/sql); here they are said in words before anything is
written, all at once.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.ledger.postings import Posting
from bangfu.core.ledger.stages import (
    BOOKS,
    KIND_LABELS,
    PAIRED,
    PER_PROJECT,
    STAGE_LABELS,
    WITHIN_PROJECT,
    Book,
    may_move,
)
from bangfu.core.money import MAX_FEN, format_yuan


def validate(posting: Posting) -> list[Problem]:
    """Every problem of a posting, in the order of `VALIDATIONS`; none when it may be posted."""
    return [problem for check in VALIDATIONS for problem in check(posting)]


def check_not_empty(posting: Posting) -> Iterator[Problem]:
    """A posting moves something."""
    if not posting.entries:
        yield Problem(
            "entries", Text("没有任何分录。", "The posting has no entries."), rule="not_empty"
        )


def check_amounts(posting: Posting) -> Iterator[Problem]:
    """Amounts are whole fen, not zero, and within what the database can hold."""
    for position, entry in enumerate(posting.entries):
        if entry.fen == 0 or abs(entry.fen) > MAX_FEN:
            yield Problem(
                f"entries[{position}]",
                Text("金额为零或超出范围。", "The amount is zero or out of range."),
                str(entry.fen),
                "amounts",
            )


def check_stages(posting: Posting) -> Iterator[Problem]:
    """Each kind of posting takes from and gives to its own stages only."""
    for position, entry in enumerate(posting.entries):
        if entry.fen and not may_move(posting.kind, entry.stage, entry.fen, red=posting.red):
            kind, stage = KIND_LABELS[posting.kind], STAGE_LABELS[entry.stage]
            zh, en = ("转入", "into") if entry.fen > 0 else ("转出", "out of")
            yield Problem(
                f"entries[{position}]",
                Text(
                    f"“{kind.zh}”不能{zh}“{stage.zh}”。",
                    f"A posting of kind {kind.en} cannot move money {en} {stage.en}.",
                ),
                format_yuan(entry.fen),
                "stages",
            )


def check_projects(posting: Posting) -> Iterator[Problem]:
    """From allocation on an amount belongs to a project; before it, to none."""
    for position, entry in enumerate(posting.entries):
        if (entry.stage in PER_PROJECT) == bool(entry.project):
            continue
        stage = STAGE_LABELS[entry.stage]
        text = (
            Text(f"“{stage.zh}”不记到项目。", f"The stage {stage.en} is not kept by project.")
            if entry.project
            else Text(f"“{stage.zh}”必须写明项目。", f"The stage {stage.en} needs a project.")
        )
        yield Problem(f"entries[{position}]", text, entry.project, "projects")


def check_sums(posting: Posting) -> Iterator[Problem]:
    """Within each line, quota and cash each sum to zero: no money crosses from line to line.

    Nor from project to project, but where a plan is posted or amended.
    """
    sums: Counter[tuple[str, Book, str]] = Counter()
    for entry in posting.entries:
        project = entry.project if posting.kind in WITHIN_PROJECT else ""
        sums[entry.line, BOOKS[entry.stage], project] += entry.fen
    for (line, book, project), rest in sorted(sums.items()):
        if rest:
            label = Text("指标", "quota") if book is Book.QUOTA else Text("资金", "cash")
            yield Problem(
                f"{line} {project}".strip(),
                Text(
                    f"{label.zh}借贷不平，差 {format_yuan(rest)} 元。",
                    f"The {label.en} entries do not sum to zero: {format_yuan(rest)} yuan is left.",
                ),
                format_yuan(rest),
                "sums",
            )


def check_pairs(posting: Posting) -> Iterator[Problem]:
    """A payment or a recovery moves the same amount in both books of each line."""
    if posting.kind not in PAIRED:
        return
    quota, cash = PAIRED[posting.kind]
    differences: Counter[str] = Counter()
    for entry in posting.entries:
        if entry.stage is quota:
            differences[entry.line] += entry.fen
        elif entry.stage is cash:
            differences[entry.line] -= entry.fen
    for line, rest in sorted(differences.items()):
        if rest:
            yield Problem(
                line,
                Text(
                    f"指标与资金不一致，差 {format_yuan(rest)} 元。",
                    f"Quota and cash do not move alike: {format_yuan(rest)} yuan apart.",
                ),
                format_yuan(rest),
                "pairs",
            )


def check_texts(posting: Posting) -> Iterator[Problem]:
    """No text holds a tab or another control character: they part the fields of the digest."""
    texts = {"document": posting.document, "actor": posting.actor, "memo": posting.memo}
    for entry in posting.entries:
        texts[f"line {entry.line!r}"] = entry.line
        texts[f"project {entry.project!r}"] = entry.project
    for where, text in texts.items():
        if any(unicodedata.category(character) == "Cc" for character in text):
            yield Problem(
                where,
                Text(
                    "含有制表符、换行等控制字符，请删去。",
                    "Holds a tab, a line break or another control character; take it out.",
                ),
                repr(text),
                "texts",
            )


VALIDATIONS: tuple[Callable[[Posting], Iterator[Problem]], ...] = (
    check_not_empty,
    check_amounts,
    check_stages,
    check_projects,
    check_sums,
    check_pairs,
    check_texts,
)
