"""Published lines and movements as a Fiscal Data Package: two tables, their schema, and what they mean."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from bangfu.books.publishing import shown
from bangfu.books.publishing.models import MovementCopy
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.ledger.stages import BOOKS, KIND_LABELS, STAGE_LABELS, Kind, Stage
from bangfu.core.money import FEN_PER_YUAN

NO_MOVEMENTS = Text("这里没有公开的资金流水。", "No movement of money of this place is in public.")
# What a line is told by, summed from the movements published: each stage with what has gone on from it, as
# the pages of the funds count; money that came in from outside is what left the outside account.
_PAID = (Stage.PAID,)
_CLAIMED = (Stage.CLAIMED, *_PAID)
_COMMITTED = (Stage.COMMITTED, *_CLAIMED)
_SUMS: dict[str, tuple[tuple[Stage, ...], int, str]] = {
    "announced": ((Stage.SOURCE, Stage.PLEDGED), -1, "quota that came down"),
    "taken_back": ((Stage.TAKEN_BACK,), 1, "quota that was taken back"),
    "received": ((Stage.TREASURY,), -1, "cash that arrived"),
    "allocated": ((Stage.ALLOCATED, *_COMMITTED), 1, "planned with"),
    "committed": (_COMMITTED, 1, "of it under contract or promised"),
    "claimed": (_CLAIMED, 1, "of it claimed"),
    "paid": (_PAID, 1, "of it paid"),
    "free": ((Stage.ANNOUNCED,), 1, "quota that nobody has planned with"),
}
_LINE = ("number", "name", "class", "level", "department")
_STRING, _DAY, _NUMBER, _WHOLE = "string", "date", "number", "integer"
# Column: its type and what it is. The order is that of the files.
LINES = {
    "number": (_STRING, "number of the fund line"),
    "name": (_STRING, "its name"),
    "class": (_STRING, "channel: fiscal, sector, household, social"),
    "level": (_STRING, "whose money: central, province, prefecture, county, society"),
    "department": (_STRING, "department in charge"),
    **{column: (_NUMBER, f"yuan, {says}") for column, (_, _, says) in _SUMS.items()},
}
MOVEMENTS = {
    "posting": (_WHOLE, "number of the act in the ledger; its rows sum to zero in each book"),
    "position": (_WHOLE, "place of the row in the act"),
    "date": (_DAY, "day of the act"),
    "year": (_WHOLE, "its year"),
    "kind": (
        _STRING,
        f"what the act does: {', '.join(f'{k.value} ({KIND_LABELS[k].zh})' for k in Kind)}",
    ),
    "book": (_STRING, "quota (指标) or cash (资金)"),
    "stage": (
        _STRING,
        f"where the amount goes to or leaves: {', '.join(f'{s.value} ({STAGE_LABELS[s].zh})' for s in Stage)}",
    ),
    "line": (_STRING, "number of the fund line"),
    "project": (_STRING, "number of the project, where there is one"),
    "project_name": (_STRING, "its name"),
    "place": (_STRING, "12-digit place code of the project, else of the county"),
    "amount": (_NUMBER, "yuan; a minus leaves the stage"),
}
Row = Mapping[str, Any]


def moved(code: str, year: int) -> QuerySet[MovementCopy]:
    """The published movements of a place and year."""
    return shown.inside(MovementCopy, code).filter(day__year=year)


def package(code: str, year: int, *, title: str, homepage: str, now: datetime) -> bytes:
    """The package of a place and year as a zip file. NotFoundError when nothing of it is public."""
    rows = moved(code, year)
    movements = list(rows.order_by("posting", "position"))
    if not movements:
        raise NotFoundError(NO_MOVEMENTS)
    written = io.BytesIO()
    stamp = now.timetuple()[:6]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in (
            ("datapackage.json", _descriptor(code, year, title, homepage, now)),
            ("lines.csv", _table(LINES, _lines(rows))),
            ("movements.csv", _table(MOVEMENTS, map(_movement, movements))),
        ):
            folder.writestr(zipfile.ZipInfo(name, stamp), content.encode(), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _lines(rows: QuerySet[MovementCopy]) -> Iterable[Row]:
    found: dict[str, tuple[Row, dict[str, int]]] = {}
    keys = ("line_number", "line_name", "fund_class", "level", "department")
    for row in rows.values(*keys, "stage").annotate(sum=Sum("fen")).order_by("line_number"):
        told = dict(zip(_LINE, (row[key] for key in keys), strict=True))
        _, stood = found.setdefault(row["line_number"], (told, {}))
        stood[row["stage"]] = int(row["sum"])
    for told, stood in found.values():
        yield {
            **told,
            **{
                column: _yuan(sign * sum(stood.get(stage.value, 0) for stage in stages))
                for column, (stages, sign, _) in _SUMS.items()
            },
        }


def _movement(row: MovementCopy) -> Row:
    return {
        "posting": row.posting,
        "position": row.position,
        "date": row.day.isoformat(),
        "year": row.day.year,
        "kind": row.move,
        "book": BOOKS[Stage(row.stage)].value,
        "stage": row.stage,
        "line": row.line_number,
        "project": row.project_number,
        "project_name": row.project_name,
        "place": row.place_code,
        "amount": _yuan(row.fen),
    }


def _table(columns: Mapping[str, object], rows: Iterable[Row]) -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, list(columns), lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def _descriptor(code: str, year: int, title: str, homepage: str, now: datetime) -> str:
    return json.dumps(
        {
            "profile": "tabular-data-package",
            "name": f"bangfu-{code}-{year}",
            "title": title,
            "homepage": homepage,
            "created": now.isoformat(timespec="seconds"),
            "countryCode": "CN",
            "granularity": "transactional",
            "fiscalPeriod": {"start": f"{year}-01-01", "end": f"{year}-12-31"},
            "resources": [
                _resource("lines", LINES, {"primaryKey": ["number"]}),
                _resource(
                    "movements",
                    MOVEMENTS,
                    {
                        "primaryKey": ["posting", "position"],
                        "foreignKeys": [
                            {
                                "fields": ["line"],
                                "reference": {"resource": "lines", "fields": ["number"]},
                            }
                        ],
                    },
                ),
            ],
            "model": _MODEL,
        },
        ensure_ascii=False,
        indent=2,
    )


def _resource(name: str, columns: Mapping[str, tuple[str, str]], keys: Row) -> Row:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": column, "type": kind, "description": says}
                for column, (kind, says) in columns.items()
            ],
            **keys,
        },
    }


def _dimension(kind: str, key: str, *columns: str, **more: str) -> Row:
    first, *rest = columns
    attributes: dict[str, Row] = {key: {"source": first, "resource": "movements"}}
    for column in rest:
        attributes[column] = {"source": column, "resource": "movements", "labelfor": key}
    return {"dimensionType": kind, "primaryKey": key, "attributes": attributes, **more}


_MODEL: Row = {
    "measures": {
        "amount": {
            "source": "amount",
            "resource": "movements",
            "currency": "CNY",
            "factor": 1,
            "phase": "executed",
        }
    },
    "dimensions": {
        "date": {
            "dimensionType": "datetime",
            "primaryKey": ["year", "date"],
            "attributes": {
                "year": {"source": "year", "resource": "movements"},
                "date": {"source": "date", "resource": "movements", "parent": "year"},
            },
        },
        "line": {
            "dimensionType": "classification",
            "classificationType": "administrative",
            "primaryKey": "number",
            "attributes": {
                "number": {"source": "number", "resource": "lines"},
                "name": {"source": "name", "resource": "lines", "labelfor": "number"},
                "department": {"source": "department", "resource": "lines"},
            },
        },
        "project": _dimension("activity", "project", "project", "project_name"),
        "place": _dimension("location", "place", "place"),
        "kind": _dimension("classification", "kind", "kind", classificationType="economic"),
        "stage": _dimension("other", "stage", "stage"),
    },
}


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN_PER_YUAN}.{abs(fen) % FEN_PER_YUAN:02d}"
