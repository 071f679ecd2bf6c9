"""The plan as people need it: a workbook, and one minutes page a village."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bangfu.core.language import Lang, Text
from bangfu.core.money import format_yuan
from bangfu.core.places import Level, ancestor, contains, level
from bangfu.core.sheets.locate import Gazetteer, short_name
from bangfu.files.reports import Column, ReportSheet
from bangfu.printing.minutes import Minutes

Rows = list[Mapping[str, Any]]

WHY = {
    "not_admitted": Text("没有绩效目标，不能入库", "no performance target, not admitted"),
    "no_line": Text("没有资金可以支付", "no line may pay it"),
    "excluded_by": Text("与已选项目互斥或前置未选", "excluded by another project"),
    "crowded_out": Text("资金让给了更优先的项目", "crowded out"),
}
TIERS = {
    "shortfall": Text("先求：保底缺口最小（元）", "first: least shortfall of floors (yuan)"),
    "priority": Text("再求：优先程度最高", "then: most priority"),
    "pieces": Text("后求：资金笔数最少", "last: fewest pieces"),
}
DEADLINE = Text("{year}年12月底前", "by the end of {year}")


@dataclass(frozen=True, slots=True)
class PlanPapers:
    """A problem (the JSON contract's P), its answer (R), and what the papers add to them.

    `departments` names the department in charge of each project, `classes` the class of each line.
    """

    problem: Mapping[str, Any]
    answer: Mapping[str, Any]
    departments: Mapping[str, str]
    classes: Mapping[str, str]
    gazetteer: Gazetteer
    year: int

    @property
    def lines(self) -> dict[str, Mapping[str, Any]]:
        return {line["id"]: line for line in self.problem["fund_lines"]}

    @property
    def projects(self) -> dict[str, Mapping[str, Any]]:
        return {project["id"]: project for project in self.problem["projects"]}

    def floors(self) -> Rows:
        return list(self.problem.get("rules", {}).get("floors", ()))

    def floors_of(self, village: str) -> Rows:
        """The floors of this village alone, the largest first."""
        own = [floor for floor in self.floors() if floor.get("places") == [village]]
        return sorted(own, key=lambda floor: -floor["amount_fen"])

    def amounts_of(self, key: str) -> dict[str, int]:
        """Fen by line or by project."""
        sums: dict[str, int] = defaultdict(int)
        for piece in self.answer["amounts"]:
            sums[piece[key]] += piece["fen"]
        return dict(sums)

    def pieces(self) -> dict[str, list[tuple[str, int]]]:
        """The lines that pay each project, the largest part first."""
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for piece in self.answer["amounts"]:
            found[piece["project"]].append((piece["line"], piece["fen"]))
        return {name: sorted(parts, key=lambda p: (-p[1], p[0])) for name, parts in found.items()}

    def villages(self) -> list[str]:
        """Every village that has a project in the problem or a floor of its own."""
        codes = {project.get("place") for project in self.problem["projects"]}
        for floor in self.floors():
            codes.update(code for code in floor.get("places", ()))
        return sorted(c for c in codes if c and len(c) == 12 and level(c) is Level.VILLAGE)


def plan_sheets(papers: PlanPapers, lang: Lang) -> list[ReportSheet]:
    """The plan's workbook: summary, villages, lines, projects, pieces, reasons, shortfalls."""
    return [
        _summary(papers, lang),
        _by_village(papers, lang),
        _by_line(papers, lang),
        _by_project(papers, lang),
        _pieces(papers, lang),
        _reasons(papers, lang),
        _shortfalls(papers, lang),
    ]


def village_minutes(papers: PlanPapers, lang: Lang) -> list[Minutes]:
    """One minutes page a village (一村一纪要), in the order of their codes."""
    pieces, projects, lines = papers.pieces(), papers.projects, papers.lines
    short = {row["floor"]: row for row in papers.answer["shortfalls"]}
    deadline = DEADLINE.to(lang).format(year=papers.year)
    by_place: dict[str, list[str]] = defaultdict(list)
    for name in pieces:
        by_place[str(projects[name].get("place"))].append(name)
    pages = []
    for village in papers.villages():
        names = sorted(by_place.get(village, ()))
        total = sum(fen for name in names for _, fen in pieces[name])
        own = papers.floors_of(village)
        pages.append(
            Minutes(
                code=village,
                name=short_name(papers.gazetteer.name(village)),
                place=papers.gazetteer.path(ancestor(village, Level.TOWNSHIP)),
                facts=[
                    (Text("整合资金（元）", "Pooled (yuan)"), format_yuan(total)),
                    (
                        Text("保底要求（元）", "Floor (yuan)"),
                        _in_turn(f["amount_fen"] for f in own),
                    ),
                    (
                        Text("缺口（元）", "Short (yuan)"),
                        _in_turn(short[f["id"]]["fen"] if f["id"] in short else 0 for f in own),
                    ),
                ],
                items=[
                    [
                        name,
                        str(projects[name].get("name", name)),
                        format_yuan(sum(fen for _, fen in pieces[name])),
                        "；".join(
                            f"{lines[line].get('name', line)} {format_yuan(fen)}"
                            for line, fen in pieces[name]
                        ),
                        papers.departments.get(name, ""),
                        deadline,
                    ]
                    for name in names
                ],
                notes=[_text(short[f["id"]]["detail"]) for f in own if f["id"] in short],
            )
        )
    return pages


def _in_turn(sums: Iterable[int]) -> str:
    """The sums of a village's floors, the largest floor first, in one order in both facts."""
    return "；".join(format_yuan(fen) for fen in sums)


def _summary(papers: PlanPapers, lang: Lang) -> ReportSheet:
    answer = papers.answer
    spent = papers.amounts_of("line")
    lines = list(papers.lines.values())
    pooled = [line for line in lines if line.get("poolable", True)]
    shown = [line for line in lines if not line.get("poolable", True)]
    counted = [
        (Text("全部资金", "All money"), len(lines), _announced(lines)),
        (Text("　其中纳入统筹", "  of it in the pool"), len(pooled), _announced(pooled)),
        (Text("　其中只列示", "  of it only shown"), len(shown), _announced(shown)),
        (
            Text("安排的资金（个数为项目）", "Money placed (the count is of projects)"),
            len(answer["selected"]),
            sum(spent.values()),
        ),
        (
            Text("未安排的资金", "Money not placed"),
            len(answer["idle"]),
            sum(x["fen"] for x in answer["idle"]),
        ),
        (
            Text("保底缺口（个数为保底规则）", "Shortfall (the count is of floors)"),
            len(answer["shortfalls"]),
            sum(x["fen"] for x in answer["shortfalls"]),
        ),
    ]
    rows: list[tuple[str, int | None, int | None, str]] = [
        (label.to(lang), count, fen, "") for label, count, fen in counted
    ]
    for name in sorted(set(papers.classes.values())):
        ids = [line for line, cls in papers.classes.items() if cls == name]
        label = Text(f"　安排：{name}", f"  placed: {name}")
        rows.append((label.to(lang), len(ids), sum(spent.get(line, 0) for line in ids), ""))
    rows += [(TIERS[tier["name"]].to(lang), None, None, _reached(tier)) for tier in answer["tiers"]]
    return ReportSheet(
        _say("汇总", "Summary", lang),
        [
            Column(_say("项目", "item", lang)),
            Column(_say("个数", "count", lang), "int"),
            Column(_say("金额（元）", "amount (yuan)", lang), "fen"),
            Column(_say("值 / 上界 / 差距", "value / bound / gap", lang)),
        ],
        rows,
        _note(papers, lang),
    )


def _announced(lines: Sequence[Mapping[str, Any]]) -> int:
    return sum(line["amount_fen"] for line in lines)


def _reached(tier: Mapping[str, Any]) -> str:
    """Value, bound and gap of a tier; sums of the contract are fen."""
    value, bound = tier["value"], tier["bound"]
    if tier["name"] == "shortfall":
        value, bound = format_yuan(value), format_yuan(bound)
    return f"{value} / {bound} / {tier['gap']}"


def _by_village(papers: PlanPapers, lang: Lang) -> ReportSheet:
    amounts = papers.amounts_of("project")
    short = {row["floor"]: row["fen"] for row in papers.answer["shortfalls"]}
    sums: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    for name, fen in amounts.items():
        place = str(papers.projects[name].get("place"))
        sums[place] += fen
        counts[place] += 1
    rows = []
    for village in papers.villages():
        own = papers.floors_of(village)
        township = papers.gazetteer.name(ancestor(village, Level.TOWNSHIP))
        rows.append(
            (
                village,
                township,
                short_name(papers.gazetteer.name(village)),
                counts[village],
                sums[village],
                own[0]["amount_fen"] if own else None,
                short.get(own[0]["id"], 0) if own else None,
                sum(short.get(f["id"], 0) for f in own[1:]) if own[1:] else None,
            )
        )
    return ReportSheet(
        _say("各村", "By village", lang),
        [
            Column(_say("区划代码", "code", lang)),
            Column(_say("乡镇", "township", lang)),
            Column(_say("村", "village", lang)),
            Column(_say("项目数", "projects", lang), "int"),
            Column(_say("安排（元）", "placed (yuan)", lang), "fen"),
            Column(_say("保底（元）", "floor (yuan)", lang), "fen"),
            Column(_say("缺口（元）", "short (yuan)", lang), "fen"),
            Column(_say("其他保底的缺口（元）", "short of its other floors (yuan)", lang), "fen"),
        ],
        rows,
        _note(papers, lang),
    )


def _by_line(papers: PlanPapers, lang: Lang) -> ReportSheet:
    spent = papers.amounts_of("line")
    idle = {row["line"]: row for row in papers.answer["idle"]}
    rows = [
        (
            line["id"],
            line.get("name", ""),
            papers.classes.get(line["id"], ""),
            line["amount_fen"],
            spent.get(line["id"], 0),
            idle[line["id"]]["fen"] if line["id"] in idle else 0,
            _text(idle[line["id"]]["detail"]).to(lang) if line["id"] in idle else "",
        )
        for line in papers.lines.values()
    ]
    return ReportSheet(
        _say("各资金", "By line", lang),
        [
            Column(_say("资金编号", "line", lang)),
            Column(_say("资金名称", "name", lang)),
            Column(_say("类别", "class", lang)),
            Column(_say("下达（元）", "announced (yuan)", lang), "fen"),
            Column(_say("安排（元）", "placed (yuan)", lang), "fen"),
            Column(_say("闲置（元）", "idle (yuan)", lang), "fen"),
            Column(_say("闲置原因", "why idle", lang), width=60),
        ],
        rows,
        _note(papers, lang),
    )


def _by_project(papers: PlanPapers, lang: Lang) -> ReportSheet:
    pieces, lines = papers.pieces(), papers.lines
    units = {row["project"]: row["units"] for row in papers.answer["selected"]}
    rows = [
        (
            project["id"],
            project.get("name", ""),
            papers.gazetteer.path(str(project.get("place", ""))),
            str(project.get("purpose", "")),
            papers.departments.get(project["id"], ""),
            sum(fen for _, fen in pieces[project["id"]]),
            units[project["id"]],
            "；".join(
                f"{lines[line].get('name', line)} {format_yuan(fen)}"
                for line, fen in pieces[project["id"]]
            ),
        )
        for project in papers.projects.values()
        if project["id"] in pieces
    ]
    return ReportSheet(
        _say("入选项目", "Funded projects", lang),
        [
            Column(_say("项目编号", "project", lang)),
            Column(_say("项目名称", "name", lang)),
            Column(_say("地点", "place", lang)),
            Column(_say("用途", "purpose", lang)),
            Column(_say("责任部门", "department", lang)),
            Column(_say("安排（元）", "placed (yuan)", lang), "fen"),
            Column(_say("单位数", "units", lang), "int"),
            Column(_say("资金来源（元）", "source lines (yuan)", lang), width=60),
        ],
        rows,
        _note(papers, lang),
    )


def _pieces(papers: PlanPapers, lang: Lang) -> ReportSheet:
    rows = [(p["line"], p["project"], p["fen"]) for p in papers.answer["amounts"]]
    return ReportSheet(
        _say("资金对项目", "Line to project", lang),
        [
            Column(_say("资金编号", "line", lang)),
            Column(_say("项目编号", "project", lang)),
            Column(_say("金额（元）", "amount (yuan)", lang), "fen"),
        ],
        rows,
        _note(papers, lang),
    )


def _reasons(papers: PlanPapers, lang: Lang) -> ReportSheet:
    rows = []
    for reason in papers.answer["reasons"]:
        project = papers.projects[reason["project"]]
        rows.append(
            (
                project["id"],
                project.get("name", ""),
                papers.gazetteer.path(str(project.get("place", ""))),
                WHY[reason["why"]].to(lang),
                _text(reason["detail"]).to(lang),
            )
        )
    return ReportSheet(
        _say("未入选理由", "Why not funded", lang),
        [
            Column(_say("项目编号", "project", lang)),
            Column(_say("项目名称", "name", lang)),
            Column(_say("地点", "place", lang)),
            Column(_say("理由", "why", lang)),
            Column(_say("说明", "detail", lang), width=80),
        ],
        rows,
        _note(papers, lang),
    )


def _shortfalls(papers: PlanPapers, lang: Lang) -> ReportSheet:
    floors = {floor["id"]: floor for floor in papers.floors()}
    rows = []
    for short in papers.answer["shortfalls"]:
        floor = floors[short["floor"]]
        where = "、".join(papers.gazetteer.path(code) for code in _villages_of(papers, floor)[:3])
        rows.append(
            (
                short["floor"],
                where,
                floor["amount_fen"],
                short["fen"],
                _text(short["detail"]).to(lang),
            )
        )
    return ReportSheet(
        _say("保底缺口", "Shortfalls", lang),
        [
            Column(_say("保底规则", "floor", lang)),
            Column(_say("地点", "place", lang)),
            Column(_say("保底（元）", "floor (yuan)", lang), "fen"),
            Column(_say("缺口（元）", "short (yuan)", lang), "fen"),
            Column(_say("怎样补足", "what would close it", lang), width=80),
        ],
        rows,
        _note(papers, lang),
    )


def _villages_of(papers: PlanPapers, floor: Mapping[str, Any]) -> list[str]:
    return [v for v in papers.villages() if any(contains(p, v) for p in floor.get("places", ()))]


def _text(detail: Mapping[str, Any]) -> Text:
    return Text(str(detail["zh"]), str(detail["en"]))


def _note(papers: PlanPapers, lang: Lang) -> str:
    return _say(f"{papers.year} 年资金整合方案", f"Plan of pooled funds for {papers.year}", lang)


def _say(zh: str, en: str, lang: Lang) -> str:
    return Text(zh, en).to(lang)
