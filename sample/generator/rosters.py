"""Rosters of seven departments: they agree with the households, but for mismatches planted here.

`expected_mismatches.csv` lists every one. Mismatches are planted in households of the clean county
only, so that they never meet a planted check in one household; the check of a disabled person without a
certificate brings its own, since the federation's list has certificate holders only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sample.generator.model import REFERENCE_DATE, Cell, Household, Member, age_on
from sample.generator.workbook import write

Mismatch = tuple[str, str, str, str, str, Cell]
Row = list[Cell]
LOW = ("农村低保", "城市低保")
DESTITUTE = ("农村特困", "城市特困")
TITLES = {
    "民政低保名单": ("姓名", "证件号码", "类别", "月保障金额（元）"),
    "残联残疾人名单": ("姓名", "证件号码", "残疾类别", "残疾等级"),
    "医保自付费用名单": ("姓名", "证件号码", "总费用（元）", "合规自付费用（元）"),
    "住建房屋鉴定名单": ("姓名", "证件号码", "鉴定等级"),
    "公安车辆登记": ("姓名", "证件号码", "车辆类型", "登记日期"),
    "市场监管工商登记": ("姓名", "证件号码", "主体名称", "登记日期"),
    "死亡名单": ("姓名", "证件号码", "死亡日期"),
}
PLANTED_EACH = 6


class Plot:
    """Picks the households of the mismatches, each household once, and books them."""

    def __init__(self, clean: Sequence[Household], rng: Random) -> None:
        self._pool = rng.sample(list(clean), len(clean))
        self.rng = rng
        self.mismatches: list[Mismatch] = []
        # Numbers of the households on the civil affairs roster: a car or a firm there is a mismatch,
        # also where the draw of ordinary owners, which spares those on low-income aid, put one.
        self.aided: set[str] = set()

    def take(
        self, roster: str, kind: str, fits: Callable[[Household, Member], bool], value: Cell = None
    ) -> Iterator[Member]:
        """Six members that fit, of six households nothing else was planted in."""
        left = PLANTED_EACH
        for home in list(self._pool):
            person = next((m for m in home.members if fits(home, m)), None)
            if person is None:
                continue
            self._pool.remove(home)
            self.mismatches.append((roster, kind, home.place, home.number, person.number, value))
            yield person
            left -= 1
            if not left:
                return
        raise ValueError(f"{roster}/{kind}: not enough households fit")


def write_all(
    households: Sequence[Household], clean: Sequence[Household], folder: Path, seed: int
) -> tuple[list[Mismatch], dict[str, int]]:
    """Write the seven rosters; return the planted mismatches and the rows of each workbook."""
    rng = Random(f"{seed}/rosters")
    plot = Plot(clean, rng)
    rows = {
        "民政低保名单": _low_income(households, plot),
        "残联残疾人名单": _disabled(households, plot),
        "医保自付费用名单": _medical(clean, plot),
        "住建房屋鉴定名单": _houses(households, clean, plot),
        "公安车辆登记": _vehicles(clean, plot),
        "市场监管工商登记": _businesses(clean, plot),
        "死亡名单": _deaths(plot),
    }
    counts = {
        f"{name}.xlsx": write(
            folder / f"{name}.xlsx", name, f"秭归县 {name} 2026年10月", TITLES[name], body
        )
        for name, body in rows.items()
    }
    return sorted(plot.mismatches, key=str), counts


def _row(person: Member, *values: Cell) -> Row:
    return [person.cells["姓名"], person.cells["证件号码"], *values]


def _low_income(households: Sequence[Household], plot: Plot) -> list[Row]:
    roster = "民政低保名单"
    recipients = [m for home in households for m in home.members if _aid(m)]
    dropped = {
        m.number
        for m in plot.take(roster, "received_but_not_in_roster", lambda h, m: _aid(m) in LOW)
    }
    rows = [_row(m, _aid(m), 480) for m in recipients if m.number not in dropped]
    added = list(
        plot.take(
            roster, "in_roster_but_not_received", lambda h, m: not h.monitored and not _aid(m)
        )
    )
    listed = {m.number for m in (*recipients, *added)} - dropped
    plot.aided = {h.number for h in households if any(m.number in listed for m in h.members)}
    return rows + [_row(person, "农村低保", 480) for person in added]


def _aid(person: Member) -> Cell:
    for column, received in (("享受低保政策情况", LOW), ("享受特困供养政策情况", DESTITUTE)):
        if person.cells[column] in received:
            return person.cells[column]
    return None


def _disabled(households: Sequence[Household], plot: Plot) -> list[Row]:
    grades = dict(zip("1234", ("一级", "二级", "三级", "四级"), strict=True))
    holders = [m for h in households for m in h.members if m.cells["证件类型"] == "残疾人证"]
    rows = [_row(m, m.cells["残疾类别"], grades[str(m.cells["证件号码"])[19]]) for m in holders]
    added = plot.take(
        "残联残疾人名单",
        "in_roster_but_no_certificate",
        lambda h, m: m.cells["证件类型"] != "残疾人证" and age_on(m.birth, REFERENCE_DATE) > 30,
    )
    plot.mismatches += [
        ("残联残疾人名单", "disabled_without_certificate", h.place, h.number, m.number, None)
        for h in households
        for m in h.members
        if m.cells["证件类型"] != "残疾人证" and "残疾" in str(m.cells["健康状况"] or "")
    ]
    return rows + [_row(person, "肢体", "三级") for person in added]


def _medical(clean: Sequence[Household], plot: Plot) -> list[Row]:
    """Ordinary spending stays far below what a household's monitoring asks about."""
    rng = plot.rng
    rows = []
    for home in clean:
        for person in home.members:
            if person.cells["健康状况"] == "健康" or rng.random() > 0.5:
                continue
            paid = 100 * rng.randint(2, 80)
            rows.append(_row(person, paid * rng.randint(3, 6), paid))
    taken = {row[1] for row in rows}

    def free(home: Household, person: Member) -> bool:
        adult = age_on(person.birth, REFERENCE_DATE) > 30
        return adult and not home.monitored and person.cells["证件号码"] not in taken

    heavy = plot.take("医保自付费用名单", "heavy_spending_not_monitored", free, 60_000)
    return rows + [_row(person, 150_000, 60_000) for person in heavy]


