"""Strands: exact both ways, and what the slow model that moves single fen says too."""

import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.ledger.stages import Stage
from bangfu.core.ledger.strands import LAYERS, Layer, links, sums, through, way
from bangfu.core.ledger.trace import (
    Aid,
    Paper,
    Promise,
    Share,
    Standing,
    Stretch,
    Worth,
    aid_of,
    held_fen,
    sourced,
    strands_of,
    table,
)

PAGE = (Path(__file__).parents[4] / "docs/algorithms/tracing.md").read_text("utf-8")


def row_of(parts):
    """The slow model of a row: fen k of part i stands at (2k - 1) / 2 part, ties by the order."""
    return [
        at
        for _, at in sorted(
            (Fraction(2 * k - 1, 2 * fen), at)
            for at, fen in enumerate(parts)
            for k in range(1, fen + 1)
        )
    ]


def slow_table(rows, columns):
    """The slow model of `table`: each of the rows takes the next fen off the row, one by one."""
    row = iter(row_of(columns))
    counted = [Counter(next(row) for _ in range(fen)) for fen in rows]
    return [[one[at] for at in range(len(columns))] for one in counted]


def slow_values(total, values):
    """Largest remainder, as it is said: whole parts first, then the largest rests, ties by the order."""
    quotas = [Fraction(total * value, sum(values)) for value in values]
    parts = [quota.numerator // quota.denominator for quota in quotas]
    order = sorted(range(len(values)), key=lambda at: (parts[at] - quotas[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts


AMOUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=4)


@given(AMOUNTS, st.data())
def test_a_table_keeps_both_sums_and_is_the_slow_one(columns, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, sum(columns)), max_size=4)))
    rows = [b - a for a, b in zip([0, *cuts], [*cuts, sum(columns)], strict=True)]
    cells = table(rows, columns)
    assert [sum(row) for row in cells] == rows
    assert [sum(column) for column in zip(*cells, strict=True)] == columns
    assert cells == slow_table(rows, columns)


def test_a_table_whose_sums_differ_is_refused():
    with pytest.raises(ValueError, match="rows sum to 3, columns to 4"):
        table([1, 2], [4])


@st.composite
def standings(draw):
    """A project with lines, claims of several payees, contracts, batches and assets that fit together."""
    lines = list(range(1, draw(st.integers(1, 3)) + 1))
    shares, aid = [], []
    balances = {}
    for line in lines:
        for stage in (Stage.ALLOCATED, Stage.RECOVERED, Stage.COMMITTED):
            balances[line, stage] = draw(st.integers(0, 12))
        for paid, stage in ((True, Stage.PAID), (False, Stage.CLAIMED)):
            fens = draw(st.lists(st.integers(1, 20), max_size=3))
            shares += [
                Share(
                    line,
                    draw(st.sampled_from("ABC")),
                    fen,
                    paid,
                    draw(st.integers(1, 2)),
                    10 * line + at + 5 * paid,
                    at if paid else None,
                )
                for at, fen in enumerate(fens, 1)
            ]
            balances[line, stage] = sum(fens) + draw(st.integers(0, 4))
        batch = draw(st.integers(0, 20))
        if batch:
            shares.append(Share(line, "农户", batch, True, 9, 90, 900, True))
            balances[line, Stage.PAID] += batch
    left = sum(share.fen for share in shares if share.batch)
    for at in range(draw(st.integers(0, 3)) if left else 0):
        aid.append(Aid(900, draw(st.integers(0, left)), f"H{at}"))
        left -= aid[-1].fen
    committed = sum(balances[line, Stage.COMMITTED] for line in lines)
    promised = sorted(draw(st.lists(st.integers(0, committed), max_size=2)))
    promises = [
        Promise("AB"[at], at, b - a)
        for at, (a, b) in enumerate(zip([0, *promised], promised, strict=False))
    ]
    assets = [Worth(at, draw(st.integers(1, 50))) for at in range(draw(st.integers(0, 3)))]
    return Standing(1, balances, shares, promises, aid, assets)


