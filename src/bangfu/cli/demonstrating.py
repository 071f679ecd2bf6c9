"""`bangfu demo`: the whole job on the sample county, from workbooks to plan, papers and ledger."""

from __future__ import annotations

import csv
import json
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from bangfu.books.funds.verify import one_state
from bangfu.books.indicators.queries import readings
from bangfu.books.intake.importing import bring_in
from bangfu.books.payments.verify import verify
from bangfu.books.places.actions import load_places
from bangfu.books.screening.exporters import findings_sheets
from bangfu.books.screening.screened import Screened
from bangfu.books.walls import guarded
from bangfu.books.walls.scope import DataClass
from bangfu.cli import paying, planning, sample_operators
from bangfu.cli.carding import print_flagged
from bangfu.cli.keeping import take_snapshot
from bangfu.cli.operator import working
from bangfu.cli.options import Lang
from bangfu.cli.rating import tell_rates
from bangfu.cli.rules import ROOT, load_policy
from bangfu.cli.screening import screen_snapshot, write_screening
from bangfu.cli.terminal import Steps, Terminal, terminal
from bangfu.core.allocation.solve import allocate
from bangfu.core.errors import ConflictError, InputError
from bangfu.core.indicators.model import Reading, said
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.core.policy.resolve import Policy
from bangfu.core.screening.checks import compile_checks
from bangfu.core.sheets.locate import Gazetteer
from bangfu.engines import duckdb
from bangfu.engines.scope import Scope
from bangfu.engines.scripts import of_user
from bangfu.files.atomic import make_folder, write_text
from bangfu.files.intake import Intake, read_places, take_in
from bangfu.files.reports import write_workbook
from bangfu.site.start import setup_django

COUNTY, YEAR, MONTH = "420527000000", 2026, 202610
ON = date(2026, 10, 31)
SAMPLE = ROOT / "sample"
GAP, TIME_LIMIT_S = "0.0001", 60


@dataclass(slots=True)
class Outcome:
    """What the demo found and wrote; `summary.json` is made of it."""

    figures: dict[str, Any] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    screened: list[tuple[Text, str]] = field(default_factory=list)
    rates: list[Reading] = field(default_factory=list)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Option(help="写到哪个文件夹 / which folder")] = Path("out"),
    lang: Lang = None,
) -> None:
    """用示例县走一遍全年的工作，结果写到 out/。 / The whole year of the sample county, into out/."""
    speak = terminal(lang)
    started = time.monotonic()
    make_folder(out)
    outcome = Outcome()
    # A process of its own, started afresh: this one has threads by now, which a fork would break.
    with speak.steps() as steps, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
        policy = load_policy()
        intake, outcome.figures["imported"] = bring_books(steps)
        problem = _problem(policy, intake)
        solving = aside.submit(
            allocate, problem, clock=time.monotonic
        )  # the checks do not wait for it
        found = _checks(steps, policy, intake.gazetteer, out, outcome, speak)
        screened = _screening(steps, policy, intake.gazetteer, out, outcome, speak)
        _plan(steps, problem, solving, intake, out, outcome, speak)
        _cards(steps, found, policy, screened, intake.gazetteer, out, outcome, speak)
        _payments(steps, policy, out, outcome)
        _rates(policy, outcome)
        _ledger(steps, outcome)
        sample_operators.open_to_all(steps)  # make serve opens these books
    path = out / "summary.json"
    outcome.figures["seconds"] = round(time.monotonic() - started, 1)
    write_text(path, json.dumps(outcome.figures, ensure_ascii=False, indent=1) + "\n")
    outcome.files.append(path)
    _tell(speak, outcome)


def bring_books(steps: Steps) -> tuple[Intake, dict[str, dict[str, int]]]:
    """Database, places, workbooks, import; what was read, and what it changed by table."""
    with steps.step(Text("启动数据库", "Starting the database")):
        setup_django()
    places = read_places(SAMPLE / "county" / "行政区划.csv")
    files = sorted((SAMPLE / "county").glob("*.xlsx"))
    with steps.step(Text(f"读取 {len(files)} 个工作簿", f"Reading {len(files)} workbooks")):
        intake = take_in(files, places=places, token=guarded.tokeniser())
        if intake.problems:
            raise InputError(Text("示例数据有误。", "The sample is not sound."), intake.problems)
    with steps.step(Text("导入（整批成功或整批不动）", "Importing (whole or not at all)")):
        with working(None, place_code=NATION, purpose="demo", writes=True) as by:
            load_places(by=by, rows=places, source="行政区划.csv")
        with working(None, place_code=COUNTY, purpose="demo", writes=True) as by:
            changes = bring_in(intake, by=by, county=COUNTY, year=YEAR, source="sample")
    return intake, {
        name: {"added": c.added, "changed": c.changed, "unchanged": c.unchanged}
        for name, c in changes.items()
    }


