"""Every way to tamper with a small ledger, and what the recount says about it."""

from dataclasses import replace
from datetime import date

import pytest

from bangfu.core.ledger.digest import header_text, posting_digest
from bangfu.core.ledger.postings import Entry, Posting, allocation, move
from bangfu.core.ledger.recount import Link, Recount, orphaned
from bangfu.core.ledger.seals import Head, seal
from bangfu.core.ledger.stages import Kind, Stage

PLACE = "420527000000"


class Books:
    """A plain ledger that keeps what the database keeps; tests alter it at will."""

    def __init__(self):
        self.postings, self.links = {}, {}
        self.balances, self.heads, self.seals = {}, {}, []

    def post(self, kind, entries, day=date(2026, 3, 2)):
        number = len(self.postings) + 1
        posting = Posting(number, PLACE, kind, day, "文1", "lu", tuple(entries))
        heads = {line: self.heads.get(line, Head(line, 0, "")) for line in posting.lines}
        digest = posting_digest(posting, {line: head.digest for line, head in heads.items()})
        self.postings[number] = posting
        self.links[number] = [
            Link(line, head.position + 1, head.digest, digest) for line, head in heads.items()
        ]
        for line, head in heads.items():
            self.heads[line] = Head(line, head.position + 1, digest)
        for line, stage, project, fen in entries:
            key = (line, stage, project)
            self.balances[key] = self.balances.get(key, 0) + fen

    def seal(self, month):
        previous = self.seals[-1].digest if self.seals else ""
        self.seals.append(seal(PLACE, month, previous, self.heads.values()))

    def verify(self, published=None):
        count = Recount(self.seals)
        for number, p in self.postings.items():
            header = header_text(
                p.number, p.place, p.kind, p.day, p.document, p.actor, p.memo, p.reverses
            )
            count.add(number, p.day, header, p.entries, self.links[number])
        balances = [(*key, amount) for key, amount in self.balances.items()]
        return count.finish(balances, self.heads.values(), published)

    def alter(self, number, position, **change):
        posting = self.postings[number]
        entries = list(posting.entries)
        entries[position] = entries[position]._replace(**change)
        self.postings[number] = replace(posting, entries=tuple(entries))

    def drop(self, number):
        del self.postings[number], self.links[number]


@pytest.fixture
def books():
    books = Books()
    books.post(Kind.ANNOUNCE, move("A", Stage.SOURCE, Stage.ANNOUNCED, 100))
    books.post(Kind.ANNOUNCE, move("B", Stage.SOURCE, Stage.ANNOUNCED, 50))
    books.post(Kind.ALLOCATE, allocation([("A", "P", 60), ("B", "P", 40)]))
    books.seal(202603)
    books.post(Kind.RECEIVE, move("A", Stage.TREASURY, Stage.RECEIVED, 30), date(2026, 4, 1))
    return books


def told(problems):
    return [(problem.where, problem.rule.removeprefix("ledger.")) for problem in problems]


def test_untouched_books_pass(books):
    assert books.verify() == []
    assert books.verify({202603: books.seals[0].digest}) == []
    assert Books().verify() == []


def test_an_altered_amount_is_found_three_ways(books):
    books.alter(1, 1, fen=90)
    assert told(books.verify()) == [
        ("posting 1 (2026-03-02)", "digest"),
        ("posting 1 (2026-03-02)", "sums"),
        ("balance A announced", "balance"),
    ]


def test_an_alteration_that_balances_is_still_found(books):
    books.alter(3, 2, project="Q")
    books.balances["A", "allocated", "Q"] = books.balances.pop(("A", "allocated", "P"))
    assert told(books.verify()) == [("posting 3 (2026-03-02)", "digest")]


@pytest.mark.parametrize(
    "change", [{"day": date(2026, 3, 3)}, {"actor": "li"}, {"document": "文2"}, {"memo": "改"}]
)
def test_an_altered_posting_is_named(books, change):
    books.postings[2] = replace(books.postings[2], **change)
    assert [rule for _, rule in told(books.verify())] == ["digest"]


def test_an_alteration_with_a_new_digest_breaks_the_chain(books):
    books.alter(1, 0, fen=-90)
    books.alter(1, 1, fen=90)
    books.balances["A", "source", ""] += 10
    books.balances["A", "announced", ""] -= 10
    [link] = books.links[1]
    digest = posting_digest(books.postings[1], {"A": ""})
    books.links[1] = [link._replace(digest=digest)]
    assert told(books.verify()) == [("posting 3 (2026-03-02)", "chain")]


