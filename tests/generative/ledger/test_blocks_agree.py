"""Counted in blocks, altered books give the very problems that counting one by one gives."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.ledger.blocks import ENTRIES, LINKS, POSTINGS, sound_blocks
from bangfu.core.ledger.digest import header_text, posting_digest
from bangfu.core.ledger.postings import Entry, Posting, allocation, mirrored, move
from bangfu.core.ledger.recount import Link, Recount
from bangfu.core.ledger.seals import Head, seal
from bangfu.core.ledger.stages import Kind, Stage

PLACE = "420527000000"
LINES = st.sampled_from(["A", "A1", "资金一"])
ACTS = st.lists(st.tuples(LINES, LINES, st.integers(2, 10**12)), min_size=1, max_size=6)
CUTS = st.sets(st.integers(1, 17))


def posted(acts):
    """Announced, allocated from one or two lines, and now and then taken back again."""
    wanted = []
    for at, (one, other, fen) in enumerate(acts):
        for line in sorted({one, other}):
            wanted.append((Kind.ANNOUNCE, move(line, Stage.SOURCE, Stage.ANNOUNCED, fen)))
        pieces = [(line, f"项目{at % 2}", fen // 2) for line in sorted({one, other})]
        wanted.append((Kind.ALLOCATE, allocation(pieces)))
        if at % 2:
            wanted.append((Kind.ALLOCATE, mirrored(allocation(pieces))))
    day = date(2026, 1, 1)
    return [
        Posting(number, PLACE, kind, day, "文", "lu", tuple(entries), memo="一\"二'\\")
        for number, (kind, entries) in enumerate(wanted, start=1)
    ]


def chained(postings):
    """The links that postings get, and the heads after them."""
    links, heads = [], {}
    for posting in postings:
        before = {line: heads.get(line, Head(line, 0, "")) for line in posting.lines}
        digest = posting_digest(posting, {line: head.digest for line, head in before.items()})
        links.append([Link(line, head[1] + 1, head[2], digest) for line, head in before.items()])
        heads |= {line: Head(line, head[1] + 1, digest) for line, head in before.items()}
    return links, heads


def header(p):
    return header_text(p.number, p.place, p.kind, p.day, p.document, p.actor, p.memo, p.reverses)


def in_columns(rows):
    """Postings with their links as the frames that blocks are made of."""
    postings = [(p.number, p.place, header(p).removesuffix("\n")) for p, _ in rows]
    entries = [(p.number, *entry) for p, _ in rows for entry in p.entries]
    links = [(p.number, *link) for p, own in rows for link in own]
    return [
        pl.DataFrame(found, schema=schema, orient="row")
        for found, schema in ((postings, POSTINGS), (entries, ENTRIES), (links, LINKS))
    ]


def recounted(rows, cuts, seals, heads):
    """The problems of rows cut into blocks, and how many of the blocks had to be opened."""
    count, opened = Recount(seals), 0
    edges = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    for low, high in pairwise(edges):
        blocks = sound_blocks(*in_columns(rows[low:high]))
        if blocks is not None and all(count.joins(block) for block in blocks.values()):
            for block in blocks.values():
                count.add_block(block)
            continue
        opened += 1
        for posting, links in rows[low:high]:
            count.add(posting.number, posting.day, header(posting), posting.entries, links)
    return count.finish([], heads.values()), opened


def one_by_one(rows, seals, heads):
    count = Recount(seals)
    for posting, links in rows:
        count.add(posting.number, posting.day, header(posting), posting.entries, links)
    return count.finish([], heads.values())


def sealed(postings, at):
    _, heads = chained(postings[:at])
    return [seal(PLACE, 202601, "", heads.values())]


@given(ACTS, CUTS, st.integers(0, 6))
def test_sound_books_are_never_opened(acts, cuts, at):
    postings = posted(acts)
    links, heads = chained(postings)
    rows, seals = list(zip(postings, links, strict=True)), sealed(postings, at)
    problems, opened = recounted(rows, cuts, seals, heads)
    # No stored balances are given: each account that holds something is told as missing.
    assert {problem.rule for problem in problems} <= {"ledger.balance"}
    assert problems == one_by_one(rows, seals, heads) and opened == 0


def altered_entries(draw, entries):
    at = draw(st.integers(0, len(entries) - 1))
    change = draw(
        st.one_of(
            st.none(),
            st.fixed_dictionaries({"fen": st.sampled_from([1, -1, 2**62, -(2**63)])}),
            st.fixed_dictionaries({"line": LINES}),
            st.fixed_dictionaries({"project": st.sampled_from(["项目1", ""])}),
            st.fixed_dictionaries(
                {"stage": st.sampled_from(["allocated", "received", "no stage"])}
            ),
        )
    )
    kept = list(entries)
    if change is None:
        del kept[at]
    else:
        kept[at] = kept[at]._replace(**change)
    return tuple(kept)


def altered_posting(draw, posting):
    how = draw(st.sampled_from(["entries", "negated", "twice", "memo", "day", "place"]))
    if how == "entries":
        return replace(posting, entries=altered_entries(draw, posting.entries))
    if how == "negated":
        return replace(posting, entries=tuple(mirrored(posting.entries)))
    if how == "twice":
        return replace(posting, entries=posting.entries * 2)
    changes = {"memo": "改", "day": date(2026, 1, 2), "place": "420528000000"}
    return replace(posting, **{how: changes[how]})


def altered_links(draw, links):
    at = draw(st.integers(0, len(links) - 1))
    change = draw(
        st.sampled_from(
            [None, {"line": "A"}, {"position": 1}, {"position": 2}, {"previous": ""},
             {"previous": "0" * 64}, {"digest": "0" * 64}]
        )
    )  # fmt: skip
    kept = list(links)
    if change is None:
        del kept[at]
    else:
        kept[at] = kept[at]._replace(**change)
    return kept


@given(ACTS, CUTS, st.integers(0, 6), st.data())
def test_altered_books_give_the_same_problems(acts, cuts, at, data):
    postings = posted(acts)
    links, heads = chained(postings)
    seals = sealed(postings, at)
    which = data.draw(st.integers(0, len(postings) - 1))
    how = data.draw(st.sampled_from(["posting", "rewritten", "link", "dropped", "renumbered"]))
    if how in ("posting", "rewritten"):
        postings[which] = altered_posting(data.draw, postings[which])
        # Whoever has the database can write every digest anew; the rules and the seals still tell.
        links = chained(postings)[0] if how == "rewritten" else links
    elif how == "link":
        links[which] = altered_links(data.draw, links[which])
    elif how == "renumbered":
        first, other = postings[0], postings[which]
        postings[0], postings[which] = (
            replace(other, number=first.number),
            replace(first, number=other.number),
        )
        links[0], links[which] = links[which], links[0]
    rows = list(zip(postings, links, strict=True))
    if how == "dropped":
        del rows[which]
    problems, _ = recounted(rows, cuts, seals, heads)
    assert problems == one_by_one(rows, seals, heads)


def test_a_posting_of_nothing_else_is_refused():
    """Rows and links without a posting, and a posting without rows, are for counting one by one."""
    entries = tuple(move("A", Stage.SOURCE, Stage.ANNOUNCED, 5))
    posting = Posting(1, PLACE, Kind.ANNOUNCE, date(2026, 1, 1), "", "lu", entries)
    [links], _ = chained([posting])
    whole = in_columns([(posting, links)])
    assert sound_blocks(*whole) is not None
    assert sound_blocks(*(frame.clear() for frame in whole)) == {}
    for missing in range(3):
        parts = [frame.clear() if at == missing else frame for at, frame in enumerate(whole)]
        assert sound_blocks(*parts) is None
    for at, frame in enumerate(whole):
        for name in frame.columns:
            parts = [*whole]
            parts[at] = frame.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name))
            assert sound_blocks(*parts) is None, name


def test_sums_that_come_round_to_zero_in_64_bits_are_refused():
    legs = [("A", Stage.SOURCE, "", -(2**63)), ("A", Stage.ANNOUNCED, "", -(2**63))]
    entries = tuple(Entry(*leg) for leg in legs)
    posting = Posting(1, PLACE, Kind.ANNOUNCE, date(2026, 1, 1), "", "lu", entries)
    [links], _ = chained([posting])
    assert sound_blocks(*in_columns([(posting, links)])) is None