def _checks(
    steps: Steps, policy: Policy, gazetteer: Gazetteer, out: Path, outcome: Outcome, speak: Terminal
) -> pl.DataFrame:
    """Snapshot, every check, the findings workbook, and whether they are the planted ones."""
    folder = out / "snapshot"
    with (
        steps.step(Text("封存快照", "Sealing the snapshot")),
        working(None, place_code=COUNTY, purpose="demo", writes=True) as by,
    ):
        seal = take_snapshot(folder, by=by, county=COUNTY, month=MONTH, now=datetime.now(UTC))
    with steps.step(Text("检查数据", "Checking the data")):
        with duckdb.open_sealed(folder, Scope.of([COUNTY]), scripts=of_user()) as (snapshot, _):
            plan = compile_checks(policy.checks(ON, COUNTY), policy, ON, snapshot.places())
            found = duckdb.run(plan, snapshot)
        checks = {check.id: check for check in policy.all_checks}
        path = out / "findings.xlsx"
        write_workbook(path, findings_sheets(found, checks, gazetteer, speak.lang))
        outcome.files.append(path)
    missing, extra = compare_with_planted(found, SAMPLE / "expected_findings.csv")
    outcome.figures["snapshot"] = {"digest": seal.digest, **dict(seal.rows)}
    outcome.figures["findings"] = {
        "checks": len(plan.checks),
        "found": found.height,
        "planted_and_missing": missing,
        "not_planted": extra,
    }
    return found


def compare_with_planted(found: pl.DataFrame, planted: Path) -> tuple[int, int]:
    """How many planted findings are missing, and how many findings were not planted."""
    with planted.open(encoding="utf-8", newline="") as file:
        expected = {tuple(row.values()) for row in csv.DictReader(file)}
    keys = found.select("rule", "place_code", "household_no", "person_no").fill_null("")
    rows = set(keys.iter_rows())
    return len(expected - rows), len(rows - expected)


def _screening(
    steps: Steps, policy: Policy, gazetteer: Gazetteer, out: Path, outcome: Outcome, speak: Terminal
) -> Screened:
    """Who is at risk and not helped, with reasons."""
    with steps.step(Text("排查", "Screening")):
        screened = screen_snapshot(
            out / "snapshot", policy, ON, county=COUNTY, scope=Scope.of([COUNTY])
        )
        path = out / "screening.xlsx"
        write_screening(path, screened, gazetteer, speak.lang)
    outcome.files.append(path)
    outcome.figures["screening"] = screened.figures()
    outcome.screened = screened.shown()
    return screened


def _problem(policy: Policy, intake: Intake) -> dict[str, Any]:
    """The year's allocation problem, from the books."""
    programme = planning.read_programme(intake.other, YEAR)
    options = {"gap": GAP, "time_limit_s": TIME_LIMIT_S}
    with working(None, place_code=COUNTY, purpose="demo", classes=(DataClass.MONEY,)):
        return planning.year_problem(
            county=COUNTY, year=YEAR, programme=programme, policy=policy, options=options
        )


def _plan(
    steps: Steps,
    problem: dict[str, Any],
    solving: Future[dict[str, Any]],
    intake: Intake,
    out: Path,
    outcome: Outcome,
    speak: Terminal,
) -> None:
    """The year's plan: solved, verified, printed, posted."""
    with steps.step(Text("统筹整合资金", "Pooling the funds")):
        answer = planning.settled(solving.result())
    with (
        steps.step(Text("打印方案和一村一纪要，记账", "Printing plan and minutes, posting")),
        working(
            None, place_code=COUNTY, purpose="demo", classes=(DataClass.MONEY,), writes=True
        ) as by,
    ):
        papers = planning.papers_of(problem, answer, intake.gazetteer, COUNTY, YEAR)
        outcome.files += planning.write_papers(out, papers, lang=speak.lang, now=datetime.now(UTC))
        plan = planning.propose_answer(
            by=by, county=COUNTY, year=YEAR, problem=problem, answer=answer
        )
    with working(
        _approver(), place_code=COUNTY, purpose="demo", classes=(DataClass.MONEY,), writes=True
    ) as by:
        planning.approve_and_post(by=by, plan=plan, day=date(YEAR, 2, 28))
    outcome.figures["plan"] = {
        "status": answer["status"],
        "projects": len(answer["selected"]),
        "of": len(problem["projects"]),
        "placed_fen": sum(row["fen"] for row in answer["amounts"]),
        "pieces": len(answer["amounts"]),
        "shortfall_fen": sum(row["fen"] for row in answer["shortfalls"]),
        "idle_fen": sum(row["fen"] for row in answer["idle"]),
        "tiers": answer["tiers"],
        "seconds": answer["seconds"],
        "version": plan.version,
    }


def _approver() -> str:
    """Somebody else than who proposes, to approve the plan: nobody approves the own one."""
    paying.ensure_operator("demo-approver", "county_approver", COUNTY, COUNTY)
    return "demo-approver"


def _payments(steps: Steps, policy: Policy, out: Path, outcome: Outcome) -> None:
    """Claims of a project paid from several lines; a term of 雨露计划 to the bank and back."""
    with steps.step(Text("报账和支付（多笔资金共付）", "Claims and payments from several lines")):
        people = paying.People(COUNTY)
        outcome.figures["project_paid"] = paying.pay_project(people, policy)
    with steps.step(Text("雨露计划：发放、回盘、重发", "Yulu plan: paid, returned, paid again")):
        outcome.figures["households_paid"], files = paying.pay_households(people, policy, out)
    outcome.files += files


