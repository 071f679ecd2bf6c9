"""The worked example of docs/algorithms/ledger.md, computed again from the page itself."""

import re
from datetime import date
from pathlib import Path

import pytest

from bangfu.core.ledger.days import free_by_day
from bangfu.core.ledger.digest import posting_digest, text_digest
from bangfu.core.ledger.postings import Entry, Posting
from bangfu.core.ledger.seals import Head, seal
from bangfu.core.ledger.splitting import Part, split
from bangfu.core.ledger.stages import KIND_LABELS, MOVES, Kind, Stage
from bangfu.core.ledger.validation import validate

PAGE = (Path(__file__).parents[4] / "docs" / "algorithms" / "ledger.md").read_text("utf-8")
PLACE = "420527000000"


def table(head):
    """The cells of the table whose first row begins with `head`."""
    start = PAGE.index(f"\n| {head} |") + 1
    rows = PAGE[start:].split("\n\n", 1)[0].strip().splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in (rows[0], *rows[2:])]


def fen(yuan):
    return int(yuan.replace("−", "-")) * 100


def entry(text):
    line, stage, *project, amount = text.split()
    return Entry(line, Stage(stage), " ".join(project), fen(amount))


@pytest.fixture(scope="module")
def postings():
    return [
        Posting(
            int(n),
            PLACE,
            Kind(kind),
            date.fromisoformat(day),
            document,
            "lu",
            tuple(entry(leg) for leg in legs.split(", ")),
        )
        for n, kind, day, document, legs in table("posting | kind")[1:]
    ]


@pytest.fixture(scope="module")
def heads(postings):
    """The heads after each posting."""
    states, now = [], {}
    for posting in postings:
        previous = {line: now.get(line, Head(line, 0, "")) for line in posting.lines}
        digest = posting_digest(posting, {line: head.digest for line, head in previous.items()})
        now = now | {line: Head(line, head.position + 1, digest) for line, head in previous.items()}
        states.append((digest, now))
    return states


def test_every_posting_of_the_page_may_be_posted(postings):
    assert [validate(posting) for posting in postings] == [[]] * 5


def test_the_balances_of_the_page(postings):
    _, *steps = table("account | 1")[0]
    for account, *amounts in table("account | 1")[1:]:
        line, stage, *project = account.split()
        balance, expected = 0, []
        for posting in postings:
            balance += sum(
                leg.fen
                for leg in posting.entries
                if leg.account == (line, stage, " ".join(project))
            )
            expected.append(balance)
        assert [fen(amount) for amount in amounts] == expected, account
        assert len(steps) == len(postings)


def test_the_digests_of_the_page(heads):
    assert [digest for _, digest in table("posting | digest")[1:]] == [d for d, _ in heads]


def test_the_texts_of_the_page_have_those_digests(heads):
    posted, sealed = (
        text + "\n" for text in re.findall(r"```\n((?:posting|seal)\t.*?)\n```", PAGE, re.DOTALL)
    )
    assert text_digest(posted) == heads[3][0]
    month = seal(PLACE, 202603, "", heads[-1][1].values())
    assert text_digest(sealed) == month.digest
    assert f"`{month.digest}`" in PAGE


def test_the_kinds_of_the_page_are_those_of_the_program():
    rows = table("kind | takes from")[1:]
    told = {
        name.split()[0].strip("`"): (
            set(re.findall(r"`(\w+)`", takes)),
            set(re.findall(r"`(\w+)`", gives)),
        )
        for name, takes, gives in rows
    }
    assert told == {
        kind.value: (set(moves.takes), set(moves.gives)) for kind, moves in MOVES.items()
    }
    assert [name.split()[1] for name, *_ in rows] == [KIND_LABELS[kind].zh for kind in Kind]


@pytest.mark.parametrize("head", ["claim | A", "other claim | A"])
def test_the_splits_of_the_page(head):
    names, *rows = table(head)
    plan = {
        part.split()[0]: int(part.split()[1])
        for part in re.search(r"Parts in fen: ([^.]+)\.", PAGE).group(1).split(", ")
    }
    taken = dict.fromkeys(plan, 0)
    for claim, *cells in rows:
        shares = split([Part(line, plan[line], taken[line]) for line in plan], int(claim))
        for line, cell in zip(names[1:], cells, strict=True):
            taken[line] += shares.get(line, 0)
            assert cell == f"{shares.get(line, 0)} / {taken[line]}"
    assert taken == plan


def test_what_may_be_taken_by_a_posting_dated_before_others():
    rows = table("dated | changed that day")[1:]
    changed = {date.fromisoformat(day): fen(yuan) for day, yuan, *_ in rows}
    standing = [sum(list(changed.values())[: at + 1]) for at in range(len(rows))]
    assert standing == [fen(end) for _, _, end, _ in rows]
    first, *after = changed
    later = {day: changed[day] for day in after}
    told = {date.fromisoformat(day): fen(free) for day, _, _, free in rows}
    assert free_by_day(standing[-1], later, first) == told
