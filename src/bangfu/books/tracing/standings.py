"""How the money of some projects stands, read in one statement: one state of the books, and one journey.

Rows outside the scope are not there, and what they stood behind is traced without them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection

from bangfu.core.ledger.stages import PER_PROJECT, Stage
from bangfu.core.ledger.trace import Paper, Promise, Share, Standing, Stretch, Worth, aid_of

# More households than this are told in one sum; each of them still finds its own way back.
HOUSEHOLDS_TOLD = 1_000
HELD = [stage.value for stage in sorted(PER_PROJECT)]
FREE = (Stage.ANNOUNCED, Stage.CARRIED_OVER, Stage.TAKEN_BACK)


class Grain(StrEnum):
    """How finely money is told: claim by claim, payee by payee, or all of a project in one sum."""

    CLAIM = "claim"
    PAYEE = "payee"
    PROJECT = "project"


@dataclass(slots=True)
class Books:
    """Some projects' money. `free` is what lines hold for no project, by (line, stage); `begins`, where
    each project's stretch of a line's row begins, by (line, project); `papers`, what each document
    announced of a line."""

    standings: list[Standing] = field(default_factory=list)
    free: dict[tuple[int, Stage], int] = field(default_factory=dict)
    begins: dict[tuple[int, int | None], int] = field(default_factory=dict)
    papers: dict[int, list[Paper]] = field(default_factory=dict)


def books_of(
    projects: Sequence[int], household: Sequence[str] | None = None, grain: Grain = Grain.CLAIM
) -> Books:
    """The money of some projects from all their lines; of the households that batches paid, only one
    where its numbers are named."""
    return _read(list(projects), None, grain, household)


def books_on(lines: Sequence[int], grain: Grain = Grain.PAYEE) -> Books:
    """The money of some lines: all their projects, and what is free."""
    return _read([], list(lines), grain)


def _read(
    projects: list[int],
    lines: list[int] | None,
    grain: Grain,
    household: Sequence[str] | None = None,
) -> Books:
    shares = [_SHARES[grain].format(of_lines=each) for each in (_OF_LINES if lines else ("",))]
    if grain is Grain.CLAIM:
        shares.append(_HOUSEHOLDS)
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT.format(shares="".join(shares)),
            {
                "projects": projects,
                "lines": lines or [],
                "whole": lines is not None,
                "household": None if household is None else list(household),
                "most": HOUSEHOLDS_TOLD,
                "held": HELD,
                "free": [stage.value for stage in FREE],
            },
        )
        rows = cursor.fetchall()
    found = _sorted_out(rows)
    for each in found.standings:
        for (line, _), fen in each.balances.items():
            found.begins[line, None] = found.begins.get((line, None), 0) + fen
    return found


class _Row(NamedTuple):
    """A row of the statement; what `one` is depends on what it tells."""

    what: str
    project: int
    line: int
    word: str
    fen: int
    one: int
    claim: int | None
    payment: int | None


def _sorted_out(rows: Iterable[Sequence[Any]]) -> Books:
    found = Books()
    balances: dict[int, dict[tuple[int, Stage], int]] = defaultdict(dict)
    shares: dict[int, list[Share]] = defaultdict(list)
    promises: dict[int, list[Promise]] = defaultdict(list)
    assets: dict[int, list[Worth]] = defaultdict(list)
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for what, project, line, word, fen, one, claim, payment in map(_Row._make, rows):
        match what:
            case "balance":
                balances[project][line, Stage(word)] = fen
            case "claimed" | "paid" | "given":
                paid, batch = what != "claimed", what == "given"
                shares[project].append(Share(line, word, fen, paid, one, claim, payment, batch))
            case "household":
                stretches[project].append(Stretch(one, payment or 0, fen, word or None))
            case "promise":
                promises[project].append(Promise(word, one, fen))
            case "asset":
                assets[project].append(Worth(one, fen))
            case "free":
                found.free[line, Stage(word)] = fen
            case "before":
                found.begins[line, project] = fen
            case "paper":
                found.papers.setdefault(line, []).append(Paper(one, fen))
    found.standings = [
        Standing(
            project,
            held,
            shares[project],
            promises[project],
            list(aid_of(stretches[project])),
            assets[project],
        )
        for project, held in sorted(balances.items())
    ]
    return found


class Piece(NamedTuple):
    """What a line holds for a project, by stage in the order of HELD."""

    line: int
    project: int
    amounts: Sequence[int]


def pieces_on(lines: Sequence[int]) -> tuple[list[Piece], dict[int, list[Paper]]]:
    """What some lines hold for their projects, in the order of the lines' rows; and their papers."""
    with connection.cursor() as cursor:
        cursor.execute(_PIECES, {"lines": list(lines), "held": HELD})
        rows = cursor.fetchall()
    papers: dict[int, list[Paper]] = defaultdict(list)
    pieces = []
    for line, project, amounts, document in rows:
        if project is None:
            papers[line].append(Paper(document, amounts[0]))
        else:
            pieces.append(Piece(line, project, amounts))
    return pieces, dict(papers)