def slow_strands(standing):
    """Every fen of the project by itself, as (stage, line, payee, claim, asset, contract): a plain model
    that knows rows of fen and nothing else."""
    lines = sorted({line for line, _ in standing.balances})
    built = []
    for line in lines:
        left = standing.balances[line, Stage.PAID]
        built.append(
            left - sum(one.fen for one in standing.shares if one.line == line and one.batch)
        )
    values = [one.fen for one in standing.assets]
    parts = slow_values(sum(built), values) if values else [sum(built)]
    names = [one.asset for one in standing.assets] or [None]
    found = Counter()
    by_line = slow_table(parts, built)
    for at, line in enumerate(lines):
        shares = sorted(
            (one for one in standing.shares if one.line == line and one.paid and not one.batch),
            key=lambda one: (one.payee, one.contract, one.claim),
        )
        rest = built[at] - sum(one.fen for one in shares)
        payees = sorted({one.payee for one in shares})
        sizes = [sum(one.fen for one in shares if one.payee == payee) for payee in payees]
        cells = slow_table([row[at] for row in by_line], [*sizes, rest])
        for column, payee in enumerate([*payees, None]):
            mine = [one for one in shares if one.payee == payee] or [None]
            inner = slow_table(
                [row[column] for row in cells], [one.fen if one else rest for one in mine]
            )
            for asset, row in zip(names, inner, strict=True):
                for one, fen in zip(mine, row, strict=True):
                    found[line, payee, one.claim if one else None, asset] += fen
    return +found


@given(standings())
def test_strands_are_the_balances_and_the_slow_model(standing):
    strands = strands_of(standing)
    for line in {strand.line for strand in strands}:
        assert strands_of(standing, {line}) == [one for one in strands if one.line == line]
    assert all(strand.fen > 0 for strand in strands)
    held = Counter()
    for strand in strands:
        held[strand.line, strand.stage] += strand.fen
    assert held == +Counter(standing.balances)
    told = Counter()
    for strand in strands:
        if strand.stage is Stage.PAID and strand.payee != "农户":
            told[strand.line, strand.payee, strand.claim, strand.asset] += strand.fen
    assert told == slow_strands(standing)
    households = {one.household: one.fen for one in standing.aid if one.fen}
    reached = {key: fen for key, fen in sums(strands, Layer.HOUSEHOLD).items() if key is not None}
    assert reached == households
    shares = Counter()
    for one in standing.shares:
        shares[one.line, one.claim, one.payee, one.paid] += one.fen
    found = Counter()
    for strand in strands:
        if strand.claim is not None:
            paid = strand.stage is Stage.PAID
            found[strand.line, strand.claim, strand.payee, paid] += strand.fen
    assert found == shares


@given(standings(), st.lists(st.integers(1, 200), min_size=1, max_size=3), st.data())
def test_both_ways_agree_and_documents_are_spent_to_the_fen(standing, papers, data):
    """Whatever is followed, its parts in every layer sum to it; and what a document gave to a thing is
    what the thing has of the document, down from the one or up from the other."""
    lines = sorted({line for line, _ in standing.balances})
    told = {}
    for line in lines:
        length = held_fen(standing, line)
        cuts = sorted(data.draw(st.lists(st.integers(0, length), max_size=2)))
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, length], strict=True)]
        told[line] = [Paper(at, fen) for at, fen in enumerate(parts) if fen]
    strands = sourced(strands_of(standing), told, {})
    given_out = Counter()
    for strand in strands:
        given_out[strand.line, strand.document] += strand.fen
    assert given_out == {(line, one.document): one.fen for line in lines for one in told[line]}
    for layer in LAYERS:
        for key in sums(strands, layer):
            if key is None:
                continue
            passing = through(strands, layer, key)
            for other in LAYERS:
                across = sums(passing, other)
                assert sum(across.values()) == sum(strand.fen for strand in passing)
                for end, fen in across.items():
                    if end is not None:
                        assert sums(through(strands, other, end), layer)[key] == fen


