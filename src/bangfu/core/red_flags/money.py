"""Candidates of lines and of the county's money: waiting, by a cut-off, outside the line, grown, of a village."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from bangfu.core.indicators.model import Reading
from bangfu.core.indicators.model import Row as Rate
from bangfu.core.language import Text
from bangfu.core.red_flags.candidates import Among, Candidate, Counted
from bangfu.core.red_flags.facts import County, Flow, Line, Piece, Project
from bangfu.core.red_flags.model import Asked, Kind, Row
from bangfu.core.red_flags.subjects import CASH, QUOTA

_NO_WORDS = Text("", "")
Waiting = tuple[Line, Flow]


def remaining(flows: Sequence[Flow], held: int) -> list[Flow]:
    """What is left of each flow when the oldest is spent first, the oldest first."""
    left: list[Flow] = []
    for flow in sorted(flows, key=lambda one: (one.day, int(one.key)), reverse=True):
        part = min(flow.fen, held)
        if part > 0:
            left.append(Flow(flow.key, flow.day, part))
            held -= part
    return left[::-1]


def waiting_money(county: County, asked: Asked, among: Among[Waiting]) -> Iterator[Candidate]:
    """A line's cash or quota, of the parts of it that count: what is spent is the oldest."""
    parts = [
        Counted(
            {"purse": purse, "poolable": line.poolable, "days": (county.on - flow.day).days},
            (line, flow),
        )
        for line in county.lines
        for purse, flows, held in (
            (CASH, line.cash, line.in_hand),
            (QUOTA, line.quota, line.free),
        )
        for flow in remaining(flows, held)
    ]
    by_line: dict[str, list[Waiting]] = {}
    for line, flow in among(parts):
        by_line.setdefault(line.key, []).append((line, flow))
    for waiting in by_line.values():
        line, flows = waiting[0][0], [flow for _, flow in waiting]
        yield Candidate(
            Kind.LINE,
            line.key,
            line.label,
            county.code,
            {
                "fen": sum(flow.fen for flow in flows),
                "longest": max((county.on - flow.day).days for flow in flows),
            },
            partial(_flow_rows, flows),
            line.department,
        )


def _flow_rows(flows: Sequence[Flow]) -> list[Row]:
    return [
        Row(
            Kind.POSTING,
            flow.key,
            Text(f"{flow.day} 到账，尚余", f"came {flow.day}, of it left"),
            flow.fen,
            flow.day,
        )
        for flow in flows
    ]


def cut_off(county: County, asked: Asked) -> Iterator[Candidate]:
    """Each line with what is paid of it by the last cut-off day that has passed."""
    passed = [one for one in county.readings if one.code.startswith("payment-")]
    if not passed or passed[-1].target is None:
        return
    reading = passed[-1]
    assert reading.target is not None
    lines = {line.key: line for line in county.lines}
    for rate in reading.rows:
        line = lines.get(rate.key)
        if line is None:
            continue
        yield Candidate(
            Kind.LINE,
            line.key,
            line.label,
            county.code,
            {
                "paid_fen": int(rate.top),
                "announced_fen": int(rate.bottom),
                "share_asked": reading.target.bound,
            },
            partial(_cut_off_rows, line, rate),
            line.department,
            reading.code,
            {"progress": reading.name},
        )


def _cut_off_rows(line: Line, rate: Rate) -> list[Row]:
    return [
        Row(Kind.LINE, line.key, Text("当日止已支付", "paid by that day"), int(rate.top)),
        Row(Kind.LINE, line.key, Text("已下达指标", "announced"), int(rate.bottom)),
    ]


def piece(county: County, asked: Asked) -> Iterator[Candidate]:
    """What each line has given to each project."""
    lines = {line.key: line for line in county.lines}
    projects = {project.key: project for project in county.projects}
    for one in county.pieces:
        line, project = lines.get(one.line), projects.get(one.project)
        if line is None or project is None:
            continue
        yield Candidate(
            Kind.PROJECT,
            project.key,
            project.label,
            project.place_code,
            {
                "purpose": project.purpose,
                "purposes": line.purposes,
                "any_purpose": line.purposes is None,
                "line": line.number,
                "fen": one.fen,
            },
            partial(_piece_rows, one, line, project),
            project.department,
            line.number,
        )


def _piece_rows(one: Piece, line: Line, project: Project) -> list[Row]:
    return [
        Row(Kind.PROJECT, project.key, Text(project.label, project.label), one.fen),
        Row(Kind.LINE, line.key, Text(line.label, line.label)),
    ]


def line(county: County, asked: Asked) -> Iterator[Candidate]:
    """Each line, with what of it is given to projects and what of that is used."""
    for one in county.lines:
        since = None if one.allocated_on is None else (county.on - one.allocated_on).days
        yield Candidate(
            Kind.LINE,
            one.key,
            one.label,
            county.code,
            {
                "poolable": one.poolable,
                "allocated_fen": one.allocated,
                "used_fen": one.used,
                "days": since,
            },
            partial(_line_rows, one),
            one.department,
        )


def _line_rows(line: Line) -> list[Row]:
    words = Text("已安排，未使用", "allocated and not used")
    return [Row(Kind.LINE, line.key, words, line.allocated, line.allocated_on)]


def growth(county: County, asked: Asked) -> Iterator[Candidate]:
    """The pooled money of key villages of this year and of the last, where both are known."""
    reading = _reading(county.readings, "growth")
    if reading is None:
        return
    yield Candidate(
        Kind.COUNTY,
        county.code,
        str(county.year),
        county.code,
        {"last_year_fen": int(reading.bottom), "more_fen": int(reading.top)},
        lambda: [
            Row(
                Kind.VILLAGE,
                row.key,
                Text(f"{row.label}：比上年增减", f"{row.label}: change since last year"),
                int(row.top),
            )
            for row in reading.rows
        ],
        about=str(county.year),
        words={"reading": reading.reading or _NO_WORDS},
    )


def village_money(county: County, asked: Asked) -> Iterator[Candidate]:
    """The pooled money of each key village."""
    reading = _reading(county.readings, "per-village")
    for rate in () if reading is None else reading.rows:
        yield Candidate(
            Kind.VILLAGE,
            rate.key,
            rate.label,
            rate.key,
            {"fen": int(rate.top)},
            partial(_of_village, county, rate.key),
            about=str(county.year),
        )


def _of_village(county: County, code: str) -> list[Row]:
    """The projects of a village with what they hold; the village itself when there is none."""
    rows = [
        Row(Kind.PROJECT, one.key, Text(one.label, one.label), one.held)
        for one in county.projects
        if one.place_code == code and one.held
    ]
    return rows or [Row(Kind.VILLAGE, code, Text("没有安排项目资金", "no project has money"), 0)]


def _reading(readings: Iterable[Reading], code: str) -> Reading | None:
    return next((one for one in readings if one.code == code and one.missing is None), None)
