"""Commands that keep the books: places, import, snapshot, screen, ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bangfu.books.desk.figures import count_figures
from bangfu.books.funds import actions as funds
from bangfu.books.funds.verify import one_state
from bangfu.books.households import queries as households
from bangfu.books.intake.importing import bring_in, table_name
from bangfu.books.payments.verify import verify
from bangfu.books.places import queries as places_read
from bangfu.books.places.actions import load_places
from bangfu.books.screening import actions as screening
from bangfu.books.screening import queries as screening_read
from bangfu.books.walls import guarded
from bangfu.books.walls.bulk import Change
from bangfu.books.walls.scope import DataClass
from bangfu.cli.checking import Confirmed, Errors, marked_copies, read_workbooks
from bangfu.cli.operator import As, working
from bangfu.cli.options import Files, Lang, PlaceCode, county_code, data_year, month
from bangfu.cli.rules import load_policy
from bangfu.cli.terminal import Terminal, terminal
from bangfu.core.errors import InputError, Problem
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.periods import month_of
from bangfu.core.places import is_code
from bangfu.engines.snapshots import ROSTER, Seal, write_snapshot
from bangfu.files.atomic import make_folder
from bangfu.files.intake import read_places
from bangfu.files.json_input import Json, read_json
from bangfu.files.paths import writing_error
from bangfu.site import clock
from bangfu.site.start import setup_django

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="只看会改什么，不写入 / show what would change")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("places")(places)
    app.command("import")(import_files)
    app.command("snapshot")(snapshot)
    ledger = typer.Typer(help="台账 / the ledger", no_args_is_help=True)
    ledger.command("verify")(verify_ledger)
    ledger.command("seal")(seal_ledger)
    app.add_typer(ledger, name="ledger")


def places(
    file: Annotated[Path, typer.Argument(help="区划代码表 CSV（code,name） / places as CSV")],
    operator: As = None,
    dry_run: DryRun = False,
    lang: Lang = None,
) -> None:
    """导入区划代码。 / Load places."""
    speak = terminal(lang)
    rows = read_places(file)
    with working(operator, place_code="000000000000", purpose="places", writes=True) as by:
        change = load_places(by=by, rows=rows, source=file.name, dry_run=dry_run)
    tell_changes(speak, {"places": change}, written=not dry_run)


def import_files(
    files: Files,
    place: PlaceCode,
    year: Annotated[int, typer.Option(help="数据年度 / the year of the data")],
    confirmed: Confirmed = None,
    errors: Errors = None,
    operator: As = None,
    dry_run: DryRun = False,
    lang: Lang = None,
) -> None:
    """导入农户、名单、资金、项目：整批成功或整批不动。 / Import households, rosters, funds, projects: whole or not at all."""
    speak = terminal(lang)
    year, county = data_year(year), county_code(place)
    with working(operator, place_code=county, purpose="import", writes=True) as by:
        intake = read_workbooks(
            files,
            places=places_read.inside(county),
            token=guarded.tokeniser(),
            confirmed=confirmed,
            errors=errors,
            speak=speak,
        )
        source = "、".join(file.name for file in files)
        with marked_copies(files, errors, speak):
            changes = bring_in(
                intake, by=by, county=county, year=year, source=source, dry_run=dry_run
            )
    tell_changes(speak, changes, written=not dry_run)


def snapshot(
    month_text: Annotated[
        str, typer.Option("--month", help="月份，如 2026-10 / month, e.g. 2026-10")
    ],
    place: PlaceCode,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="写到哪个文件夹 / which folder")
    ] = None,
    operator: As = None,
    lang: Lang = None,
) -> None:
    """封存一个月的快照（Parquet，不含姓名和号码）。 / Seal a month's snapshot (Parquet, without names and numbers)."""
    speak = terminal(lang)
    when, county = month(month_text), county_code(place)
    folder = output or Path("out") / "snapshot"
    with working(operator, place_code=county, purpose="snapshot", writes=True) as by:
        seal = take_snapshot(folder, by=by, county=county, month=when, now=datetime.now(UTC))
        count_sums(by=by, county=county, now=clock.now(), month=when)
    speak.say(
        Text(
            f"快照已写入 {folder}：{seal.rows['household']} 户 {seal.rows['person']} 人，封条 {seal.digest[:16]}…",
            f"Snapshot written to {folder}: {seal.rows['household']} households, {seal.rows['person']} people, seal {seal.digest[:16]}…",
        )
    )