def _houses(households: Sequence[Household], clean: Sequence[Household], plot: Plot) -> list[Row]:
    """All graded C or D in the survey, a part of the others, and six D that the sheets call safe."""
    rng = plot.rng
    unsafe = list(
        plot.take("住建房屋鉴定名单", "grade_d_but_stated_safe", lambda h, m: m is h.head(), "D")
    )
    numbers = {person.number for person in unsafe}
    graded = [h for h in households if h.cells["房屋鉴定等级"] in ("C", "D")]
    graded += [h for h in clean if rng.random() < 0.2]
    rows = [
        _row(head, home.cells["房屋鉴定等级"])
        for home in graded
        if (head := home.head()) and head.number not in numbers
    ]
    return rows + [_row(person, "D") for person in unsafe]


def _vehicles(clean: Sequence[Household], plot: Plot) -> list[Row]:
    rng = plot.rng
    owners = [
        (home, head, rng.choice(("两轮摩托车", "三轮摩托车", "轻型货车")))
        for home in clean
        if rng.random() < 0.08 and (head := home.head()) and not _low(home)
    ]
    rows = [_row(head, kind, _day(rng)) for _, head, kind in owners]
    plot.mismatches += [
        ("公安车辆登记", "car_in_low_income_household", home.place, home.number, head.number, kind)
        for home, head, kind in owners
        if home.number in plot.aided
    ]
    cars = plot.take(
        "公安车辆登记", "car_in_low_income_household", lambda h, m: _low(h), "小型轿车"
    )
    return rows + [_row(person, "小型轿车", _day(rng)) for person in cars]


def _businesses(clean: Sequence[Household], plot: Plot) -> list[Row]:
    rng = plot.rng
    owners = [
        (home, head)
        for home in clean
        if rng.random() < 0.02 and (head := home.head()) and not _low(home)
    ]
    rows = [_row(m, f"演示农家商店{i}号", _day(rng)) for i, (_, m) in enumerate(owners, start=1)]
    roster = "市场监管工商登记"
    plot.mismatches += [
        (roster, "company_in_low_income_household", home.place, home.number, head.number, None)
        for home, head in owners
        if home.number in plot.aided
    ]
    firms = plot.take(roster, "company_in_low_income_household", lambda h, m: _low(h))
    return rows + [
        _row(m, f"演示商贸有限公司{i}号", _day(rng)) for i, m in enumerate(firms, start=1)
    ]


def _deaths(plot: Plot) -> list[Row]:
    old = plot.take(
        "死亡名单",
        "dead_but_still_member",
        lambda h, m: age_on(m.birth, REFERENCE_DATE) > 66 and len(h.members) > 1,
    )
    return [_row(person, _day(plot.rng, 2026)) for person in old]


def _low(home: Household) -> bool:
    return any(m.cells["享受低保政策情况"] in LOW for m in home.members)


def _day(rng: Random, year: int = 2021) -> str:
    last = (REFERENCE_DATE - date(year, 1, 1)).days
    return f"{date(year, 1, 1) + timedelta(days=rng.randint(0, last)):%Y-%m-%d}"
