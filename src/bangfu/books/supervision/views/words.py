"""What the pages of supervision share: words of states and kinds, columns."""

from __future__ import annotations

from datetime import date
from typing import Any

from bangfu.books.supervision.models import Chosen, Finding, Severity, SubjectKind, TargetKind
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.core.supervision.findings import STATES, State
from bangfu.web.addresses import address_of
from bangfu.web.tables import Badge, Column, Kind

SEVERITY = {
    Severity.ORDINARY: Badge(Text("一般", "ordinary")),
    Severity.SERIOUS: Badge(Text("较重", "serious"), "yellow"),
    Severity.GRAVE: Badge(Text("严重", "grave"), "red"),
}
SUBJECT = {
    SubjectKind.PROJECT: Text("项目", "project"),
    SubjectKind.PAYMENT: Text("支付", "payment"),
    SubjectKind.HOUSEHOLD: Text("农户", "household"),
    SubjectKind.VILLAGE: Text("村", "village"),
}
TARGET = {TargetKind.VILLAGE: Text("村", "village"), TargetKind.PROJECT: Text("项目", "project")}
CHOSEN = {
    Chosen.NOT: Badge(Text("未抽中", "not drawn")),
    Chosen.RISK: Badge(Text("按风险抽中", "drawn by risk"), "red"),
    Chosen.LOT: Badge(Text("随机抽中", "drawn by lot"), "yellow"),
}
COLOURS = {State.CLOSED: "green", State.ORDERED: "yellow", State.FOUND: "red"}


def state_badge(finding: Finding) -> Badge:
    """Where a finding stands, as a badge."""
    state = State(finding.state)
    return Badge(STATES[state], COLOURS.get(state, "yellow"))


def lateness(finding: Finding, today: date) -> Badge | None:
    """How much of an order's time is left, or over."""
    if finding.due_on is None or finding.state != State.ORDERED:
        return None
    left = (finding.due_on - today).days
    if left < 0:
        return Badge(Text(f"逾期 {-left} 天", f"{-left} days late"), "red")
    return Badge(
        Text(f"还剩 {left} 天", f"{left} days left"), "yellow" if left <= 3 else "secondary"
    )


def finding_columns(today: date) -> tuple[Column, ...]:
    """The columns of the list of findings."""

    def village(finding: Any) -> str:
        return short_name(finding.village or "")

    return (
        Column(
            "number",
            Text("问题", "Finding"),
            lambda f: f"{f.pk}",
            sort="pk",
            link=lambda f: address_of("watch-finding", f.pk),
        ),
        Column("what", Text("内容", "What is wrong"), lambda f: f.what),
        Column("village", Text("地方", "Place"), village, sort="place_code"),
        Column(
            "kind", Text("对象", "About"), lambda f: SUBJECT[f.subject_kind], sort="subject_kind"
        ),
        Column("subject", Text("编号", "Number"), lambda f: f.subject, sort="subject"),
        Column("severity", Text("轻重", "Severity"), lambda f: SEVERITY[f.severity]),
        Column("state", Text("状态", "State"), state_badge, sort="state"),
        Column("unit", Text("责任单位", "Unit"), lambda f: f.unit, sort="unit"),
        Column("due", Text("期限", "Due"), lambda f: f.due_on, Kind.DAY, "due_on"),
        Column("late", Text("剩余", "Time left"), lambda f: lateness(f, today)),
        Column("found", Text("发现", "Found"), lambda f: f.found_on, Kind.DAY, "found_on"),
    )
