"""`bangfu ledger verify`: every county's books recounted from their first row.

The ledger is read block by block in the order of posting numbers, so that memory holds accounts, heads
and one block, however long it is. A block is proved sound in columns (`core.ledger.blocks`); one that is
not is read again as three streams (postings, their links, their rows) and counted posting by posting,
which names what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from psycopg import IsolationLevel

from bangfu.books.funds.models import (
    Balance,
    Claim,
    ClaimPaper,
    ClaimShare,
    Contract,
    Document,
    FundLine,
    Head,
    MonthSeal,
    Plan,
    ShareRule,
)
from bangfu.books.funds.records import (
    altered_numbers,
    altered_pieces,
    altered_records,
    altered_rows,
    as_recorded,
    miscounted_contracts,
)
from bangfu.books.funds.spans import BETWEEN, Numbers, Span, spans
from bangfu.books.projects.models import Project, RecipeShare
from bangfu.core.errors import Problem
from bangfu.core.ledger.blocks import sound_blocks
from bangfu.core.ledger.digest import header_text
from bangfu.core.ledger.postings import Entry
from bangfu.core.ledger.recount import Link, Recount, orphaned
from bangfu.core.ledger.seals import Head as ChainHead
from bangfu.core.ledger.seals import Seal

CHUNK = 10_000
# What is not in the digest of a posting, and so has a history.
RECORDED = (
    FundLine,
    ShareRule,
    Document,
    Project,
    RecipeShare,
    Plan,
    Contract,
    Claim,
    ClaimPaper,
    ClaimShare,
)

_POSTINGS = f"""
select p.id, p.place_code, p.kind, p.day, coalesce(d.number, ''), p.actor, p.memo, p.reverses_id
from funds_posting p left join funds_document d on d.id = p.document_id
where p.id {BETWEEN} order by p.id
"""
_LINKS = f"""
select posting_id, line_id, position, previous, digest from funds_link
where posting_id {BETWEEN} order by 1, 2
"""
_ENTRIES = f"""
select posting_id, line_id, stage, project_id, fen from funds_entry
where posting_id {BETWEEN} order by posting_id, position
"""

Progress = Callable[[int], None]
Row = tuple[Any, ...]


def verify(
    *,
    published: Mapping[tuple[str, int], str] | None = None,
    progress: Progress | None = None,
) -> list[Problem]:
    """Every place where the books are not what they were when they were posted; none is the good news.

    Covers the counties of the caller's scope. `published` holds digests of seals kept outside the
    database, by (place, month). `progress` is told the number of postings counted so far. The whole
    count reads one state of the books: open its transaction with `one_state`.
    """
    _require_one_state()
    numbers = Numbers.of_scope()
    counts: dict[str, Recount] = {}
    for place in sorted(set(FundLine.objects.values_list("place_code", flat=True).distinct())):
        counts[place] = Recount(_seals(place))
    problems: list[Problem] = []
    altered: list[Problem] = []
    done = 0
    for span in spans(numbers):
        blocks = sound_blocks(span.postings, span.entries, span.links)
        if blocks is not None and all(_count_of(counts, at).joins(blocks[at]) for at in blocks):
            for place, block in blocks.items():
                counts[place].add_block(block)
        else:
            problems += _one_by_one(counts, span, numbers)
        if blocks is None or not as_recorded(span):
            altered += altered_records(span)
        done += span.postings.height
        if progress is not None:
            progress(done)
    for place, count in counts.items():
        problems += _finished(place, count, published or {})
    return [
        *problems,
        *altered_pieces(),
        *altered,
        *miscounted_contracts(),
        *altered_numbers(),
        *altered_rows(RECORDED),
    ]


def _one_by_one(counts: dict[str, Recount], span: Span, numbers: Numbers) -> list[Problem]:
    """Count each posting of a span by itself; the problems of rows without a posting."""
    problems: list[Problem] = []
    with ExitStack() as stack:
        streams = [
            stack.enter_context(_stream(sql, (span.low, span.high)))
            for sql in (_POSTINGS, _LINKS, _ENTRIES)
        ]
        for number, posting, links, entries in _merged(*streams):
            links_made = [Link(numbers.line(link[1]), *link[2:]) for link in links]
            rows = [
                Entry(numbers.line(row[1]), row[2], numbers.project(row[3]), row[4])
                for row in entries
            ]
            if posting is None:
                problems.append(orphaned(number, rows))
            else:
                _count(counts, posting, rows, links_made)
    return problems


@contextmanager
def one_state() -> Iterator[None]:
    """Transactions begun inside read one state of the books, whatever others post meanwhile.

    It goes round the opening of the scope: `with one_state(), within(scope, by=...): verify()`.
    """
    connection.ensure_connection()
    raw = connection.connection
    usual = raw.isolation_level
    raw.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        yield
    finally:
        raw.isolation_level = usual


def _require_one_state() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show transaction_isolation")
        [[level]] = cursor.fetchall()
    if level != "repeatable read":
        raise RuntimeError("verify reads several tables: open its transaction with one_state")


def _seals(place: str) -> list[Seal]:
    """The seals of a county, in order, with the heads they keep."""
    found = (
        MonthSeal.objects.filter(place_code=place).order_by("month").prefetch_related("heads__line")
    )
    return [
        Seal(
            place,
            sealed.month,
            sealed.previous,
            tuple(
                ChainHead(head.line.number, head.position, head.digest)
                for head in sealed.heads.all()
            ),
            sealed.digest,
        )
        for sealed in found
    ]


def _count(
    counts: dict[str, Recount], posting: Row, entries: list[Entry], links: list[Link]
) -> None:
    number, place, kind, day, document, actor, memo, reverses = posting
    header = header_text(number, place, kind, day, document, actor, memo, reverses)
    _count_of(counts, place).add(number, day, header, entries, links)


def _count_of(counts: dict[str, Recount], place: str) -> Recount:
    if place not in counts:
        counts[place] = Recount(_seals(place))
    return counts[place]


def _finished(
    place: str, count: Recount, published: Mapping[tuple[str, int], str]
) -> list[Problem]:
    balances = (
        (line, stage, project or "", amount)
        for line, stage, project, amount in Balance.objects.filter(place_code=place)
        .values_list("line__number", "stage", "project__number", "amount")
        .iterator(CHUNK)
    )
    heads = [
        ChainHead(*row)
        for row in Head.objects.filter(place_code=place).values_list(
            "line__number", "position", "digest"
        )
    ]
    kept = {month: digest for (where, month), digest in published.items() if where == place}
    return count.finish(balances, heads, kept)


@contextmanager
def _stream(sql: str, parameters: Row) -> Iterator[Iterator[Row]]:
    """The rows of a query through a cursor of the server, some thousands at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        yield chain.from_iterable(iter(lambda: cursor.fetchmany(CHUNK), []))


def _merged(
    postings: Iterator[Row], links: Iterator[Row], entries: Iterator[Row]
) -> Iterator[tuple[int, Row | None, list[Row], list[Row]]]:
    """Per posting number: the posting, or None when it is gone, its links and its entries."""
    sources = [_grouped(rows) for rows in (postings, links, entries)]
    ahead = [next(source, None) for source in sources]
    while waiting := [group for group in ahead if group is not None]:
        number = min(group[0] for group in waiting)
        parts: list[list[Row]] = []
        for position, group in enumerate(ahead):
            if group is not None and group[0] == number:
                parts.append(group[1])
                ahead[position] = next(sources[position], None)
            else:
                parts.append([])
        yield number, parts[0][0] if parts[0] else None, parts[1], parts[2]


def _grouped(rows: Iterator[Row]) -> Iterator[tuple[int, list[Row]]]:
    for number, group in groupby(rows, itemgetter(0)):
        yield number, list(group)