# A payee is known by the code of its enterprise, or by its name where it has none.
PAYEE = "case when c.payee_code <> '' then c.payee_code else c.payee end"
_FACT = "(s.fen - case when s.payment_id is null then 0 else s.recovered_fen end)"
_STATE = """case when s.payment_id is null then 'claimed' when c.basis = 'roster' then 'given'
     else 'paid' end"""
_OF_SHARES = """
from funds_contract c
join funds_claim m on m.contract_id = c.id and m.status in ('lodged', 'checked')
join funds_claimshare s on s.claim_id = m.id
where c.project_id in (select id from chosen) {of_lines}
"""
# A batch built no asset: what it took of any line is known before the assets are divided. Asked for apart,
# an index finds the share of a claim and a line; "one or the other" read the shares of all lines.
_OF_LINES = (
    "and c.basis <> 'roster' and s.line_id = any(%(lines)s::bigint[])",
    "and c.basis = 'roster'",
)
# Who was paid by batches, as the bank said, in the order of their files; `three` is where each begins.
# A number is told to whom the household and its entitlement are; the others' money is there without it.
# What came back of a batch after the bank's return, from whom nobody says, is taken from all in
# proportion: fen of the file's row, rounded down at each household's end.
_HOUSEHOLDS = """
union all
select 'household', r.project_id, null,
       case when e.id is null then '' else coalesce(h.household_no, l.now, '') end,
       (div(r.net * r.upto, r.paid_fen) - div(r.net * (r.upto - r.fen), r.paid_fen))::bigint,
       r.payment_id,
       null, div(r.net * (r.upto - r.fen), r.paid_fen)::bigint
from reached r
left join payments_entitlement e on e.id = r.entitlement_id
left join households_household h on h.household_no = r.household_no
left join living l on l.was = r.household_no
where %(household)s::text[] is null or r.household_no = any(%(household)s)
"""
_SHARES = {
    Grain.CLAIM: f"""
union all
select {_STATE}, c.project_id, s.line_id, {PAYEE}, {_FACT}, c.id, m.id, s.payment_id
{_OF_SHARES}
""",
    Grain.PAYEE: f"""
union all
select {_STATE}, c.project_id, s.line_id, {PAYEE}, sum({_FACT})::bigint, null, null, null
{_OF_SHARES} group by 1, 2, 3, 4
""",
}
# What each document announced of some lines; a reversal is of the document that it takes back.
_ANNOUNCED = """
select e.line_id, coalesce(p.document_id, o.document_id) as document_id, sum(e.fen)::bigint as fen
from funds_entry e
join funds_posting p on p.id = e.posting_id
left join funds_posting o on o.id = p.reverses_id
where e.line_id in ({lines}) and e.stage = 'announced' and p.kind = 'announce'
group by 1, 2 having sum(e.fen) > 0
"""
_PIECES = f"""
select b.line_id, b.project_id,
  array[{", ".join(f"coalesce(sum(b.amount) filter (where b.stage = '{s}'), 0)" for s in HELD)}]
    ::bigint[], null::bigint
from funds_balance b
where b.line_id = any(%(lines)s::bigint[]) and b.stage = any(%(held)s) and b.amount <> 0
group by 1, 2
union all
select n.line_id, null, array[n.fen], n.document_id
from ({_ANNOUNCED.format(lines="select unnest(%(lines)s::bigint[])")}) n
order by 1, 2, 4
"""
_STATEMENT = f"""
with recursive chosen as (
  select unnest(%(projects)s::bigint[]) as id
  union
  select project_id from funds_balance
  where line_id = any(%(lines)s::bigint[]) and project_id is not null),
touched as (
  select line_id as id from funds_balance
  where project_id in (select id from chosen) and not %(whole)s and amount <> 0
  union
  select unnest(%(lines)s::bigint[])),
batches as (
  select b.id, b.payment_id, c.project_id, b.paid_fen, sum(s.fen - s.recovered_fen) as net,
         sum(b.paid_count) over () as households
  from funds_contract c
  join funds_claim m on m.contract_id = c.id
  join funds_claimshare s on s.claim_id = m.id
  join payments_batch b on b.payment_id = s.payment_id
  where c.basis = 'roster' and c.project_id in (select id from chosen) and b.paid_fen > 0
  group by b.id, b.payment_id, c.project_id, b.paid_fen),
reached as (
  select b.project_id, b.payment_id, b.paid_fen, least(b.net, b.paid_fen) as net, p.household_no,
         p.entitlement_id, p.fen, sum(p.fen) over (partition by b.id order by p.position) as upto
  from batches b
  join payments_payment p on p.batch_id = b.id and p.status = 'paid'
  where case when %(household)s::text[] is null then b.households <= %(most)s
        else b.id in (select o.batch_id from payments_payment o
                      where o.household_no = any(%(household)s) and o.status = 'paid') end),
-- A household that joined another is told as that one: the last merge of a number is how it left.
left_books as (
  select distinct r.household_no as was from reached r
  where not exists (select from households_household h where h.household_no = r.household_no)),
followed as (
  select was, was as now, 0 as steps from left_books
  union all
  select f.was, m.other_no, f.steps + 1 from followed f
  cross join lateral (
    select p.other_no from households_happening p
    where p.household_no = f.now and p.kind = 'merge' order by p.id desc limit 1) m
  where f.steps < 50
    and not exists (select from households_household h where h.household_no = f.now)),
living as (
  select f.was, f.now from followed f join households_household h on h.household_no = f.now)
select 'balance' as what, b.project_id, b.line_id, b.stage as word, b.amount as fen,
       null::bigint as one, null::bigint as two, null::bigint as three
from funds_balance b
where b.project_id in (select id from chosen) and b.stage = any(%(held)s) and b.amount <> 0
union all
select 'promise', c.project_id, null, {PAYEE}, c.fen - c.claimed_fen - c.released_fen, c.id,
       null, null
from funds_contract c
where c.project_id in (select id from chosen) and c.fen > c.claimed_fen + c.released_fen
union all
select 'asset', a.project_id, null, '', a.value_fen, a.id, null, null
from assets_asset a where a.project_id in (select id from chosen)
union all
select 'free', null, b.line_id, b.stage, b.amount, null, null, null
from funds_balance b
where %(whole)s and b.line_id = any(%(lines)s::bigint[]) and b.stage = any(%(free)s)
  and b.amount <> 0
union all
select 'before', w.project_id, w.line_id, '', (w.upto - w.own)::bigint, null, null, null
from (select b.line_id, b.project_id, sum(b.amount) as own,
             sum(sum(b.amount)) over (partition by b.line_id order by b.project_id) as upto
      from funds_balance b
      where b.line_id in (select id from touched) and b.stage = any(%(held)s)
      group by b.line_id, b.project_id) w
where w.project_id in (select id from chosen)
union all
select 'paper', null, n.line_id, '', n.fen, n.document_id, null, null
from ({_ANNOUNCED.format(lines="select id from touched")}) n
{{shares}}
order by 1, 2, 3, 6, 7, 8
"""