def take_snapshot(folder: Path, *, by: str, county: str, month: int, now: datetime) -> Seal:
    """Write the books in scope as a sealed snapshot, inside the transaction that is open."""
    facts = households.snapshot_frames(year=month // 100)
    frames = {str(table): frame for table, frame in facts.items()}
    frames[ROSTER] = screening_read.rosters()
    make_folder(folder.parent)
    try:
        seal = write_snapshot(folder, frames, place_code=county, month=month)
    except OSError as error:
        raise writing_error(folder, error) from error
    screening.register_snapshot(
        by=by,
        place_code=county,
        month=month,
        digest=seal.digest,
        households=seal.rows[Table.HOUSEHOLD],
        persons=seal.rows[Table.PERSON],
        made_at=now,
    )
    return seal


def count_sums(*, by: str, county: str, now: datetime, month: int | None = None) -> None:
    """Count a county's figures of a month (this one, unless said) for readers of sums."""
    today = clock.today()
    small = load_policy().value("access.small_count", place=county, on=today).value
    count_figures(
        by=by, place_code=county, month=month or month_of(today), now=now, small=int(small)
    )


def verify_ledger(
    published: Annotated[
        Path | None,
        typer.Option(
            help="公布过的月结摘要 JSON：[[区划代码, 月份, 摘要], …] / published seals as JSON"
        ),
    ] = None,
    lang: Lang = None,
    operator: As = None,
) -> None:
    """从第一行起重算台账。 / Recount the ledger from its first row."""
    speak = terminal(lang)
    seals = _published(published) if published else None
    setup_django()
    with (
        one_state(),
        working(
            operator, place_code="000000000000", purpose="ledger verify", classes=(DataClass.MONEY,)
        ),
    ):
        problems = verify(published=seals)
    if problems:
        raise InputError(
            Text(
                f"台账有 {len(problems)} 处与记账时不一致：",
                f"{len(problems)} places where the ledger is not as it was posted:",
            ),
            problems,
        )
    speak.say(
        Text(
            "台账从第一行起重算一致。",
            "The ledger recounts from its first row without a difference.",
        )
    )


def _published(path: Path) -> dict[tuple[str, int], str]:
    """Published seals by county and month. Raises InputError for another layout."""
    rows = read_json(path)
    problems = [
        Problem(
            f"{path.name}: $[{at}]",
            Text(
                '应为 [区划代码, 月份, 摘要]，如 ["420527000000", 202610, "…"]。',
                'Should be [place code, month, digest], e.g. ["420527000000", 202610, "…"].',
            ),
            str(row)[:60],
            "seal",
        )
        for at, row in enumerate(rows if isinstance(rows, list) else [rows])
        if not _is_seal(row)
    ]
    if problems or not isinstance(rows, list):
        raise InputError(
            Text(f"{path.name} 不是月结摘要。", f"{path.name} is no list of seals."), problems
        )
    return {(str(code), int(str(when))): str(digest) for code, when, digest in rows}  # type: ignore[misc, str-unpack]


def _is_seal(row: Json) -> bool:
    return (
        isinstance(row, list)
        and [type(part) for part in row] == [str, int, str]
        and is_code(str(row[0]))
    )


def seal_ledger(
    month_text: Annotated[str, typer.Option("--month", help="月份 / month")],
    place: PlaceCode,
    operator: As = None,
    lang: Lang = None,
) -> None:
    """月结：封存一个月的台账摘要。 / Seal a month of the ledger."""
    speak = terminal(lang)
    when, county = month(month_text), county_code(place)
    with working(
        operator, place_code=county, purpose="ledger seal", classes=(DataClass.MONEY,), writes=True
    ) as by:
        seal = funds.seal_month(by=by, place_code=county, month=when, today=clock.today())
    speak.say(Text(f"月结摘要：{seal.digest}", f"Seal of the month: {seal.digest}"))


def tell_changes(speak: Terminal, changes: Mapping[str, Change], *, written: bool) -> None:
    """What an import added, changed, left, and what the books hold that it did not."""
    title = (
        Text("已导入", "Imported")
        if written
        else Text("将会导入（没有写入）", "Would be imported (nothing written)")
    )
    rows = [
        [
            table_name(name).to(speak.lang),
            *(f"{n:,}" for n in (c.added, c.changed, c.unchanged, c.absent)),
        ]
        for name, c in changes.items()
    ]
    heads = [
        Text("表", "table"),
        Text("新增", "added"),
        Text("改变", "changed"),
        Text("未变", "unchanged"),
        Text("本次没有", "absent"),
    ]
    speak.table(title, heads, rows)
    if not written:
        _tell_keys(speak, changes)


def _tell_keys(speak: Terminal, changes: Mapping[str, Change]) -> None:
    """The first numbers of what would be added, changed, or is absent, table by table."""
    kinds = (
        (Text("新增", "added"), "added"),
        (Text("改变", "changed"), "changed"),
        (Text("本次没有", "absent"), "absent"),
    )
    for name, change in changes.items():
        for label, kind in kinds:
            keys = getattr(change, f"{kind}_keys")
            if keys:
                table = table_name(name)
                more = "…" if getattr(change, kind) > len(keys) else ""
                listed = ", ".join(keys) + more
                speak.say(
                    Text(f"{table.zh} {label.zh}：{listed}", f"{table.en} {label.en}: {listed}")
                )
