"""Whatever single thing is altered in generated books, the recount notices."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.ledger.digest import canonical, header_text, posting_digest
from bangfu.core.ledger.postings import Entry, Posting, allocation, mirrored, move
from bangfu.core.ledger.recount import Link, Recount
from bangfu.core.ledger.seals import Head
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.core.ledger.validation import validate

PLACE = "420527000000"
LINES = st.sampled_from(["A", "B", "资金一"])
FEN = st.integers(1, 10**12)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just(Kind.PLEDGE), LINES, FEN),
        st.tuples(st.just(Kind.ANNOUNCE), LINES, FEN),
        st.tuples(st.just(Kind.RECEIVE), LINES, FEN),
        st.tuples(st.just(Kind.ALLOCATE), LINES, FEN),
    ),
    min_size=2,
    max_size=8,
)
STAGES = {
    Kind.PLEDGE: (Stage.SOURCE, Stage.PLEDGED),
    Kind.ANNOUNCE: (Stage.SOURCE, Stage.ANNOUNCED),
    Kind.RECEIVE: (Stage.TREASURY, Stage.RECEIVED),
}


def kept(acts):
    """Postings with their links, balances and heads, as the database would keep them.

    An allocation is preceded by the announcement that pays it.
    """
    wanted = []
    for kind, line, fen in acts:
        if kind is Kind.ALLOCATE:
            wanted.append((Kind.ANNOUNCE, move(line, Stage.SOURCE, Stage.ANNOUNCED, fen)))
            wanted.append((kind, allocation([(line, "项目", fen)])))
        else:
            wanted.append((kind, move(line, *STAGES[kind], fen)))
    rows, balances, heads = [], {}, {}
    for number, (kind, entries) in enumerate(wanted, start=1):
        posting = Posting(number, PLACE, kind, date(2026, 1, 1), "文", "lu", tuple(entries))
        assert validate(posting) == []
        line = entries[0].line
        last = heads.get(line, Head(line, 0, ""))
        digest = posting_digest(posting, {line: last.digest})
        rows.append((posting, [Link(line, last.position + 1, last.digest, digest)]))
        heads[line] = Head(line, last.position + 1, digest)
        for entry in entries:
            balances[entry.account] = balances.get(entry.account, 0) + entry.fen
    return rows, balances, heads


def recounted(rows, balances, heads):
    count = Recount()
    for p, links in rows:
        header = header_text(
            p.number, p.place, p.kind, p.day, p.document, p.actor, p.memo, p.reverses
        )
        count.add(p.number, p.day, header, p.entries, links)
    stored = [(*account, fen) for account, fen in balances.items()]
    return count.finish(stored, heads.values())


@given(ACTS)
def test_untouched_books_are_sound(acts):
    assert recounted(*kept(acts)) == []


@given(ACTS, st.data())
def test_one_altered_posting_is_noticed(acts, data):
    rows, balances, heads = kept(acts)
    which = data.draw(st.integers(0, len(rows) - 1))
    posting, links = rows[which]
    leg = data.draw(st.integers(0, len(posting.entries) - 1))
    entries = list(posting.entries)
    change = data.draw(st.sampled_from(["fen", "line", "row", "posting", "day", "memo"]))
    if change == "fen":
        entries[leg] = entries[leg]._replace(fen=entries[leg].fen + data.draw(FEN))
    elif change == "line":
        entries[leg] = entries[leg]._replace(line="别的")
    elif change == "row":
        del entries[leg]
    rows[which] = (replace(posting, entries=tuple(entries)), links)
    if change == "posting":
        del rows[which]
    elif change == "day":
        rows[which] = (replace(posting, day=date(2026, 1, 2)), links)
    elif change == "memo":
        rows[which] = (replace(posting, memo="改"), links)
    problems = recounted(rows, balances, heads)
    named = f"posting {posting.number} (" if change != "posting" else f"{posting.lines[0]}"
    assert any(named in p.where or named in p.text.zh for p in problems), problems


FIELD = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=4)
ENTRY = st.builds(Entry, FIELD, st.sampled_from(Stage), FIELD, st.integers(-9, 9))


@given(
    st.lists(ENTRY, max_size=3),
    st.lists(ENTRY, max_size=3),
    st.tuples(FIELD, FIELD, FIELD),
    st.tuples(FIELD, FIELD, FIELD),
)
def test_different_postings_have_different_texts(one, other, texts, others):
    def written(entries, fields):
        header = header_text(1, PLACE, "pledge", date(2026, 1, 1), *fields, None)
        return canonical(header, entries, {})

    same = sorted(one) == sorted(other) and texts == others
    assert (written(one, texts) == written(other, others)) == same


@given(ACTS)
def test_a_mirror_undoes_what_it_mirrors(acts):
    rows, _, _ = kept(acts)
    sums = {}
    for posting, _ in rows:
        for entry in [*posting.entries, *mirrored(posting.entries)]:
            sums[entry.account] = sums.get(entry.account, 0) + entry.fen
    assert not any(sums.values())