def _rates(policy: Policy, outcome: Outcome) -> None:
    """The year's rates, when all of it is posted."""
    with working(None, place_code=COUNTY, purpose="demo", classes=(DataClass.MONEY,)):
        outcome.rates = readings(COUNTY, YEAR, on=ON, policy=policy)
    outcome.figures["rates"] = {
        rate.code: said(rate.value, rate.measure) if rate.missing is None else None
        for rate in outcome.rates
    }


def _cards(
    steps: Steps,
    found: pl.DataFrame,
    policy: Policy,
    screened: Screened,
    gazetteer: Gazetteer,
    out: Path,
    outcome: Outcome,
    speak: Terminal,
) -> None:
    """A card for every household that a check or the screening flags."""
    with (
        steps.step(Text("打印户卡", "Printing household cards")),
        working(None, place_code=COUNTY, purpose="demo", classes=(DataClass.PERSONS,)),
    ):
        path = out / "cards.pdf"
        checks = {check.id: check for check in policy.all_checks}
        outcome.figures["cards"] = print_flagged(
            path, found, checks, screened, gazetteer, on=ON, lang=speak.lang, now=datetime.now(UTC)
        )
    outcome.files.append(path)


def _ledger(steps: Steps, outcome: Outcome) -> None:
    """Recount from the first row."""
    with (
        steps.step(Text("从第一行起重算台账", "Recounting the ledger from its first row")),
        one_state(),
        working(None, place_code=NATION, purpose="demo", classes=(DataClass.MONEY,)),
    ):
        problems = verify()
    if problems:
        raise ConflictError(problems[0].text)
    outcome.figures["ledger"] = "recounted without a difference"


def _tell(speak: Terminal, outcome: Outcome) -> None:
    figures = outcome.figures
    yuan = lambda fen: f"{fen / 1_000_000:,.2f}"
    plan, findings = figures["plan"], figures["findings"]
    rows = [
        (
            Text("户 / 人", "households / people"),
            f"{figures['snapshot']['household']:,} / {figures['snapshot']['person']:,}",
        ),
        (Text("检查规则", "checks"), f"{findings['checks']}"),
        (
            Text(
                "发现问题（与埋设清单相比：缺 / 多）",
                "findings (against the planted list: missing / extra)",
            ),
            f"{findings['found']} ({findings['planted_and_missing']} / {findings['not_planted']})",
        ),
        *outcome.screened,
        (Text("入选项目", "projects funded"), f"{plan['projects']} / {plan['of']}"),
        (Text("安排资金（万元）", "money placed (10,000 yuan)"), yuan(plan["placed_fen"])),
        (
            Text("保底缺口（万元）", "shortfall of floors (10,000 yuan)"),
            yuan(plan["shortfall_fen"]),
        ),
        (
            Text("求解：状态 / 差距 / 秒", "solution: status / gap / seconds"),
            f"{plan['status']} / {plan['tiers'][1]['gap'] if len(plan['tiers']) > 1 else '—'} / {plan['seconds']}",
        ),
        *_paid_rows(figures),
        (Text("户卡", "household cards"), str(figures["cards"])),
        (
            Text("台账", "ledger"),
            Text("从第一行起重算一致", "recounts from its first row").to(speak.lang),
        ),
        (Text("用时（秒）", "seconds"), str(figures["seconds"])),
    ]
    speak.table(
        Text(
            "秭归县 2026 年（示例，人员均为虚构）",
            "Zigui county 2026 (sample, all persons invented)",
        ),
        [Text("项", "item"), Text("结果", "result")],
        [[text.to(speak.lang), value] for text, value in rows],
    )
    speak.say(Text("写出的文件：", "Files written:"))
    for path in outcome.files:
        speak.say(Text(f"  {path}", f"  {path}"))
    tell_rates(speak, outcome.rates, year=YEAR)


def _paid_rows(figures: dict[str, Any]) -> list[tuple[Text, str]]:
    """What was paid, in words: project claims by line, and the term of 雨露计划."""
    project, households = figures["project_paid"], figures["households_paid"]
    lines = " + ".join(f"{fen / 1_000_000:,.2f}" for fen in project["by_line"].values())
    return [
        (
            Text(
                f"{project['project']} 报账 {project['claims']} 笔已付，各笔资金（万元）",
                f"{project['claims']} claims of {project['project']} paid, by line (10,000 yuan)",
            ),
            f"{project['paid_fen'] / 1_000_000:,.2f} = {lines}",
        ),
        (
            Text("雨露计划：发放 / 失败 / 重发", "Yulu plan: payments / failed / paid again"),
            f"{households['payments']} / {households['failed']} / {households['again']}",
        ),
        (
            Text("雨露计划：到户（元）", "Yulu plan: paid (yuan)"),
            f"{households['paid_fen'] / 100:,.2f}",
        ),
    ]