@given(standings())
def test_the_sum_of_payees_is_the_same_however_finely_claims_are_told(standing):
    """A line of many claims is told payee by payee: the same fen, the same documents and assets."""
    summed = Counter()
    for one in standing.shares:
        summed[one.line, one.payee, one.paid, one.batch] += one.fen
    coarse = Standing(
        standing.project,
        standing.balances,
        [
            Share(line, payee, fen, paid, batch=batch)
            for (line, payee, paid, batch), fen in summed.items()
        ],
        standing.promises,
        (),
        standing.assets,
    )
    whole = {line: held_fen(standing, line) for line, _ in standing.balances}
    papers = {
        line: [Paper(1, fen // 3), Paper(2, fen - fen // 3)]
        for line, fen in whole.items()
        if fen > 2
    }
    told = []
    for each in (standing, coarse):
        counted = Counter()
        for strand in sourced(strands_of(each), papers, {}):
            key = (strand.line, strand.document, strand.asset, strand.payee, strand.stage)
            counted[key] += strand.fen
        told.append(counted)
    assert told[0] == told[1]


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=5),
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 9)), min_size=1, max_size=6),
    st.data(),
)
def test_one_household_of_a_batch_gets_what_it_gets_among_all(lines, rows, data):
    """Told alone, with one sum before and one after it, or told with all: the same fen of every line."""
    lines[0] += max(0, sum(fen for _, fen in rows) - sum(lines))
    begins = [sum(fen for _, fen in rows[:at]) for at in range(len(rows))]
    told = [
        Stretch(1, begin, fen, household)
        for begin, (household, fen) in zip(begins, rows, strict=True)
    ]
    household = data.draw(st.sampled_from("ABC"))

    def of(stretches):
        standing = Standing(
            1,
            {(line, Stage.PAID): fen for line, fen in enumerate(lines, 1)},
            [Share(line, "农户", fen, True, 1, 1, 1, True) for line, fen in enumerate(lines, 1)],
            aid=list(aid_of(stretches)),
        )
        strands = strands_of(standing)
        assert sums(strands, Layer.LINE) == dict(enumerate(lines, 1))
        return sums(through(strands, Layer.HOUSEHOLD, household), Layer.LINE)

    alone = [each for each in told if each.household == household]
    assert of(told) == of(alone)
    assert sum(of(alone).values()) == sum(fen for name, fen in rows if name == household)


def test_what_lies_between_the_households_that_are_told_is_one_sum():
    told = [Stretch(2, 0, 3, "D"), Stretch(1, 7, 2, "B"), Stretch(1, 2, 3, "A")]
    assert list(aid_of(told)) == [
        Aid(1, 2), Aid(1, 3, "A"), Aid(1, 2), Aid(1, 2, "B"), Aid(2, 3, "D"),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="households of payment 1 overlap by 1 fen"):
        list(aid_of([Stretch(1, 0, 3, "A"), Stretch(1, 2, 3, "B")]))


def test_the_worked_batch_of_the_page():
    """docs/algorithms/tracing.md: three households, two lines, of which the second has two documents."""
    standing = Standing(
        1,
        {(1, Stage.PAID): 300, (2, Stage.PAID): 201},
        [Share(line, "农户", fen, True, 1, 1, 1, True) for line, fen in ((1, 300), (2, 201))],
        aid=[Aid(1, 150, "甲"), Aid(1, 150, "乙"), Aid(1, 151, "丙")],
    )
    papers = {1: [Paper(1, 300)], 2: [Paper(2, 100), Paper(3, 101)]}
    strands = sourced(strands_of(standing), papers, {})
    told = [
        [strand.household or "—", strand.line, strand.document, strand.fen]
        for strand in sorted(
            strands, key=lambda s: ("甲乙丙".find(s.household or "?") % 4, s.line, s.document)
        )
    ]
    assert [[str(cell) for cell in row] for row in told] == cells_of("The households")
    assert sums(strands, Layer.HOUSEHOLD) == {"甲": 150, "乙": 150, "丙": 151, None: 50}


