"""`bangfu screen`: a snapshot held against policy; who is at risk and not helped, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from bangfu.books.screening.papers import screening_sheets
from bangfu.cli.options import Lang, On, PlaceCode, day, place_code
from bangfu.cli.rules import load_policy
from bangfu.cli.terminal import terminal
from bangfu.core.language import Lang as Language
from bangfu.core.language import Text
from bangfu.core.places import Place
from bangfu.core.policy.resolve import Policy
from bangfu.core.screening.poverty import Measure, measure, together
from bangfu.core.screening.screen import screen
from bangfu.core.screening.setting import Setting, setting
from bangfu.core.sheets.locate import Gazetteer
from bangfu.engines import duckdb
from bangfu.engines.scope import Scope
from bangfu.files.intake import read_places
from bangfu.files.reports import write_workbook
from bangfu.site import clock


@dataclass(frozen=True, slots=True)
class Screened:
    """The result tables of a screening, as frames, and what it was set to."""

    setting: Setting
    households: pl.DataFrame
    ranking: pl.DataFrame
    poverty: pl.DataFrame
    poverty_by_indicator: pl.DataFrame
    classes: pl.DataFrame
    unstated_risks: pl.DataFrame
    clues: pl.DataFrame

    def not_helped(self) -> pl.DataFrame:
        """Households with a concern that nobody monitors: the heart of the daily work."""
        return self.households.filter(pl.col("concern") & ~pl.col("monitored_open"))

    def flagged(self) -> set[str]:
        """The numbers of the households that are not helped, or that a roster's clue points at."""
        found = set(self.not_helped()["household_no"])
        return found | set(self.clues["household_no"].drop_nulls())

    def measure(self) -> Measure:
        """Multidimensional poverty of all villages together."""
        scheme = self.setting.parameters.scheme
        return together((measure(row, scheme) for row in self.poverty.to_dicts()), scheme)

    def figures(self) -> dict[str, Any]:
        """The figures of the summary; shares as exact fractions."""
        whole = self.measure()
        return {
            "below_line": self.households.filter(pl.col("below_line")).height,
            "concern": self.households.filter(pl.col("concern")).height,
            "not_helped": self.not_helped().height,
            "clues": dict(self.clues.group_by("clue").agg(pl.len()).sort("clue").iter_rows()),
            "classes": {
                one.id: int(self.classes[one.column].sum() or 0) for one in self.setting.classes
            },
            "H": str(whole.headcount),
            "A": str(whole.intensity),
            "M0": str(whole.adjusted_headcount),
        }

    def shown(self) -> list[tuple[Text, str]]:
        """What the terminal shows of them."""
        whole = self.measure()
        shares = (whole.headcount, whole.intensity, whole.adjusted_headcount)
        below = self.households.filter(pl.col("below_line")).height
        return [
            (Text("收入低于监测线的户", "households below the line"), f"{below:,}"),
            (
                Text("有风险、未纳入监测的户", "households at risk and not monitored"),
                f"{self.not_helped().height:,}",
            ),
            (Text("部门名单线索", "clues from rosters"), f"{self.clues.height:,}"),
            (
                Text("多维贫困 H / A / M0", "multidimensional poverty H / A / M0"),
                " / ".join(f"{float(share):.4f}" for share in shares),
            ),
        ]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("screen")(screen_command)


def screen_command(
    place: PlaceCode,
    on: On = None,
    snapshot: Annotated[Path, typer.Option(help="快照文件夹 / the snapshot's folder")] = Path(
        "out/snapshot"
    ),
    places: Annotated[Path | None, typer.Option(help="区划代码表 CSV / places as CSV")] = None,
    output: Annotated[Path, typer.Option("-o", "--output")] = Path("out/screening.xlsx"),
    lang: Lang = None,
) -> None:
    """排查：把快照对照政策，写出名单和理由。 / Screen a snapshot: lists with reasons."""
    speak = terminal(lang)
    named: Iterable[Place] = read_places(places) if places else ()
    found = screen_snapshot(
        snapshot, load_policy(), day(on, clock.today()), county=place_code(place)
    )
    write_screening(output, found, Gazetteer(named), speak.lang)
    rows = [[text.to(speak.lang), value] for text, value in found.shown()]
    speak.table(Text("排查结果", "Screening"), [Text("项", "item"), Text("结果", "result")], rows)
    speak.say(Text(f"已写出 {output}", f"Wrote {output}"))


def screen_snapshot(folder: Path, policy: Policy, on: date, *, county: str) -> Screened:
    """Screen a sealed snapshot in the scope of a county."""
    with (
        duckdb.open_sealed(folder, Scope.of([county])) as (snapshot, roster),
        snapshot.keeping() as keep,
    ):
        present = snapshot.frame(roster.select("roster").distinct())["roster"].to_list()
        made = setting(policy, place=county, on=on, rosters=present)
        result = screen(snapshot.tables, made, roster=roster, keep=keep)
        assert result.clues is not None  # a roster table was handed in
        tables = (
            result.households,
            result.ranking,
            result.poverty,
            result.poverty_by_indicator,
            result.classes,
            result.unstated_risks,
            result.clues,
        )
        waiting = [snapshot.fetch(each) for each in tables]
        return Screened(made, *(each.result() for each in waiting))


def write_screening(path: Path, found: Screened, gazetteer: Gazetteer, lang: Language) -> None:
    """The screening's workbook."""
    write_workbook(
        path,
        screening_sheets(
            households=found.not_helped(),
            ranking=found.ranking,
            poverty=found.poverty,
            by_indicator=found.poverty_by_indicator,
            classes=found.classes,
            clues=found.clues,
            setting=found.setting,
            gazetteer=gazetteer,
            lang=lang,
        ),
    )
