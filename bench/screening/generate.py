"""Write an invented nation as Parquet: generate.py FOLDER HOUSEHOLDS.

Everything is DuckDB SQL over a counter and its hash, so that the same call writes the same rows. Only
the columns that screening reads are written. 3.33 members a household on average, 48 households a
village, 12 villages a township, 20 townships a county.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

CHUNK = 1_000_000  # households a file

# A hash a row, cut into independent numbers: r(row hash, salt, n) is 0 … n-1.
_MACROS = """
create or replace macro r(h, salt, n) as (hash(h, salt) % n)::int;
create or replace macro size_of(i) as
    [1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 3, 4][1 + r(i, 1, 12)];
create or replace macro code_of(v) as printf('%02d%02d%02d%03d%03d',
    11 + (v // 24000), 1 + (v // 2400) % 10, 1 + (v // 240) % 10, 100 + (v // 12) % 20, 200 + v % 12);
"""

_HOUSEHOLDS = """
copy (
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
) to '{folder}/household_{part:03d}.parquet'
"""

_PERSONS = """
copy (
  select
    place_code,
    household_no,
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
) to '{folder}/person_{part:03d}.parquet'
"""


def generate(folder: Path, households: int) -> None:
    """Write household_*.parquet and person_*.parquet, a pair of files a million households."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(_MACROS)
    for part, low in enumerate(range(0, households, CHUNK)):
        values = {"folder": folder, "part": part, "low": low}
        high = min(low + CHUNK, households)
        connection.execute(_HOUSEHOLDS.format(high=high, **values))
        connection.execute(_PERSONS.format(high=high, **values))


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
