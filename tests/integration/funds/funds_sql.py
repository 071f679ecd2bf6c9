"""Plain SQL against the ledger, as somebody without the program would write it."""

from __future__ import annotations

from datetime import date

from funds_factories import COUNTY

DAY = date(2026, 3, 2)


def lines(connection):
    return dict(connection.execute("select number, id from funds_fundline").fetchall())


def add_posting(connection, *, kind="announce", place=COUNTY, day=DAY, **more):
    columns = {"place_code": place, "kind": kind, "day": day, "key": "", "memo": ""} | more
    names = ", ".join(columns)
    holes = ", ".join(["%s"] * len(columns))
    numbers = list(lines(connection).values())
    [number] = connection.execute(
        f"insert into funds_posting (id, {names}) values (funds_open(%s), {holes}) returning id",
        [numbers, *columns.values()],
    ).fetchone()
    return number


def add_entries(connection, posting, *legs, place=COUNTY, start=1):
    """Legs are (line, stage, project id or None, fen), in one statement."""
    ids = lines(connection)
    rows = [
        (posting, position, place, ids.get(line, line), stage, project, fen)
        for position, (line, stage, project, fen) in enumerate(legs, start=start)
    ]
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(rows))
    connection.execute(
        "insert into funds_entry (posting_id, position, place_code, line_id, stage, project_id, fen)"
        f" values {marks}",
        [value for row in rows for value in row],
    )
