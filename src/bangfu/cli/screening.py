"""`bangfu screen`: a snapshot held against policy; who is at risk and not helped, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bangfu.books.screening.papers import screening_sheets
from bangfu.books.screening.screened import Screened, screen_books
from bangfu.books.walls.scope import DataClass, for_engines
from bangfu.cli.operator import As, named
from bangfu.cli.options import Lang, On, PlaceCode, day, place_code
from bangfu.cli.rules import load_policy
from bangfu.cli.terminal import terminal
from bangfu.core.language import Lang as Language
from bangfu.core.language import Text
from bangfu.core.places import Place
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.locate import Gazetteer
from bangfu.engines import duckdb
from bangfu.engines.scope import Scope
from bangfu.engines.scripts import of_user
from bangfu.files.intake import read_places
from bangfu.files.reports import write_workbook
from bangfu.site import clock


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("screen")(screen_command)


def screen_command(
    place: PlaceCode,
    on: On = None,
    snapshot: Annotated[Path, typer.Option(help="快照文件夹 / the snapshot's folder")] = Path(
        "out/snapshot"
    ),
    operator: As = None,
    places: Annotated[Path | None, typer.Option(help="区划代码表 CSV / places as CSV")] = None,
    output: Annotated[Path, typer.Option("-o", "--output")] = Path("out/screening.xlsx"),
    lang: Lang = None,
) -> None:
    """排查：把快照对照政策，写出名单和理由。 / Screen a snapshot: lists with reasons."""
    speak = terminal(lang)
    county, as_of, policy = place_code(place), day(on, clock.today()), load_policy()
    known: Iterable[Place] = read_places(places) if places else ()
    # A snapshot is read in the scope that the books give the operator, as the books themselves are.
    _, scope = named(
        operator, place_code=county, purpose="screen a snapshot", classes=(DataClass.PERSONS,)
    )
    found = screen_snapshot(snapshot, policy, as_of, county=county, scope=for_engines(scope))
    write_screening(output, found, Gazetteer(known), speak.lang)
    rows = [[text.to(speak.lang), value] for text, value in found.shown()]
    speak.table(Text("排查结果", "Screening"), [Text("项", "item"), Text("结果", "result")], rows)
    speak.say(Text(f"已写出 {output}", f"Wrote {output}"))


def screen_snapshot(
    folder: Path, policy: Policy, on: date, *, county: str, scope: Scope
) -> Screened:
    """Screen what a scope shows of a sealed snapshot by the policy of a county."""
    with duckdb.open_sealed(folder, scope, scripts=of_user()) as (snapshot, roster):
        return screen_books(snapshot, roster, policy, on, place=county)


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
