"""What is public of a place and year as a workbook for people: projects, plan, payments, results."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bangfu.books.projects.models import Mode, Stage
from bangfu.books.projects.views.doors import MODES, STAGES
from bangfu.books.publishing import shown
from bangfu.books.publishing.models import PaymentCopy, PlanPiece, ProjectCopy, ResultCopy
from bangfu.core.language import Text
from bangfu.core.projects.targets import Target
from bangfu.files.reports import Column, Kind, ReportSheet, Value

Say = Callable[[Text], str]
Head = tuple[str, str, Kind]
_PLACE: tuple[Head, ...] = (("乡镇", "Township", "text"), ("村", "Village", "text"))
_PROJECT: tuple[Head, ...] = (("项目编号", "Number", "text"), ("项目", "Project", "text"))
_MET = {True: Text("达到", "met"), False: Text("没有达到", "missed")}
_HOUSEHOLDS = Text("到户补助", "households")


def sheets(code: str, year: int, say: Say) -> list[ReportSheet]:
    """The sheets, in the language of `say`."""
    return [
        _sheet(
            say,
            Text("项目", "Projects"),
            (
                *_PROJECT,
                *_PLACE,
                ("用途", "Purpose", "text"),
                ("建设任务", "What is built", "text"),
                ("责任单位", "Responsible unit", "text"),
                ("资金规模（元）", "Cost (yuan)", "fen"),
                ("受益农户", "Households", "int"),
                ("绩效目标", "Target", "text"),
                ("付款方式", "How it is paid", "text"),
                ("进展", "Stage", "text"),
                ("施工单位", "Contractor", "text"),
                ("验收", "Accepted", "date"),
                ("认定金额（元）", "Accepted (yuan)", "fen"),
            ),
            [
                (
                    each.number,
                    each.name,
                    each.township,
                    each.village,
                    each.purpose,
                    each.task,
                    each.department,
                    each.cost_fen,
                    each.beneficiary_households,
                    each.performance_target,
                    say(MODES[Mode(each.mode)]),
                    say(STAGES[Stage(each.stage)]),
                    each.contractor,
                    each.accepted_on,
                    each.accepted_fen,
                )
                for each in shown.inside(ProjectCopy, code).filter(year=year).order_by("number")
            ],
        ),
        _sheet(
            say,
            Text("计划", "Plan"),
            (
                *_PROJECT,
                *_PLACE,
                ("用途", "Purpose", "text"),
                ("资金", "Fund line", "text"),
                ("主管部门", "Department", "text"),
                ("计划（元）", "Planned (yuan)", "fen"),
            ),
            [
                (
                    each.project_number,
                    each.project_name,
                    each.township,
                    each.village,
                    each.purpose,
                    each.line_name,
                    each.department,
                    each.fen,
                )
                for each in shown.inside(PlanPiece, code)
                .filter(publication__period=year)
                .order_by("project_number", "line_number")
            ],
        ),
        _sheet(
            say,
            Text("拨付", "Payments"),
            (
                ("日期", "Day", "date"),
                *_PROJECT,
                *_PLACE,
                ("收款人", "Payee", "text"),
                ("金额（元）", "Amount (yuan)", "fen"),
            ),
            [
                (
                    each.day,
                    each.project_number,
                    each.project_name,
                    each.township,
                    each.village,
                    each.payee or say(_HOUSEHOLDS),
                    each.fen,
                )
                for each in shown.inside(PaymentCopy, code)
                .filter(day__year=year)
                .order_by("day", "pk")
            ],
        ),
        _sheet(
            say,
            Text("绩效", "Results"),
            (
                *_PROJECT,
                *_PLACE,
                ("绩效目标", "Target", "text"),
                ("单位", "Unit", "text"),
                ("目标值", "To reach", "decimal"),
                ("实际", "Reached", "decimal"),
                ("结果", "Result", "text"),
            ),
            [
                (
                    each.project_number,
                    each.project_name,
                    each.township,
                    each.village,
                    each.name,
                    each.unit,
                    each.planned,
                    each.reached,
                    say(
                        _MET[
                            Target(each.name, each.planned, each.unit, each.at_most).met(
                                each.reached
                            )
                        ]
                    ),
                )
                for each in shown.inside(ResultCopy, code)
                .filter(publication__period=year)
                .order_by("project_number", "pk")
            ],
        ),
    ]


def _sheet(
    say: Say,
    title: Text,
    heads: Sequence[Head],
    rows: Sequence[Sequence[Value]],
) -> ReportSheet:
    columns = [Column(say(Text(zh, en)), kind) for zh, en, kind in heads]
    return ReportSheet(say(title), columns, rows)