def test_a_whole_chain_rewritten_is_found_by_the_seal(books):
    rewritten = Books()
    rewritten.post(Kind.ANNOUNCE, move("A", Stage.SOURCE, Stage.ANNOUNCED, 90))
    rewritten.post(Kind.ANNOUNCE, move("B", Stage.SOURCE, Stage.ANNOUNCED, 50))
    rewritten.post(Kind.ALLOCATE, allocation([("A", "P", 60), ("B", "P", 40)]))
    kept = seal(PLACE, 202603, "", rewritten.heads.values())
    rewritten.post(Kind.RECEIVE, move("A", Stage.TREASURY, Stage.RECEIVED, 30), date(2026, 4, 1))
    rewritten.seals = books.seals
    assert told(rewritten.verify()) == [("posting 3 (2026-03-02)", "seal")] * 2
    # With the seal rewritten too, only its digest kept outside tells.
    rewritten.seals = [kept]
    assert rewritten.verify() == []
    published = {202603: books.seals[0].digest}
    assert told(rewritten.verify(published)) == [("seal 202603", "seal")]


def test_a_missing_row_is_found(books):
    posting = books.postings[3]
    books.postings[3] = replace(posting, entries=posting.entries[1:])
    assert told(books.verify()) == [
        ("posting 3 (2026-03-02)", "digest"),
        ("posting 3 (2026-03-02)", "sums"),
        ("balance A announced", "balance"),
    ]


def test_missing_rows_of_a_line_are_found_by_its_link(books):
    posting = books.postings[3]
    books.postings[3] = replace(posting, entries=tuple(e for e in posting.entries if e.line == "A"))
    assert ("posting 3 (2026-03-02)", "lines") in told(books.verify())


def test_all_rows_missing(books):
    books.postings[4] = replace(books.postings[4], entries=())
    assert told(books.verify())[0] == ("posting 4 (2026-04-01)", "rows")


def test_a_posting_gone_from_the_middle_is_named_by_its_line(books):
    books.drop(1)
    problems = books.verify()
    assert ("posting 3 (2026-03-02)", "chain") in told(problems)
    chain = next(p for p in problems if p.rule == "ledger.chain")
    assert chain.text.en == (
        "Line A should have 1 postings before this one and has 0: a posting is missing."
    )


def test_a_tail_cut_off_is_found_by_the_head(books):
    books.drop(4)
    del books.balances["A", "treasury", ""], books.balances["A", "received", ""]
    assert told(books.verify()) == [("line A", "tail")]


def test_a_tail_cut_off_with_its_head_is_found_by_the_seal(books):
    books.drop(4)
    books.drop(3)
    books.balances = {("A", "source", ""): -100, ("A", "announced", ""): 100} | {
        ("B", "source", ""): -50,
        ("B", "announced", ""): 50,
    }
    books.heads = {
        link.line: Head(link.line, 1, link.digest) for n in (1, 2) for link in books.links[n]
    }
    assert told(books.verify()) == [("line A", "seal"), ("line B", "seal")]


def test_heads_that_do_not_fit(books):
    books.heads["A"] = books.heads["A"]._replace(digest="f" * 64)
    del books.heads["B"]
    assert told(books.verify()) == [("line A", "head"), ("line B", "head")]


def test_altered_balances_are_named_with_both_amounts(books):
    books.balances["A", "received", ""] = 31
    books.balances["B", "pledged", ""] = 5
    del books.balances["B", "announced", ""]
    problems = books.verify()
    assert told(problems) == [
        ("balance A received", "balance"),
        ("balance B pledged", "balance"),
        ("balance B announced", "balance"),
    ]
    assert problems[0].text.zh == "资金 A 的“到位”余额为 0.31 元，从头重算应为 0.30 元。"
    assert "is — yuan; recounted it is 0.10 yuan" in problems[2].text.en


def test_an_account_below_zero_is_named(books):
    books.alter(3, 0, fen=-101)
    books.alter(3, 2, fen=101)
    assert ("posting 3 (2026-03-02)", "overdrawn") in told(books.verify())


def test_an_unknown_stage_does_not_stop_the_recount(books):
    books.alter(1, 1, stage="elsewhere")
    assert ("posting 1 (2026-03-02)", "digest") in told(books.verify())


def test_altered_and_missing_seals_are_named(books):
    books.seal(202604)
    kept = books.seals[0]
    books.seals[0] = replace(kept, heads=kept.heads[1:])
    assert told(books.verify()) == [("seal 202603", "seal")]
    books.seals[0] = kept
    books.seals[1] = replace(books.seals[1], previous="f" * 64)
    assert told(books.verify()) == [("seal 202604", "seal")]
    del books.seals[1]
    assert told(books.verify({202604: "f" * 64})) == [("seal 202604", "seal")]


def test_rows_without_their_posting_are_shown_ten_at_most():
    rows = [Entry("A", Stage.ALLOCATED, f"P{n}", 100 * n) for n in range(1, 13)]
    problem = orphaned(9, rows)
    assert problem.where == "posting 9"
    assert problem.value.startswith("A allocated P1 1.00; A allocated P2 2.00; ")
    assert problem.value.endswith("A allocated P10 10.00; … 2 more")
