"""The recount: everything again from the first row, held against what the books say they hold.

`Recount` takes postings in the order of their numbers and keeps one balance per account and one head
per line, nothing else, so that its memory does not grow with the ledger. It trusts nothing stored: not
the balances, not the digests, not the heads, not the seals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.ledger.blocks import Block
from bangfu.core.ledger.digest import canonical, text_digest
from bangfu.core.ledger.postings import Entry
from bangfu.core.ledger.seals import Head, Seal, seal_digest
from bangfu.core.ledger.stages import BOOKS, OUTSIDE, STAGE_LABELS, Book, Stage
from bangfu.core.money import format_yuan


class Link(NamedTuple):
    """Where a posting stands in one line's chain, as it was written then.

    `position` counts the line's postings from 1, `previous` is the digest of the one
    before, "" for the first.
    """

    line: str
    position: int
    previous: str
    digest: str


class Recount:
    """One recount of one county's books. Call `add` for each posting, then `finish` once.

    A block that is sound by itself and `joins` what was counted may be added whole by `add_block`: its
    postings, added one by one, would give no problem. `seals` are the months sealed so far, in order.
    """

    def __init__(self, seals: Sequence[Seal] = ()) -> None:
        self.problems: list[Problem] = []
        self._balances: dict[tuple[str, str, str], int] = {}
        self._heads: dict[str, Head] = {}
        self._expected: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for one in seals:
            for line, position, digest in one.heads:
                self._expected.setdefault((line, position), []).append((one.month, digest))
        self._seals = seals

    def add(
        self, number: int, day: date, header: str, entries: Sequence[Entry], links: Sequence[Link]
    ) -> None:
        """Count one posting; `header` is the first line of its canonical text."""
        where = f"posting {number} ({day.isoformat()})"
        digest = text_digest(canonical(header, entries, {link[0]: link[2] for link in links}))
        if not entries:
            self._found(where, "rows", Text("分录全部缺失。", "All its rows are missing."))
        elif any(link.digest != digest for link in links):
            altered = Text(
                "内容被改动：按现有分录重算的摘要与记账时不符。",
                "It was altered: the digest of its rows is not the one it was posted with.",
            )
            self._found(where, "digest", altered, _rows(entries))
        self._check_sums(where, entries)
        self._check_lines(where, entries, links)
        for link in links:
            self._follow(where, link)
        for entry in entries:
            key = entry[:3]
            self._balances[key] = self._balances.get(key, 0) + entry[3]
        self._check_balances(where, entries)

    def joins(self, block: Block) -> bool:
        """Whether a sound block follows what was counted: its chains, its balances, its sealed digests."""
        for line, first, previous, _, _ in block.stretches:
            head = self._heads.get(line, Head(line, 0, ""))
            if (first, previous) != (head.position + 1, head.digest):
                return False
        for line, stage, project, lowest, _ in block.movements:
            if stage not in OUTSIDE and self._balances.get((line, stage, project), 0) + lowest < 0:
                return False
        sealed = self._sealed_in(block)
        found = block.digests(sealed) if sealed else {}
        return all(found.get(key) == digest for key in sealed for _, digest in self._expected[key])

    def add_block(self, block: Block) -> None:
        """Count a block that `joins` what was counted."""
        for key in self._sealed_in(block):
            del self._expected[key]
        for line, _, _, last, digest in block.stretches:
            self._heads[line] = Head(line, last, digest)
        for line, stage, project, _, change in block.movements:
            account = (line, stage, project)
            self._balances[account] = self._balances.get(account, 0) + change

    def _sealed_in(self, block: Block) -> list[tuple[str, int]]:
        """The (line, position)s in the block that a seal names."""
        last = {stretch.line: stretch.last for stretch in block.stretches}
        return [(line, at) for line, at in self._expected if at <= last.get(line, 0)]

    def finish(
        self,
        balances: Iterable[tuple[str, str, str, int]],
        heads: Iterable[Head],
        published: Mapping[int, str] | None = None,
    ) -> list[Problem]:
        """Hold the count against the stored balances (line, stage, project, fen), heads and seals.

        `published` holds digests of seals kept outside the database, by month.
        """
        self._compare_balances(balances)
        self._compare_heads(heads)
        self._compare_seals(published or {})
        return self.problems

    # --- one posting ---------------------------------------------------------------------------

    def _check_sums(self, where: str, entries: Sequence[Entry]) -> None:
        sums: dict[tuple[str, Book | None], int] = {}
        for line, stage, _, fen in entries:
            key = (line, BOOKS.get(stage))  # type: ignore[call-overload]
            sums[key] = sums.get(key, 0) + fen
        for (line, _), rest in sums.items():
            if rest:
                text = Text(
                    f"资金 {line} 的分录借贷不平，差 {format_yuan(rest)} 元。",
                    f"Its rows on line {line} do not sum to zero: {format_yuan(rest)} yuan is left.",
                )
                self._found(where, "sums", text, _rows(e for e in entries if e[0] == line))

    def _check_lines(self, where: str, entries: Sequence[Entry], links: Sequence[Link]) -> None:
        touched, linked = {entry[0] for entry in entries}, {link[0] for link in links}
        for line in sorted(touched ^ linked):
            text = Text(
                f"资金 {line} 的分录与其链接对不上：有一边缺失。",
                f"Rows and chain disagree on line {line}: one of the two is missing.",
            )
            self._found(where, "lines", text)

    def _follow(self, where: str, link: Link) -> None:
        line, position, previous, digest = link
        last = self._heads.get(line)
        expected = (last.position if last else 0) + 1
        if position != expected:
            text = Text(
                f"资金 {line} 在此之前应有 {position - 1} 笔，现存 {expected - 1} 笔：有凭证缺失。",
                f"Line {line} should have {position - 1} postings before this one and has "
                f"{expected - 1}: a posting is missing.",
            )
            self._found(where, "chain", text)
        elif previous != (last.digest if last else ""):
            text = Text(
                f"资金 {line} 的前一笔被换过：摘要链在此断开。",
                f"The posting before it on line {line} was replaced: the chain breaks here.",
            )
            self._found(where, "chain", text)
        for month, sealed in self._expected.pop((line, position), []):
            if sealed != digest:
                text = Text(
                    f"资金 {line} 的第 {position} 笔与 {month} 月封不符：封存后被换过。",
                    f"Posting {position} of line {line} is not the one sealed in {month}.",
                )
                self._found(where, "seal", text)
        self._heads[line] = Head(line, position, digest)

    def _check_balances(self, where: str, entries: Sequence[Entry]) -> None:
        for entry in entries:
            key = entry[:3]
            if self._balances[key] < 0 and entry[1] not in OUTSIDE:
                text = Text(
                    f"{_account(key).zh}到此为负：{format_yuan(self._balances[key])} 元。",
                    f"{_account(key).en} is below zero here: "
                    f"{format_yuan(self._balances[key])} yuan.",
                )
                self._found(where, "overdrawn", text)

    # --- the end -------------------------------------------------------------------------------

    def _compare_balances(self, balances: Iterable[tuple[str, str, str, int]]) -> None:
        counted = self._balances
        for line, stage, project, amount in balances:
            right = counted.pop((line, stage, project), 0)
            if amount != right:
                self._wrong_balance((line, stage, project), format_yuan(amount), right)
        for key, right in counted.items():
            if right:
                self._wrong_balance(key, "—", right)

    def _wrong_balance(self, key: tuple[str, str, str], stored: str, right: int) -> None:
        text = Text(
            f"{_account(key).zh}余额为 {stored} 元，从头重算应为 {format_yuan(right)} 元。",
            f"The balance of {_account(key).en} is {stored} yuan; "
            f"recounted it is {format_yuan(right)} yuan.",
        )
        where = "balance " + " ".join(part for part in key if part)
        self._found(where, "balance", text, stored)

    def _compare_heads(self, heads: Iterable[Head]) -> None:
        counted = dict(self._heads)
        for head in heads:
            last = counted.pop(head.line, Head(head.line, 0, ""))
            if last.position < head.position:
                missing = head.position - last.position
                text = Text(
                    f"末尾被截去：应有 {head.position} 笔，现存 {last.position} 笔，缺 {missing} 笔。",
                    f"The tail was cut off: {head.position} postings were made, "
                    f"{last.position} are there, {missing} missing.",
                )
                self._found(f"line {head.line}", "tail", text)
            elif last != head:
                text = Text(
                    "末笔与链头不符：有一边被改动。",
                    "The last posting is not the one its head names: one of the two was altered.",
                )
                self._found(f"line {head.line}", "head", text)
        for line in sorted(counted):
            gone = Text("链头缺失。", "The head of its chain is missing.")
            self._found(f"line {line}", "head", gone)

    def _compare_seals(self, published: Mapping[int, str]) -> None:
        for (line, position), missing in self._expected.items():
            for month, _ in missing:
                text = Text(
                    f"{month} 月封存了 {position} 笔，现已不全：封存后被截去。",
                    f"{position} postings were sealed in {month}; they are no longer all there.",
                )
                self._found(f"line {line}", "seal", text)
        previous = ""
        for one in self._seals:
            whole = seal_digest(one.place, one.month, one.previous, one.heads) == one.digest
            if not whole or one.previous != previous:
                text = Text("月封本身被改动。", "The seal itself was altered.")
                self._found(f"seal {one.month}", "seal", text)
            if published.get(one.month, one.digest) != one.digest:
                text = Text(
                    "月封与对外留存的摘要不符。",
                    "The seal is not the one whose digest was published.",
                )
                self._found(f"seal {one.month}", "seal", text)
            previous = one.digest
        for month in sorted(published.keys() - {one.month for one in self._seals}):
            gone = Text("已公布的月封不在账上。", "A published seal is missing from the books.")
            self._found(f"seal {month}", "seal", gone)

    def _found(self, where: str, rule: str, text: Text, value: str = "") -> None:
        self.problems.append(Problem(where, text, value, f"ledger.{rule}"))


def orphaned(number: int, entries: Sequence[Entry]) -> Problem:
    """Rows whose posting is gone. They are not counted: nothing says when or why they were."""
    gone = Text(
        "记账凭证缺失，只剩下分录。", "The posting itself is missing; its rows stand alone."
    )
    return Problem(f"posting {number}", gone, _rows(entries), "ledger.posting")


def _rows(entries: Iterable[Entry]) -> str:
    """The rows of a posting on one line, at most ten of them, for a message."""
    shown = [
        f"{line} {stage} {project} {format_yuan(fen)}".replace("  ", " ")
        for line, stage, project, fen in entries
    ]
    more = [f"… {len(shown) - 10} more"] if len(shown) > 10 else []
    return "; ".join(shown[:10] + more)


def _account(key: tuple[str, str, str]) -> Text:
    line, stage, project = key
    # A stage that does not exist can only have been written behind the program's back.
    label = STAGE_LABELS[Stage(stage)] if stage in set(Stage) else Text(stage, stage)
    return Text(
        f"资金 {line}{' 项目 ' + project if project else ''} 的“{label.zh}”",
        f"line {line}{' project ' + project if project else ''}, {label.en}",
    )
