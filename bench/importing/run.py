"""A county's national export into PostgreSQL, against a raw read and a raw COPY of the same file.

run.py [HOUSEHOLDS]: one JSON line. The file has 47 columns and three people a household. "bangfu"
reads, types, checks every cell, locates, assembles and imports with row security and history; "raw"
is calamine's rows plus COPY of them as text into a bare table. Both in this run, each in a process
of its own so that peak memory is its own; both on the embedded PostgreSQL.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

COUNTY = "420527000000"
VILLAGES = [("茅坪镇", f"第{n}村", f"420527101{200 + n}") for n in range(1, 180)]
PERSONS = 3


def write_workbook(path: Path, households: int) -> None:
    """The 47-column export, persons invented by counting."""
    # Imported here: this process only writes the file.
    from bangfu.core.sheets.national import NATIONAL

    headers = [c.header for c in NATIONAL.columns if c.field != "place_code"]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet(NATIONAL.name)
    sheet.write_string(0, 0, "人员均为虚构 / All persons are invented")
    sheet.write_row(2, 0, headers)
    row = 3
    for household in range(households):
        township, village, _ = VILLAGES[household % len(VILLAGES)]
        for member in range(PERSONS):
            values = person(township, village, household, member)
            sheet.write_row(row, 0, [values.get(header, "") for header in headers])
            row += 1
    book.close()


def person(township: str, village: str, household: int, member: int) -> dict[str, str]:
    """One row; the number is well formed and nobody else's, its order part in the reserved pattern of the
    sample."""
    index = household * PERSONS + member
    birth = date(1950, 1, 1) + timedelta(days=index // 10)
    body = f"420527{birth:%Y%m%d}99{index % 10}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    return {
        "省": "湖北省",
        "市": "宜昌市",
        "县": "秭归县",
        "乡": township,
        "村": village,
        "户编号": f"42052701{household:08d}",
        "人口编号": f"42052701{household:08d}{member:02d}",
        "姓名": f"演示{household}号{member}",
        "性别": "男" if member % 2 == 0 else "女",
        "出生日期": f"{body[6:14]}",
        "证件类型": "居民身份证",
        "证件号码": body + check,
        "民族": "汉族",
        "户联系电话": f"16900{household % 1_000_000:06d}",
        "年度": "2026",
        "与户主关系": ("户主", "配偶", "之子")[member],
        "文化程度": "初中",
        "劳动技能": "普通劳动力",
        "务工时间（月）": str(household % 12),
        "健康状况": "健康",
        "政治面貌": "群众",
        "是否参加大病保险": "是",
        "是否参加新型农村合作医疗（城乡居民基本医疗保险）": "是",
        "是否参加城乡居民基本养老保险": "是",
        "是否参加城镇职工基本医疗保险": "否",
        "是否会讲普通话": "是",
    }


def raw(path: Path) -> dict[str, float]:
    """calamine's rows, and COPY of them as text."""
    import django
    from python_calamine import CalamineWorkbook

    started = time.perf_counter()
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    read = time.perf_counter() - started
    django.setup()
    from bangfu.site.start import setup_django

    setup_django()
    from django.db import connections

    width = max(len(row) for row in rows)
    with connections["owner"].cursor() as cursor:
        columns = ", ".join(f"c{n} text" for n in range(width))
        cursor.execute(f"create temporary table raw_rows ({columns})")
        started = time.perf_counter()
        with cursor.copy("copy raw_rows from stdin (format csv)") as copy:
            for low in range(0, len(rows), 20_000):
                text = io.StringIO()
                csv.writer(text).writerows(rows[low : low + 20_000])
                copy.write(text.getvalue())
        copied = time.perf_counter() - started
    return {"read": read, "copy": copied, "seconds": read + copied}


def bangfu(path: Path) -> dict[str, float]:
    """The whole import."""
    import django

    django.setup()
    from bangfu.books.households.actions import import_households
    from bangfu.books.households.batch import Batch
    from bangfu.books.places.actions import load_places
    from bangfu.books.walls import guarded
    from bangfu.books.walls.scope import DataClass, Scope, within
    from bangfu.core.places import Place
    from bangfu.files.intake import take_in
    from bangfu.site.start import setup_django

    setup_django()
    places = [Place("420527000000", "秭归县"), Place("420527101000", "茅坪镇")]
    places += [Place(code, name) for _, name, code in VILLAGES]
    scope = Scope((COUNTY,), frozenset(DataClass), "bench")
    with within(scope, by="bench"):
        load_places(by="bench", rows=places, source="bench")
    started = time.perf_counter()
    intake = take_in([path], places=places, token=guarded.tokeniser())
    if intake.problems:
        raise SystemExit(f"the file is not sound: {intake.problems[:3]}")
    read = time.perf_counter() - started
    with within(scope, by="bench"):
        frames = {str(t): f for t, f in intake.assembled.tables.items() if f.height}
        batch = Batch(place_code=COUNTY, year=2026, frames=frames, source=path.name)
        diff = import_households(by="bench", batch=batch)
    seconds = time.perf_counter() - started
    return {
        "read": read,
        "import": seconds - read,
        "seconds": seconds,
        "persons": diff.changes["person"].added,
    }


def measured(which: str, path: Path, environ: dict[str, str]) -> dict[str, float]:
    """One way, in a process of its own."""
    command = [sys.executable, "-W", "ignore", __file__, which, str(path)]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as folder:
        Path(folder).chmod(0o755)
        environ = os.environ | {
            "DJANGO_SETTINGS_MODULE": "bangfu.site.settings",
            "BANGFU_DATA": f"{folder}/postgres",
            "XDG_CONFIG_HOME": f"{folder}/config",
        }
        path = Path(folder) / "national.xlsx"
        write_workbook(path, households)
        stop = "import django; django.setup(); from bangfu.site.start import stop_database; stop_database()"
        try:
            first, second = measured("raw", path, environ), measured("bangfu", path, environ)
        finally:
            subprocess.run([sys.executable, "-W", "ignore", "-c", stop], env=environ, check=False)
    ratio = second["seconds"] / first["seconds"]
    report = {"households": households, "raw": first, "bangfu": second, "ratio": round(ratio, 2)}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        result = {"raw": raw, "bangfu": bangfu}[sys.argv[1]](Path(sys.argv[2]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(json.dumps({**result, "peak_mb": round(peak)}) + "\n")
    else:
        main()
