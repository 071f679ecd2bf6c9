"""`bangfu publish`: bring the public site in line with the books. `bangfu export`: what is public, as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import transaction

from bangfu.books.notices.board import ALIAS
from bangfu.books.publishing import shown
from bangfu.books.publishing.actions import turn
from bangfu.books.publishing.downloads import title_of
from bangfu.books.publishing.exporters import fiscal, oc4ids, workbook
from bangfu.cli.operator import As, working
from bangfu.cli.options import Lang, PlaceCode, county_code, data_year
from bangfu.cli.rules import load_policy
from bangfu.cli.terminal import Terminal, terminal
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.files.atomic import replacing, write_text
from bangfu.files.reports import write_workbook
from bangfu.site import clock
from bangfu.site.start import setup_django

group = typer.Typer(
    no_args_is_help=True, help="导出已公开的内容 / export what is public, and nothing else"
)
Year = Annotated[int, typer.Option(help="年度 / year")]
Output = Annotated[Path, typer.Option("-o", "--output", help="写到哪个文件 / file to write")]
NOTHING = Text("这里没有公开的内容。", "Nothing of this place is in public.")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("publish")(publish)
    app.add_typer(group, name="export")


def publish(place: PlaceCode, operator: As = None, lang: Lang = None) -> None:
    """公开：按账本更新公开网页，每晚自动进行。 / Bring the public site in line with the books, as every night."""
    speak, county, policy = terminal(lang), county_code(place), load_policy()
    with working(operator, place_code=county, purpose="publish", writes=True) as by:
        outcome = turn(
            by=by, place_code=county, policy=policy, today=clock.today(), now=clock.now()
        )
    made, ended, held = len(outcome.made), len(outcome.ended), len(outcome.held)
    speak.say(
        Text(
            f"公开 {made} 项，撤下 {ended} 项，暂不公开 {held} 项。",
            f"Published {made}, took off {ended}, held back {held}.",
        )
    )
    for content, why in outcome.held:
        speak.say(Text(f"  {content.source}：{why.zh}", f"  {content.source}: {why.en}"))


@group.command("oc4ids")
def export_oc4ids(
    place: PlaceCode, year: Year, output: Output = Path("out/oc4ids.json"), lang: Lang = None
) -> None:
    """项目，OC4IDS 格式。 / Projects as an OC4IDS package."""
    speak = terminal(lang)
    with _public(place, year) as (county, name):
        told = oc4ids.Package(
            settings.OC4IDS_PREFIX, name, _address(county, "oc4ids.json"), clock.now()
        )
        package = oc4ids.package(county, year, told)
    write_text(_made(output), json.dumps(package, ensure_ascii=False, indent=2) + "\n")
    _wrote(speak, output)


@group.command("fiscal-data")
def export_fiscal_data(
    place: PlaceCode, year: Year, output: Output = Path("out/fiscal-data.zip"), lang: Lang = None
) -> None:
    """资金和流水，Fiscal Data Package 格式。 / Lines and movements as a Fiscal Data Package."""
    speak = terminal(lang)
    with _public(place, year) as (county, name):
        content = fiscal.package(
            county,
            year,
            title=title_of(name, year).to(speak.lang),
            homepage=_address(county, ""),
            now=clock.now(),
        )
    with replacing(_made(output)) as path:
        path.write_bytes(content)
    _wrote(speak, output)


@group.command("workbook")
def export_workbook(
    place: PlaceCode, year: Year, output: Output = Path("out/open.xlsx"), lang: Lang = None
) -> None:
    """Excel 表格。 / A workbook."""
    speak = terminal(lang)
    with _public(place, year) as (county, _):
        write_workbook(
            _made(output), workbook.sheets(county, year, lambda text: text.to(speak.lang))
        )
    _wrote(speak, output)


@contextmanager
def _public(place: str, year: int) -> Iterator[tuple[str, str]]:
    """A transaction of the public role, which sees what is public: nothing else can get into a file.

    Yields the county and its name. NotFoundError when nothing of it is public.
    """
    county = county_code(place)
    data_year(year)
    setup_django()
    with transaction.atomic(using=ALIAS, durable=True):
        line = shown.line_to(county)
        if not line:
            raise NotFoundError(NOTHING)
        yield county, line[0].name


def _address(county: str, end: str) -> str:
    """Where the file stands on the public site; a file made before the site has an address says where on
    it that would be."""
    return f"{settings.SITE_URL or 'http://localhost'}/public/open/places/{county}/{end}"


def _made(output: Path) -> Path:
    output.parent.mkdir(parents=True, exist_ok=True)
    return output


def _wrote(speak: Terminal, output: Path) -> None:
    speak.say(Text(f"已写出 {output}", f"Wrote {output}"))