def test_details_beyond_their_balance_are_refused():
    paid = {(1, Stage.PAID): 5}
    with pytest.raises(ValueError, match="shares pass what line 1 holds by 1 fen"):
        strands_of(Standing(1, paid, [Share(1, "A", 6, True)]))
    with pytest.raises(ValueError, match="batches pass what line 1 paid by 2 fen"):
        strands_of(Standing(1, paid, [Share(1, "农户", 7, True, batch=True)]))
    batch = [Share(1, "农户", 5, True, 1, 1, 1, batch=True)]
    with pytest.raises(ValueError, match="households pass what payment 1 paid by 1 fen"):
        strands_of(Standing(1, paid, batch, aid=[Aid(1, 6, "H")]))
    with pytest.raises(ValueError, match="contracts pass what project 1 committed by 3 fen"):
        strands_of(Standing(1, paid, promises=[Promise("A", 1, 3)]))


def test_a_stretch_begins_where_the_projects_before_it_end():
    """Two documents of 3 and 3 fen alternate on the row; the second project takes its second half."""
    papers = {1: [Paper(7, 3), Paper(8, 3)]}
    one = Standing(2, {(1, Stage.ALLOCATED): 3})
    found = sourced(strands_of(one), papers, {(1, 2): 3})
    assert sums(found, Layer.DOCUMENT) == {7: 1, 8: 2}
    first = sourced(strands_of(Standing(1, {(1, Stage.ALLOCATED): 3})), papers, {})
    assert sums(first, Layer.DOCUMENT) == {7: 2, 8: 1}


def test_the_way_of_a_strand_ends_where_it_arrived():
    paid = strands_of(Standing(4, {(1, Stage.PAID): 5}, [Share(1, "A", 5, True, 2, 3, 9)]))
    assert way(paid[0]) == [
        ("line", 1), ("project", 4), ("contract", 2), ("claim", 3), ("payment", 9), ("payee", "A"),
    ]  # fmt: skip
    waits = strands_of(Standing(4, {(1, Stage.ALLOCATED): 2}))
    assert way(waits[0]) == [("line", 1), ("project", 4), ("stage", "allocated")]
    found = links((way(strand), strand.fen) for strand in [*paid, *waits])
    assert found[("line", 1), ("project", 4)] == 7
    assert found[("payment", 9), ("payee", "A")] == 5


def cells_of(title):
    """The numbers of a table of the page, row by row, without its heads."""
    part = PAGE.split(f"**{title}**")[1].split("\n\n")[1]
    rows = [line.strip("|").split("|") for line in part.splitlines()[2:]]
    return [[re.sub(r"[*,]", "", cell).strip() for cell in row] for row in rows]


def test_the_worked_table_of_the_page():
    """docs/algorithms/tracing.md: two documents, two lines, two payees, two assets."""
    standing = Standing(
        1,
        {(1, Stage.PAID): 6_000, (2, Stage.PAID): 4_001},
        [
            Share(1, "甲", 3_599, True, 1, 1, 1),
            Share(2, "甲", 2_401, True, 1, 1, 1),
            Share(1, "乙", 2_401, True, 2, 2, 2),
            Share(2, "乙", 1_600, True, 2, 2, 2),
        ],
        assets=[Worth(1, 200), Worth(2, 100)],
    )
    papers = {1: [Paper(1, 4_500), Paper(2, 1_500)], 2: [Paper(3, 4_001)]}
    strands = sourced(strands_of(standing), papers, {})
    told = [
        [strand.document, strand.line, strand.payee, strand.asset, strand.fen]
        for strand in sorted(strands, key=lambda s: (s.asset, s.line, s.payee, s.document))
    ]
    assert [[str(cell) for cell in row] for row in told] == cells_of("The strands")
    assert sum(row[-1] for row in told) == 10_001
    assert sums(strands, Layer.ASSET) == {1: 6_667, 2: 3_334}
