"""Flags of lines and of the county's money: idle, slow, outside the line, unused, not grown, below floors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from bangfu.core.indicators.model import Measure, Reading, said
from bangfu.core.language import Text
from bangfu.core.red_flags.facts import County, Flow
from bangfu.core.red_flags.model import Asked, Flag, Kind, Row, yuan


def remaining(flows: Sequence[Flow], held: int) -> list[Flow]:
    """What is left of each flow when the oldest is spent first, the oldest first."""
    left: list[Flow] = []
    for flow in sorted(flows, key=lambda one: (one.day, int(one.key)), reverse=True):
        part = min(flow.fen, held)
        if part > 0:
            left.append(Flow(flow.key, flow.day, part))
            held -= part
    return left[::-1]


def idle_money(county: County, asked: Asked) -> Iterator[Flag]:
    """Cash in hand, or quota given to no project, that came more than so many days ago.

    A line that is not pooled is spent outside these books and is not looked at.
    """
    days = asked.get("red_flags.idle_days")
    before = county.on - timedelta(days=days)
    for line in (one for one in county.lines if one.poolable):
        for about, flows, held, what in (
            ("cash", line.cash, line.in_hand, Text("到位资金在账未支付", "cash lie unpaid")),
            (
                "quota",
                line.quota,
                line.free,
                Text("指标未安排到项目", "quota are given to no project"),
            ),
        ):
            idle = [flow for flow in remaining(flows, held) if flow.day < before]
            if not idle:
                continue
            fen, longest = sum(flow.fen for flow in idle), (county.on - idle[0].day).days
            yield Flag(
                "idle_money",
                Kind.LINE,
                line.key,
                line.label,
                county.code,
                Text(
                    f"{what.zh} {yuan(fen)} 元，最长 {longest} 天，超过 {days} 天。",
                    f"{yuan(fen)} yuan of {what.en}, for up to {longest} days; more than {days}.",
                ),
                [
                    Row(
                        Kind.POSTING,
                        flow.key,
                        Text(f"{flow.day} 到账，尚余", f"came {flow.day}, of it left"),
                        flow.fen,
                        flow.day,
                    )
                    for flow in idle
                ],
                line.department,
                about,
            )


def slow_payment(county: County, asked: Asked) -> Iterator[Flag]:
    """Lines of which less is paid, by the last cut-off day that has passed, than the policy asks."""
    passed = [one for one in county.readings if one.code.startswith("payment-")]
    if not passed:
        return
    reading = passed[-1]
    lines = {line.key: line for line in county.lines}
    for row in reading.rows:
        line, value = lines.get(row.key), row.value
        if line is None or value is None or reading.target is None:
            continue
        if reading.target.met_by(value):
            continue
        own, bound = said(value, Measure.PERCENT), said(reading.target.bound, Measure.PERCENT)
        yield Flag(
            "slow_payment",
            Kind.LINE,
            line.key,
            line.label,
            county.code,
            Text(
                f"{reading.name.zh} {own}，低于要求的 {bound}"
                f"（已支付 {yuan(int(row.top))} 元 / 指标 {yuan(int(row.bottom))} 元）。",
                f"{reading.name.en}: {own}, below the {bound} asked for "
                f"({yuan(int(row.top))} yuan paid of {yuan(int(row.bottom))} announced).",
            ),
            [
                Row(Kind.LINE, line.key, Text("当日止已支付", "paid by that day"), int(row.top)),
                Row(Kind.LINE, line.key, Text("已下达指标", "announced"), int(row.bottom)),
            ],
            line.department,
            reading.code,
        )


def wrong_purpose(county: County, asked: Asked) -> Iterator[Flag]:
    """Money of a line that lies with a project of a purpose which the line does not pay."""
    lines = {line.key: line for line in county.lines}
    projects = {project.key: project for project in county.projects}
    for piece in county.pieces:
        line, project = lines.get(piece.line), projects.get(piece.project)
        if line is None or project is None or line.purposes is None or not piece.fen:
            continue
        if project.purpose in line.purposes:
            continue
        may = Text("、".join(line.purposes), ", ".join(line.purposes))
        yield Flag(
            "wrong_purpose",
            Kind.PROJECT,
            project.key,
            project.label,
            project.place_code,
            Text(
                f"项目类别“{project.purpose}”不在资金 {line.number} 的用途内（{may.zh}），"
                f"却安排了 {yuan(piece.fen)} 元。",
                f'The project is for "{project.purpose}", which line {line.number} does not pay '
                f"({may.en}); it holds {yuan(piece.fen)} yuan of it.",
            ),
            [
                Row(Kind.PROJECT, project.key, Text(project.label, project.label), piece.fen),
                Row(Kind.LINE, line.key, Text(line.label, line.label)),
            ],
            project.department,
            f"line {line.number}",
        )


def unused_fund(county: County, asked: Asked) -> Iterator[Flag]:
    """A pooled line that counts as integrated, of which nothing is contracted, claimed or paid."""
    days = asked.get("red_flags.unused_days")
    for line in county.lines:
        if not (line.poolable and line.allocated) or line.used or line.allocated_on is None:
            continue
        since = (county.on - line.allocated_on).days
        if since <= days:
            continue
        yield Flag(
            "unused_fund",
            Kind.LINE,
            line.key,
            line.label,
            county.code,
            Text(
                f"整合方案已安排 {yuan(line.allocated)} 元，{since} 天来没有一笔合同、报账或支付"
                f"（超过 {days} 天）。",
                f"The plan gave it to projects ({yuan(line.allocated)} yuan) {since} days ago; nothing is "
                f"contracted, claimed or paid since (more than {days} days).",
            ),
            [
                Row(
                    Kind.LINE,
                    line.key,
                    Text("已安排，未使用", "allocated and not used"),
                    line.allocated,
                    line.allocated_on,
                )
            ],
            line.department,
        )


def low_growth(county: County, asked: Asked) -> Iterator[Flag]:
    """The pooled money has not grown as the policy asks."""
    reading = _reading(county.readings, "growth")
    if reading is None or reading.verdict != "missed" or reading.reading is None:
        return
    now = int(reading.top) + int(reading.bottom)
    yield Flag(
        "low_growth",
        Kind.COUNTY,
        county.code,
        str(county.year),
        county.code,
        Text(
            f"重点村整合资金上年 {yuan(int(reading.bottom))} 元，本年 {yuan(now)} 元，"
            f"增幅 {reading.reading.zh}。",
            f"Key villages had {yuan(int(reading.bottom))} yuan last year and {yuan(now)} this year: "
            f"{reading.reading.en}.",
        ),
        [
            Row(
                Kind.VILLAGE,
                row.key,
                Text(f"{row.label}：比上年增减", f"{row.label}: change since last year"),
                int(row.top),
            )
            for row in reading.rows
        ],
        about=str(county.year),
    )


def low_village(county: County, asked: Asked) -> Iterator[Flag]:
    """A key village that got less than the floor of a village."""
    reading, floor = _reading(county.readings, "per-village"), asked.get("pooling.village_total")
    if reading is None:
        return
    for row in reading.rows:
        if row.top >= floor:
            continue
        yield Flag(
            "low_village",
            Kind.VILLAGE,
            row.key,
            row.label,
            row.key,
            Text(
                f"整合资金 {yuan(int(row.top))} 元，低于每村 {yuan(floor)} 元，"
                f"差 {yuan(floor - int(row.top))} 元。",
                f"{yuan(int(row.top))} yuan, below the {yuan(floor)} of every key village by "
                f"{yuan(floor - int(row.top))}.",
            ),
            _of_village(county, row.key),
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
