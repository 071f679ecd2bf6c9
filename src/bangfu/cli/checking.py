"""`bangfu check` and `bangfu template`: workbooks alone, with no database."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from bangfu.books.screening.exporters import as_json
from bangfu.books.screening.screened import check_books
from bangfu.cli.options import Files, Lang, On, day
from bangfu.cli.rules import load_policy
from bangfu.cli.terminal import Terminal, terminal
from bangfu.core.errors import InputError, UsageError
from bangfu.core.language import Text
from bangfu.core.places import Place
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.catalogue import TEMPLATES
from bangfu.core.sheets.numbers import Tokeniser
from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE
from bangfu.engines.scripts import of_user
from bangfu.files.atomic import write_text
from bangfu.files.blanks import blank_sheets
from bangfu.files.intake import Intake, read_confirmed, read_places, take_in
from bangfu.files.marking import copies, mark_errors
from bangfu.files.templates import write_template
from bangfu.site import clock

PlacesFile = Annotated[
    Path | None,
    typer.Option("--places", help="区划代码表 CSV（code,name） / places as CSV (code,name)"),
]
Confirmed = Annotated[
    Path | None,
    typer.Option(
        help="已确认的村名写法 CSV（乡,村,区划代码） / confirmed spellings as CSV (乡,村,区划代码)"
    ),
]
Errors = Annotated[
    Path | None,
    typer.Option(
        help="把标出错误的工作簿写到这里 / where the workbook with its errors marked goes"
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("check")(check)
    app.command("template")(template)


def check(
    files: Files,
    on: On = None,
    places: PlacesFile = None,
    confirmed: Confirmed = None,
    errors: Errors = None,
    answer: Annotated[
        Path | None, typer.Option("--json", help="把问题清单写成 JSON / write the findings as JSON")
    ] = None,
    lang: Lang = None,
) -> None:
    """检查工作簿：不需要数据库。 / Check workbooks; no database needed."""
    speak = terminal(lang)
    policy = load_policy()
    intake = read_workbooks(
        files,
        places=read_places(places) if places else [],
        token=throwaway_token(),
        confirmed=confirmed,
        errors=errors,
        speak=speak,
    )
    found = run_checks(intake, policy, day(on, clock.today()), speak)
    if answer is not None:
        checks = {check.id: check for check in policy.all_checks}
        rows = as_json(found, checks, intake.gazetteer)
        write_text(answer, json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    tell_findings(found, policy, speak)


def template(
    kind: Annotated[str, typer.Argument(help=" | ".join(TEMPLATES))],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪里 / where it goes")],
    lang: Lang = None,
) -> None:
    """空白工作簿，带下拉选项和填写说明。 / An empty workbook with drop-down lists and notes."""
    speak = terminal(lang)
    if kind not in TEMPLATES:
        listed = "、".join(TEMPLATES)
        raise UsageError(
            Text(
                f"没有“{kind}”这种表，可选：{listed}。",
                f"No template {kind!r}; there are {listed}.",
            )
        )
    write_template(output, blank_sheets(TEMPLATES[kind]), speak.lang)
    speak.say(Text(f"已写出 {output}", f"Wrote {output}"))


def read_workbooks(
    files: list[Path],
    *,
    places: list[Place],
    token: Tokeniser,
    confirmed: Path | None,
    errors: Path | None,
    speak: Terminal,
) -> Intake:
    """Workbooks as facts. Raises InputError with every problem, after the marked copies are written."""
    if confirmed and not places:
        raise UsageError(
            Text(
                "确认过的村名要对照区划代码表：请同时给出 --places。",
                "Confirmed spellings need the list of places: give --places too.",
            )
        )
    intake = take_in(
        files,
        places=places,
        token=token,
        confirmed=read_confirmed(confirmed, places) if confirmed else None,
    )
    for note in intake.notes[:10]:
        speak.say(
            Text(f"{note.where} {note.text.zh}".strip(), f"{note.where} {note.text.en}".strip())
        )
    if len(intake.notes) > 10:
        left = len(intake.notes) - 10
        speak.say(Text(f"……还有 {left} 条说明。", f"… and {left} more notes."))
    if not intake.problems:
        return intake
    count = len(intake.problems)
    with marked_copies(files, errors, speak):
        raise InputError(
            Text(
                f"数据有 {count} 处错误，没有采用。请改正后再试；用 --errors 可得到标出错误的工作簿。",
                f"{count} errors; nothing was taken over. Correct them and try again; --errors gives the workbook with its errors marked.",
            ),
            intake.problems,
        )


@contextmanager
def marked_copies(files: list[Path], errors: Path | None, speak: Terminal) -> Iterator[None]:
    """Inside, an InputError also writes the workbooks with its problems marked, to `errors`."""
    try:
        yield
    except InputError as error:
        if errors is not None:
            for source, target in copies(files, error.problems, errors):
                mark_errors(source, error.problems, target, speak.lang)
                speak.say(Text(f"错误已标在 {target}", f"The errors are marked in {target}"))
        raise


def run_checks(intake: Intake, policy: Policy, on: date, speak: Terminal) -> pl.DataFrame:
    """The findings of every check in force, over the workbooks' facts."""
    with duckdb.open_frames(intake.assembled.tables, WHOLE, scripts=of_user()) as snapshot:
        found, unanswered = check_books(snapshot, policy, on)
    for problem in unanswered:
        speak.say(problem.text)
    return found


def tell_findings(found: pl.DataFrame, policy: Policy, speak: Terminal, most: int = 15) -> None:
    """The rules that found the most, and how many findings there are in all."""
    checks = {check.id: check for check in policy.all_checks}
    counted = (
        found.group_by("rule").agg(pl.len().alias("n")).sort("n", "rule", descending=[True, False])
    )
    speak.table(
        Text("问题最多的规则", "Rules with the most findings"),
        [Text("规则", "rule"), Text("个数", "count"), Text("问题", "what is wrong")],
        [
            [rule, str(n), checks[rule].text.to(speak.lang)]
            for rule, n in counted.head(most).iter_rows()
        ],
    )
    speak.say(
        Text(
            f"共 {found.height} 条问题，涉及 {counted.height} 条规则。",
            f"{found.height} findings by {counted.height} rules.",
        )
    )


def throwaway_token() -> Tokeniser:
    """Tokens under a key that lives as long as the command: equal within it, meaningless after."""
    key = secrets.token_bytes(32)
    return lambda value: hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
