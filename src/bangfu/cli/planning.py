"""The year's plan from the books: problem, answer, papers, posting."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from bangfu.books.funds import actions, queries
from bangfu.books.funds.exporters import PlanPapers, plan_sheets, village_minutes
from bangfu.books.funds.models import FundLine, Plan, PlanStatus
from bangfu.books.projects.models import Project
from bangfu.books.projects.queries import as_problem
from bangfu.core.allocation.pooling import KeyVillage, PoolingPolicy, pooling_rules
from bangfu.core.errors import ConflictError, Problem
from bangfu.core.language import Lang, Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.assemble import SheetRows
from bangfu.core.sheets.locate import Gazetteer
from bangfu.core.sheets.money import of_year
from bangfu.files.atomic import write_bytes, write_text
from bangfu.files.reports import write_workbook
from bangfu.printing.minutes import print_minutes

SAMPLE_FOOTER = Text("示例数据：人员均为虚构", "Sample data: all persons are invented")


@dataclass(frozen=True, slots=True)
class Programme:
    """What the year's meeting decided besides the money: key villages, and last year's total in fen."""

    villages: Sequence[KeyVillage]
    last_year_fen: int | None


def read_programme(sheets: Mapping[str, SheetRows], year: int) -> Programme:
    """The programme from the sheets 重点村 and 历年整合资金, as far as they were handed in."""
    villages: list[KeyVillage] = []
    if "key_villages" in sheets:
        listed = of_year(sheets["key_villages"].frame, year)
        rows = listed.select("place_code", "registered_households").iter_rows()
        villages = [KeyVillage(code, number) for code, number in rows]
    totals: dict[int, int] = {}
    if "yearly_totals" in sheets:
        totals = dict(sheets["yearly_totals"].frame.select("year", "total").iter_rows())
    return Programme(villages, totals.get(year - 1))


def pooling_policy(policy: Policy, county: str, on: date) -> PoolingPolicy:
    """The county's pooling rules in force on a day."""

    def value(key: str) -> Any:
        return policy.value(key, place=county, on=on).value

    return PoolingPolicy(
        group_floors=dict(value("pooling.village_floor")),
        offices={row["group"]: row["offices"] for row in value("pooling.department_groups")},
        village_total=value("pooling.village_total"),
        household_floor=value("pooling.household_floor"),
        growth_at_least=Fraction(value("pooling.growth_at_least")),
        management_purposes=value("funds.management_purposes"),
        management_at_most=Fraction(value("funds.management_share_at_most")),
    )


def year_problem(
    *, county: str, year: int, programme: Programme, policy: Policy, options: Mapping[str, Any]
) -> dict[str, Any]:
    """The allocation problem of the county's year, from the books in scope and from policy.

    A line counts with all that was announced to it, also what this year's posted plan already took:
    the problem is the year's, not what is left of it.
    """
    departments = dict(
        FundLine.objects.filter(place_code=county).values_list("number", "department")
    )
    rules = pooling_rules(
        pooling_policy(policy, county, date(year, 12, 31)),
        programme.villages,
        departments,
        programme.last_year_fen,
    )
    announced = {line.number: line.announced_fen for line in queries.balances_by_line(county)}
    lines = [
        {**line, "amount_fen": announced[line["id"]]}
        for line in queries.lines_for_problem(county, year)
    ]
    return as_problem(
        place_code=county,
        year=year,
        fund_lines=lines,
        rules=rules,
        options=options,
    )


def settled(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer that holds a plan. Raises ConflictError naming the rules in conflict otherwise."""
    if answer["status"] in ("invalid", "infeasible"):
        raise ConflictError(_conflict(answer))
    return answer


def papers_of(
    problem: Mapping[str, Any],
    answer: Mapping[str, Any],
    gazetteer: Gazetteer,
    county: str,
    year: int,
) -> PlanPapers:
    """The plan with what its papers add: departments of projects, classes of lines."""
    lines = FundLine.objects.filter(place_code=county)
    return PlanPapers(
        problem=problem,
        answer=answer,
        departments=dict(
            Project.objects.filter(county_code=county).values_list("number", "department")
        ),
        classes={line.number: line.get_fund_class_display() for line in lines},
        gazetteer=gazetteer,
        year=year,
    )


def write_papers(out: Path, papers: PlanPapers, *, lang: Lang, now: datetime) -> list[Path]:
    """Problem and answer as JSON, the plan's workbook, the minutes of every village."""
    files = [out / "problem.json", out / "answer.json", out / "plan.xlsx", out / "minutes.pdf"]
    for path, document in zip(files, (papers.problem, papers.answer), strict=False):
        write_text(path, json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n")
    write_workbook(files[2], plan_sheets(papers, lang))
    pdf = print_minutes(
        village_minutes(papers, lang), footer=SAMPLE_FOOTER, lang=lang, printed_at=now
    )
    write_bytes(files[3], pdf)
    return files


def propose_answer(
    *,
    by: str,
    county: str,
    year: int,
    problem: Mapping[str, Any],
    answer: Mapping[str, Any],
) -> Plan:
    """Propose the plan, for somebody else to approve.

    The plan of the same problem, posted before, is given back. Raises ConflictError when another plan
    of the year is posted: it must be taken back first.
    """
    digest = queries.problem_hash(problem)
    posted = Plan.objects.filter(place_code=county, year=year, status=PlanStatus.POSTED).first()
    if posted is not None and posted.problem_hash == digest:
        return posted
    if posted is not None:
        raise ConflictError(
            Text(
                f"{year} 年已有记账的方案（第 {posted.version} 版），内容不同。请先冲销它再记新的方案。",
                f"Another plan of {year} (version {posted.version}) is posted. Take it back before posting a new one.",
            )
        )
    return actions.propose_plan(
        by=by,
        place_code=county,
        year=year,
        title=f"{year} 年资金整合方案",
        problem_hash=digest,
        pieces=[(row["line"], row["project"], row["fen"]) for row in answer["amounts"]],
    )


def approve_and_post(*, by: str, plan: Plan, day: date) -> None:
    """Approve a proposed plan and post it; one that is posted stays as it is."""
    if plan.status != PlanStatus.POSTED:
        actions.approve_plan(by=by, plan=plan, day=day)
        actions.post_plan(by=by, plan=plan, day=day)


def _conflict(answer: Mapping[str, Any]) -> Text:
    if answer["status"] == "invalid":
        told = [Problem(e["path"], Text(e["message"], e["message"])) for e in answer["errors"]]
        return Text(
            "；".join(f"{p.where} {p.text.zh}" for p in told),
            "; ".join(f"{p.where} {p.text.en}" for p in told),
        )
    zh = "；".join(rule["detail"]["zh"] for rule in answer["conflict"])
    en = "; ".join(rule["detail"]["en"] for rule in answer["conflict"])
    return Text(f"规则互相冲突，没有方案：{zh}", f"The rules conflict, there is no plan: {en}")
