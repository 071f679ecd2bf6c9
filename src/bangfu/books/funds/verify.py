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

from bangfu.books.funds.models import Balance, FundLine, Head, MonthSeal
from bangfu.books.funds.spans import Numbers, Span, spans
from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.ledger.blocks import sound_blocks
from bangfu.core.ledger.digest import header_text
from bangfu.core.ledger.postings import Entry
from bangfu.core.ledger.recount import Link, Recount, orphaned
from bangfu.core.ledger.seals import Head as ChainHead
from bangfu.core.ledger.seals import Seal
from bangfu.core.money import format_yuan

CHUNK = 10_000

_SPAN = "between %s and %s"
_POSTINGS = f"""
select p.id, p.place_code, p.kind, p.day, coalesce(d.number, ''), p.actor, p.memo, p.reverses_id
from funds_posting p left join funds_document d on d.id = p.document_id
where p.id {_SPAN} order by p.id
"""
_LINKS = f"""
select posting_id, line_id, position, previous, digest from funds_link
where posting_id {_SPAN} order by 1, 2
"""
_ENTRIES = f"""
select posting_id, line_id, stage, project_id, fen from funds_entry
where posting_id {_SPAN} order by posting_id, position
"""

_PIECES = """
with posted as (
  select e.posting_id, e.line_id, e.project_id, e.fen
  from funds_posting p join funds_entry e on e.posting_id = p.id and e.stage = 'allocated'
  where p.plan_id is not null),
approved as (
  select posting_id, line_id, project_id, sum(fen)::bigint as fen from (
    select p.id as posting_id, i.line_id, i.project_id, i.fen
    from funds_posting p join funds_planitem i on i.plan_id = p.plan_id
    union all
    select p.id, i.line_id, i.project_id, -i.fen
    from funds_posting p join funds_plan v on v.id = p.plan_id
    join funds_planitem i on i.plan_id = v.amends_id) as pieces
  group by 1, 2, 3 having sum(fen) <> 0)
select posting_id, l.number, j.number, a.fen, b.fen
from approved a
full join posted b using (posting_id, line_id, project_id)
join funds_fundline l on l.id = line_id
join projects_project j on j.id = project_id
where a.fen is distinct from b.fen order by 1, 2, 3
"""

# What the record of each act says, against its entries on the stage that the act gives to.
_RECORDS = """
with stages (kind, stage) as (values ('commit', 'committed'), ('release', 'allocated'),
  ('claim', 'claimed'), ('pay', 'paid'), ('recover', 'recovered')),
records as (
  select posting_id, sum(fen) as fen from (
    select posting_id, fen from funds_contract
    union all select posting_id, fen from funds_release
    union all select posting_id, fen from funds_claim where posting_id is not null
    union all select posting_id, fen from funds_payment
    union all select posting_id, fen from funds_recovery) as every
  group by posting_id),
entered as (
  select p.id as posting_id, sum(e.fen) as fen
  from funds_posting p join stages s on s.kind = p.kind
  join funds_entry e on e.posting_id = p.id and e.stage = s.stage
  where p.reverses_id is null group by p.id)
select posting_id, '' as line, r.fen, e.fen
from records r full join entered e using (posting_id) where r.fen is distinct from e.fen
union all
select posting_id, l.number, s.fen, e.fen
from (select c.posting_id, s.line_id, s.fen
      from funds_claimshare s join funds_claim c on c.id = s.claim_id) s
full join (select e.posting_id, e.line_id, e.fen
           from funds_posting p join funds_entry e on e.posting_id = p.id and e.stage = 'claimed'
           where p.kind = 'claim' and p.reverses_id is null) e using (posting_id, line_id)
join funds_fundline l on l.id = line_id
where s.fen is distinct from e.fen
order by 1, 2
"""

# What the database has counted on each contract, against its claims and releases.
_CONTRACTS = """
select c.number, c.claimed_fen, coalesce(k.fen, 0), c.released_fen, coalesce(r.fen, 0)
from funds_contract c
left join (select contract_id, sum(fen) as fen from funds_claim
           where status in ('lodged', 'checked') group by 1) k on k.contract_id = c.id
left join (select contract_id, sum(fen) as fen from funds_release group by 1) r
  on r.contract_id = c.id
where c.claimed_fen <> coalesce(k.fen, 0) or c.released_fen <> coalesce(r.fen, 0) order by 1
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
    done = 0
    for span in spans(numbers):
        blocks = sound_blocks(span.postings, span.entries, span.links)
        if blocks is not None and all(_count_of(counts, at).joins(blocks[at]) for at in blocks):
            for place, block in blocks.items():
                counts[place].add_block(block)
        else:
            problems += _one_by_one(counts, span, numbers)
        done += span.postings.height
        if progress is not None:
            progress(done)
    for place, count in counts.items():
        problems += _finished(place, count, published or {})
    return problems + _altered_pieces() + _altered_records() + _miscounted_contracts()


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


def _altered_pieces() -> list[Problem]:
    """Rows of a posted plan that are not the pieces that were approved."""
    with connection.cursor() as cursor:
        cursor.execute(_PIECES)
        return [
            Problem(
                f"posting {number}: {line} → {project}",
                Text(
                    f"计划批准 {_yuan(approved)} 元，账上为 {_yuan(posted)} 元。",
                    f"The plan approved {_yuan(approved)} yuan; the books hold {_yuan(posted)}.",
                ),
                _yuan(posted),
                "ledger.plan",
            )
            for number, line, project, approved, posted in cursor.fetchall()
        ]


def _altered_records() -> list[Problem]:
    """Contracts, claims, payments and recoveries that do not say what was posted for them."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS)
        return [
            Problem(
                f"posting {number}: {line}" if line else f"posting {number}",
                Text(
                    f"凭据记 {_yuan(recorded)} 元，账上为 {_yuan(posted)} 元。",
                    f"Its record says {_yuan(recorded)} yuan; the books hold {_yuan(posted)}.",
                ),
                _yuan(posted),
                "ledger.record",
            )
            for number, line, recorded, posted in cursor.fetchall()
        ]


def _miscounted_contracts() -> list[Problem]:
    """Contracts whose claims and releases do not sum to what was counted on them."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTRACTS)
        return [
            Problem(
                f"contract {number}",
                Text(
                    f"合同记已报 {_yuan(claimed)} 元、结余 {_yuan(released)} 元，"
                    f"逐笔合计为 {_yuan(summed)} 元、{_yuan(given)} 元。",
                    f"It says {_yuan(claimed)} yuan claimed and {_yuan(released)} released; "
                    f"one by one they are {_yuan(summed)} and {_yuan(given)}.",
                ),
                _yuan(claimed),
                "ledger.contract",
            )
            for number, claimed, summed, released, given in cursor.fetchall()
        ]


def _yuan(fen: int | None) -> str:
    return "—" if fen is None else format_yuan(int(fen))


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
