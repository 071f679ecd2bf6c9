"""The screening's workbook: who is at risk and not monitored, clues, classes, poverty, each with why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from bangfu.core.language import Lang, Text
from bangfu.core.places import Level, ancestor
from bangfu.core.screening.poverty import measure
from bangfu.core.screening.reasons import class_reasons, clue_reason, household_reasons
from bangfu.core.screening.setting import Setting
from bangfu.core.sheets.locate import Gazetteer, short_name
from bangfu.files.reports import Column, ReportSheet, Value

_KEY = ["place_code", "household_no"]
# English words for the dimensions of the schemes in policy; others stay as they are written there.
_DIMENSIONS = {
    "收入": "income",
    "教育": "education",
    "健康": "health",
    "生活水平": "living standard",
}


def screening_sheets(
    *,
    households: pl.DataFrame,
    ranking: pl.DataFrame,
    poverty: pl.DataFrame,
    by_indicator: pl.DataFrame,
    classes: pl.DataFrame,
    clues: pl.DataFrame,
    setting: Setting,
    gazetteer: Gazetteer,
    lang: Lang,
) -> list[ReportSheet]:
    """The sheets, in the order they are read. `households` are those that need a look."""
    papers = _Papers(setting, gazetteer, lang)
    return [
        papers.households(households.join(ranking, on=_KEY, how="left"), classes),
        papers.clues(clues),
        papers.classes(classes),
        papers.poverty(poverty),
        papers.indicators(by_indicator),
    ]


class _Papers:
    """Makes the sheets of one screening in one language."""

    def __init__(self, setting: Setting, gazetteer: Gazetteer, lang: Lang) -> None:
        self.setting = setting
        self.gazetteer = gazetteer
        self.lang = lang
        self.note = self.said(
            "系统提示，供核实，不是认定。线和标准见“政策”，标注“未核实”的为缺省值。",
            "For checking, not a decision. Lines and standards come from policy; those marked unverified are defaults.",
        )

    def said(self, zh: str, en: str) -> str:
        return Text(zh, en).to(self.lang)

    def place(self, code: str | None) -> tuple[str, str]:
        """Township and village."""
        if code is None:
            return "", ""
        township = self.gazetteer.name(ancestor(code, Level.TOWNSHIP))
        return short_name(township), short_name(self.gazetteer.name(code))

    def households(self, frame: pl.DataFrame, classes: pl.DataFrame) -> ReportSheet:
        """Who is at risk and not monitored, worst first in each township."""
        flags = {row["household_no"]: row for row in classes.iter_rows(named=True)}
        columns = [
            Column(self.said("乡镇", "township")),
            Column(self.said("村", "village")),
            Column(self.said("户编号", "household")),
            Column(self.said("乡镇内排序", "rank in township"), "int"),
            Column(self.said("村内排序", "rank in village"), "int"),
            Column(self.said("人数", "members"), "int"),
            Column(self.said("家庭纯收入（元）", "net income (yuan)"), "fen"),
            Column(self.said("理由", "why"), width=80),
            Column(self.said("分类和建议措施", "class and suggested measures"), width=60),
        ]

        def rows() -> Iterator[tuple[Value, ...]]:
            ordered = frame.sort(
                pl.col("place_code").str.slice(0, 9),
                "township_rank",
                "household_no",
                nulls_last=True,
            )
            for row in ordered.iter_rows(named=True):
                reasons = household_reasons(row, self.setting.parameters)
                yield (
                    *self.place(row["place_code"]),
                    row["household_no"],
                    row["township_rank"],
                    row["village_rank"],
                    row["members"],
                    row["net_income"],
                    "；".join(reason.text.to(self.lang) for reason in reasons),
                    self.classes_of(flags.get(row["household_no"], {})),
                )

        title = self.said("有风险未纳入监测", "At risk, not monitored")
        return ReportSheet(title, columns, rows(), self.note)

    def classes_of(self, row: Mapping[str, Any]) -> str:
        """The classes a household falls into, each with why and its measures."""
        why = {reason.code: reason.text for reason in class_reasons(row, self.setting.classes)}
        return "；".join(
            f"{one.text.to(self.lang)}（{why[one.column].to(self.lang)}）："
            f"{'、'.join(m.to(self.lang) for m in one.measures)}"
            for one in self.setting.classes
            if one.column in why
        )

    def clues(self, frame: pl.DataFrame) -> ReportSheet:
        """What the comparison with rosters shows."""
        columns = [
            Column(self.said("乡镇", "township")),
            Column(self.said("村", "village")),
            Column(self.said("户编号", "household")),
            Column(self.said("人编号", "person")),
            Column(self.said("线索", "clue"), width=80),
        ]

        def rows() -> Iterator[tuple[Value, ...]]:
            for row in frame.sort("clue", *_KEY, "person_no", nulls_last=True).iter_rows(
                named=True
            ):
                reason = clue_reason(row).text.to(self.lang)
                yield (
                    *self.place(row["place_code"]),
                    row["household_no"],
                    row["person_no"],
                    reason,
                )

        return ReportSheet(
            self.said("部门名单线索", "Clues from rosters"), columns, rows(), self.note
        )

    def classes(self, frame: pl.DataFrame) -> ReportSheet:
        """How many households of concern fall into each class."""
        rows = [
            (
                one.text.to(self.lang),
                int(frame[one.column].sum() or 0),
                frame.filter(pl.col(one.column) & ~pl.col("helped")).height,
                "、".join(m.to(self.lang) for m in one.measures),
            )
            for one in self.setting.classes
        ]
        return ReportSheet(
            self.said("六类", "Six classes"),
            [
                Column(self.said("分类", "class")),
                Column(self.said("户数", "households"), "int"),
                Column(self.said("其中没有任何措施", "of them without any measure"), "int"),
                Column(self.said("建议措施", "suggested measures"), width=60),
            ],
            rows,
            self.note,
        )

    def poverty(self, frame: pl.DataFrame) -> ReportSheet:
        """Alkire–Foster by village."""
        rows = []
        for row in frame.sort("place_code").iter_rows(named=True):
            found = measure(row, self.setting.parameters.scheme)
            rows.append(
                (
                    *self.place(row["place_code"]),
                    found.people,
                    found.poor,
                    found.headcount,
                    found.intensity,
                    found.adjusted_headcount,
                )
            )
        return ReportSheet(
            self.said("多维贫困（村）", "Poverty by village"),
            [
                Column(self.said("乡镇", "township")),
                Column(self.said("村", "village")),
                Column(self.said("人数", "people"), "int"),
                Column(self.said("贫困人数", "poor"), "int"),
                Column("H", "percent"),
                Column("A", "percent"),
                Column("M0", "percent"),
            ],
            rows,
            self.note,
        )

    def indicators(self, frame: pl.DataFrame) -> ReportSheet:
        """What each indicator contributes, over all villages; the contributions add up to M0."""
        sums = frame.group_by("dimension", "indicator", "weight", maintain_order=True).agg(
            pl.col("raw").sum(), pl.col("censored").sum(), pl.col("points").sum()
        )
        total = int(sums["points"].sum() or 0)
        rows = [
            (
                self.said(dimension, _DIMENSIONS.get(dimension, dimension)),
                self.setting.indicators[indicator].to(self.lang),
                weight,
                raw,
                censored,
                points / total if total else None,
            )
            for dimension, indicator, weight, raw, censored, points in sums.iter_rows()
        ]
        return ReportSheet(
            self.said("多维贫困（指标）", "Poverty by indicator"),
            [
                Column(self.said("维度", "dimension")),
                Column(self.said("指标", "indicator")),
                Column(self.said("权重", "weight"), "int"),
                Column(self.said("被剥夺人数", "people deprived"), "int"),
                Column(self.said("其中贫困", "of them poor"), "int"),
                Column(self.said("对 M0 的贡献", "part of M0"), "percent"),
            ],
            rows,
            self.note,
        )
