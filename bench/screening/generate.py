"""Write an invented nation as parts: generate.py FOLDER HOUSEHOLDS.

Everything is DuckDB SQL over a counter and its hash, so that the same call writes the same rows; the
product's own `engines.parts` packs them, a part a province. Only the columns that screening reads are
written; there are no income items, work rows or village sheets. 3.33 members a household on average, 48
households a village, 12 villages a township, 20 townships a county, 100 counties a province.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ibis

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.core.policy.rules.nodes import KEYS, VISIBLE
from bangfu.engines.parts import Parts, write_part

PROVINCE = 48 * 12 * 20 * 100  # households

# A hash a row, cut into independent numbers: r(row hash, salt, n) is 0 … n-1.
_MACROS = """
create or replace macro r(h, salt, n) as (hash(h, salt) % n)::int;
create or replace macro size_of(i) as
    [1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 3, 4][1 + r(i, 1, 12)];
create or replace macro code_of(v) as printf('%02d%02d%02d%03d%03d',
    11 + (v // 24000), 1 + (v // 2400) % 10, 1 + (v // 240) % 10, 100 + (v // 12) % 20, 200 + v % 12);
"""

_HOUSEHOLDS = """
  select
    code_of(i // 48) as place_code,
    lpad(i::varchar, 10, '0') as household_no,
    case r(i, 3, 60) when 0 then '脱贫不稳定户' when 1 then '边缘易致贫户' when 2 then '突发严重困难户' end
      as monitored_class,
    case when r(i, 3, 60) < 3 then r(i, 4, 2) = 0 end as risk_removed,
    r(i, 5, 6000000)::bigint as wage_income,
    case when r(i, 6, 3) > 0 then r(i, 7, 2000000)::bigint end as business_income,
    case when r(i, 8, 4) = 0 then r(i, 9, 300000)::bigint end as property_income,
    r(i, 10, 800000)::bigint as transfer_income,
    case when r(i, 6, 3) > 0 then r(i, 11, 900000)::bigint end as business_cost,
    case when r(i, 12, 200) = 0 then r(i, 13, 3000000)::bigint end as claims_income,
    case when r(i, 14, 5) = 0 then r(i, 15, 4000000)::bigint end as out_of_pocket,
    r(i, 16, 300) = 0 as dangerous_house,
    ['A', 'A', 'A', 'B', 'B', 'B', 'A', 'A', case when r(i, 17, 40) = 0 then 'C' else 'A' end, null]
      [1 + r(i, 18, 10)] as housing_grade,
    r(i, 19, 150) > 0 as safe_water,
    (30 + r(i, 20, 90))::bigint as water_litres,
    case when r(i, 21, 20) = 0 then r(i, 22, 40)::bigint end as water_minutes,
    case when r(i, 23, 20) = 0 then r(i, 24, 20)::bigint end as water_shortage_days,
    r(i, 25, 900) = 0 as dropout,
    r(i, 26, 400) = 0 as uninsured_member,
    r(i, 27, 500) > 0 as electricity,
    r(i, 28, 6) > 0 as sanitary_toilet,
    r(i, 29, 12) > 0 as paved_access,
    (r(i, 30, 1200) / 100)::decimal(14, 2) as cropland
  from range({low}, {high}) t(i)
"""

_PERSONS = """
  select
    place_code,
    household_no,
    null::varchar as person_no,
    date '1940-01-01' + r(h, 1, 30600) as birth,
    case when a < 7 then case when a < 3 then '学龄前儿童' else '学前教育' end
         when a < 16 and r(h, 2, 400) > 0 then ['小学', '七年级', '八年级'][1 + r(h, 3, 3)]
         when a < 22 and r(h, 4, 3) > 0 then ['普通高中一年级', '中职二年级', '本科一年级'][1 + r(h, 5, 3)]
    end as schooling,
    case when a between 7 and 15 and r(h, 2, 400) = 0 and r(h, 15, 2) = 0 then '厌学' end as no_school_reason,
    case when a >= 22 then ['文盲或半文盲', '小学', '小学', '初中', '初中', '高中', '大专'][1 + r(h, 6, 7)] end
      as education,
    case when r(h, 7, 20) > 1 then ['健康']
         when r(h, 7, 20) = 0 then ['长期慢性病']
         when r(h, 8, 3) = 0 then ['患有大病', '残疾']
         when r(h, 8, 3) = 1 then ['残疾'] else ['患有大病'] end as health,
    case when a < 16 or a > 74 then '无劳动力' when a > 64 then '弱劳动力或半劳动力'
         when r(h, 9, 12) = 0 then '丧失劳动力' when r(h, 9, 12) = 1 then '技能劳动力'
         else '普通劳动力' end as skill,
    case when a between 16 and 64 and r(h, 10, 2) = 0 then r(h, 11, 13)::bigint end as work_months,
    r(h, 12, 60) > 0 as resident_medical,
    r(h, 12, 60) = 0 and r(h, 13, 4) > 0 as employee_medical,
    low_income_aid,
    destitute_aid
  from (
    select *, (2024 - (1940 + r(h, 1, 30600) // 365))::int as a
    from (
      select *, hash(i, j) as h
      from (
        select
          i,
          code_of(i // 48) as place_code,
          lpad(i::varchar, 10, '0') as household_no,
          case when r(i, 41, 25) = 0 then '农村低保' else '未享受' end as low_income_aid,
          case when r(i, 42, 150) = 0 then '农村特困' else '不享受' end as destitute_aid,
          unnest(range(size_of(i))) as j
        from range({low}, {high}) t(i)
      )
    )
  )
"""


def generate(folder: Path, households: int) -> None:
    """Write the provinces one after the other; the last may be a small one."""
    for low in range(0, households, PROVINCE):
        connection = ibis.duckdb.connect()
        connection.raw_sql(_MACROS)
        span = {"low": low, "high": min(low + PROVINCE, households)}
        connection.raw_sql(f"create table household as {_HOUSEHOLDS.format(**span)}")
        connection.raw_sql(f"create table person as {_PERSONS.format(**span)}")
        tables = {table: empty(table) for table in Table}
        tables |= {table: connection.table(table) for table in (Table.HOUSEHOLD, Table.PERSON)}
        write_part(connection, tables, Parts(folder))
        connection.disconnect()


def empty(table: Table) -> ibis.Table:
    """A table without rows, with the keys of what its rows belong to."""
    above = VISIBLE[table][1] if len(VISIBLE[table]) > 1 else table
    keys = dict.fromkeys(KEYS.get(table, KEYS[above]), "string")
    return ibis.memtable([], schema=ibis.schema({**keys, **schema(table)}))


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
