"""What approved plans, contracts, claims, payments and recoveries say, held against what was posted."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.db import connection
from django.db.models import Model

from bangfu.books.funds.packed import NONE
from bangfu.books.funds.spans import BETWEEN, STAGES, Span
from bangfu.books.walls.unrecorded import Unrecorded, unrecorded
from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.core.money import format_yuan

# The stage that each act with a record gives to.
GIVES = (
    (Kind.COMMIT, Stage.COMMITTED),
    (Kind.RELEASE, Stage.ALLOCATED),
    (Kind.CLAIM, Stage.CLAIMED),
    (Kind.PAY, Stage.PAID),
    (Kind.RECOVER, Stage.RECOVERED),
)
_GIVES = pl.DataFrame(
    {"kind": [kind.value for kind, _ in GIVES], "stage": [stage.value for _, stage in GIVES]},
    schema={"kind": pl.String, "stage": STAGES},
)

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
_RECORDS = f"""
with stages (kind, stage) as (values {", ".join(f"('{kind}', '{stage}')" for kind, stage in GIVES)}),
records as (
  select posting_id, sum(fen) as fen from (
    select posting_id, fen from funds_contract
    union all select posting_id, fen from funds_release
    union all select posting_id, fen from funds_claim where posting_id is not null
    union all select posting_id, fen from funds_payment
    union all select posting_id, fen from funds_recovery) as every
  where posting_id {BETWEEN} group by posting_id),
entered as (
  select p.id as posting_id, sum(e.fen) as fen
  from funds_posting p join stages s on s.kind = p.kind
  join funds_entry e on e.posting_id = p.id and e.stage = s.stage
  where p.reverses_id is null and p.id {BETWEEN} group by p.id)
select posting_id, '' as line, r.fen, e.fen
from records r full join entered e using (posting_id) where r.fen is distinct from e.fen
union all
select posting_id, l.number, s.fen, e.fen
from (select c.posting_id, s.line_id, s.fen
      from funds_claimshare s join funds_claim c on c.id = s.claim_id
      where c.posting_id {BETWEEN}) s
full join (select e.posting_id, e.line_id, e.fen
           from funds_posting p join funds_entry e on e.posting_id = p.id and e.stage = 'claimed'
           where p.kind = 'claim' and p.reverses_id is null and p.id {BETWEEN}) e using (posting_id, line_id)
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


_NUMBERS = """
select c.posting_id, c.number, p.memo from funds_contract c join funds_posting p on p.id = c.posting_id
where c.number <> p.memo
union all
select y.posting_id, y.voucher, p.memo from funds_payment y join funds_posting p on p.id = y.posting_id
where y.voucher <> p.memo
order by 1
"""


def altered_pieces() -> list[Problem]:
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


def as_recorded(span: Span) -> bool:
    """Whether each contract, claim, payment and recovery of a sound span says what was posted for it.

    It may refuse what is right, and never takes what is not: `altered_records` names it.
    """
    recorded = span.recorded
    fen = recorded["fen"]
    least, most = int(fen.min() or 0), int(fen.max() or 0)  # type: ignore[arg-type]
    if recorded.null_count().sum_horizontal().item() or max(-least, most) * fen.len() >= 2**63:
        return False
    given = span.postings.join(_GIVES, on="kind")
    entered = span.entries.join(given, on=["posting", "stage"]).filter(pl.col("reverses") == NONE)
    of_claims = entered.filter(pl.col("kind") == Kind.CLAIM.value)
    shares, told = (
        rows.select("posting", "line", "fen").sort("posting", "line")
        for rows in (of_claims, recorded.filter(pl.col("line") != ""))
    )
    return (
        _totals(entered).equals(_totals(recorded.filter(pl.col("line") == "")))
        and shares.equals(told)
        and not shares.select("posting", "line").is_duplicated().any()
    )


def _totals(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("posting").agg(pl.col("fen").sum()).sort("posting")


def altered_records(span: Span) -> list[Problem]:
    """Contracts, claims, payments and recoveries of a span that do not say what was posted for them."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [span.low, span.high] * 4)
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


def altered_numbers() -> list[Problem]:
    """Vouchers of payments and numbers of contracts that are not those of their postings, which are sealed."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS)
        return [
            Problem(
                f"posting {posting}",
                Text(
                    f"凭据的编号是 {written}，记账时是 {posted}。",
                    f"Its record is numbered {written}; posted was {posted}.",
                ),
                written,
                "ledger.number",
            )
            for posting, written, posted in cursor.fetchall()
        ]


def altered_rows(models: Iterable[type[Model]]) -> list[Problem]:
    """Rows of recorded models that their own history does not tell."""
    return [
        Problem(
            f"{model._meta.db_table} {row.key}",
            _unrecorded(row),
            ", ".join(row.columns),
            "ledger.history",
        )
        for model in models
        for row in unrecorded(model)
    ]


def _unrecorded(row: Unrecorded) -> Text:
    if not row.in_table:
        return Text("修改记录里有，账上没有。", "Its history has it; the books do not.")
    if not row.in_history:
        return Text("账上有，修改记录里没有。", "The books have it; its history does not.")
    names = ", ".join(row.columns)
    return Text(
        f"与修改记录的最后一条不一致：{names}。", f"Not as the last of its history has it: {names}."
    )


def miscounted_contracts() -> list[Problem]:
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
