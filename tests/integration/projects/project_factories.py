"""A village, its officials, and a walk from a proposal to an asset; everybody is invented."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from PIL import Image

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases import actions as cases
from bangfu.books.cases.models import Case
from bangfu.books.cases.standing import Given
from bangfu.books.projects import actions, queries
from bangfu.books.projects.actions.papers import Paper
from bangfu.books.projects.models import Project, Stage
from bangfu.books.walls.scope import DataClass, within
from bangfu.core.places import Place
from bangfu.core.policy import Policy
from bangfu.core.workflow.model import Duty
from bangfu.files.uploads import Sort, Upload, take

VILLAGE, NEXT, TOWNSHIP, COUNTY = "420527101200", "420527101201", "420527101000", "420527000000"
START = date(2026, 3, 2)
PLACES = (
    Place("420000000000", "湖北省"),
    Place("420500000000", "宜昌市"),
    Place(COUNTY, "秭归县"),
    Place(TOWNSHIP, "茅坪镇"),
    Place(VILLAGE, "示例村"),
    Place(NEXT, "邻村"),
)
OFFICIALS = {
    "clerk": ("village_clerk", VILLAGE),
    "team": ("village_team", VILLAGE),
    "reviewer": ("township_reviewer", TOWNSHIP),
    "head": ("township_head", TOWNSHIP),
    "officer": ("county_officer", COUNTY),
    "approver": ("county_approver", COUNTY),
    "roads": ("sector_department", COUNTY),
    "finance": ("finance", COUNTY),
}
STATED = {
    "name": "示例村通组公路硬化项目",
    "purpose": "农村道路",
    "nature": "新建",
    "location": "示例村二组至四组",
    "schedule": "2026年4月至2026年10月",
    "department": "县交通运输局",
    "task": "硬化路面14百米",
    "cost_fen": 55_000_000,
    "financing": "财政资金为主，群众投工投劳",
    "beneficiaries": ["全体村民"],
    "beneficiary_households": 42,
    "performance_target": "受益农户42户，满意度95%以上",
    "mechanism": "群众监督实施并参与后期管护",
}
VOTES = {
    "attendance": 30,
    "votes_for": 26,
    "votes_against": 3,
    "votes_abstained": 1,
    "minutes": "同意",
}
ACCEPTANCE = {
    "village": {"villagers": 9, "measured": "硬化1.4公里，厚18厘米"},
    "township": {"checked_cost": 52_000_000},
    "county": {"accepted_cost": 51_000_000, "seen": "现场抽查", "sample": "钻芯三处合格"},
}


def moment(day: date) -> datetime:
    """Nine in the morning in China on a day."""
    return datetime.combine(day, time(1), UTC)


def photo(
    colour: str = "white", *, at: tuple[float, float] | None = None, taken: str = ""
) -> Upload:
    """A photo, with the place and the time the camera would tell."""
    picture = Image.new("RGB", (40, 30), colour)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    if at:
        gps = exif.get_ifd(0x8825)
        for offset, (degrees, letters) in enumerate(zip(at, ("NS", "EW"), strict=True)):
            gps[1 + 2 * offset] = letters[degrees < 0]
            gps[2 + 2 * offset] = (abs(degrees), 0.0, 0.0)
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    return take("site.jpg", written.getvalue(), [Sort.PHOTO])


def paper(kind: str) -> Paper:
    """A PDF of a kind."""
    content = b"%PDF-1.4\n" + kind.encode() + b"\n%%EOF\n"
    return Paper(kind, take("paper.pdf", content, [Sort.DOCUMENT]))


class Walk:
    """Walks a project as its officials would."""

    def __init__(self, policy: Policy, officials: dict[str, Actor]) -> None:
        self.policy, self.officials = policy, officials
        self.today = START

    def inside(self, who: str) -> AbstractContextManager[str]:
        """The transaction of an official, in his scope."""
        actor = self.officials[who]
        most = max(
            (held.classes & {DataClass.PERSONS, DataClass.MONEY} for held in actor.held), key=len
        )
        return within(actor.scope(most, purpose="test", writes=True), by=actor.username)

    def call(self, act: Callable[..., Any], who: str, **arguments: Any) -> Any:
        """An action as somebody, today, with what it takes of policy and time."""
        known = {"policy": self.policy, "today": self.today, "now": moment(self.today)}
        wanted = act.__wrapped__.__kwdefaults__ or {}
        names = act.__wrapped__.__code__.co_varnames[: act.__wrapped__.__code__.co_kwonlyargcount]
        del wanted
        with self.inside(who):
            return act(
                by=self.officials[who],
                **{name: value for name, value in known.items() if name in names},
                **arguments,
            )

    def propose(self, **stated: Any) -> Project:
        """A proposal of the village's clerk."""
        return self.call(
            actions.propose,
            "clerk",
            place_code=VILLAGE,
            year=2026,
            stated={**STATED, **stated},
            need="组里没有硬化路",
        )

    def case(self, project: Project) -> Case:
        """The newest case of a project."""
        with self.inside("officer"):
            return queries.cases_of(project).get(state="open")

    def step(self, project: Project, who: str, **given: Any) -> Case:
        """The step that the project's open case stands at."""
        case = self.case(project)
        if case.notice_closes_on and self.today <= case.notice_closes_on:
            self.today = case.notice_closes_on + timedelta(days=1)
        found = self.policy.procedures.by_id[case.procedure].step(case.step)
        act = {Duty.CHECK: cases.check, Duty.DECIDE: cases.decide}.get(
            found.duty, cases.record_step
        )
        return self.call(act, who, case_id=case.pk, version=case.version, given=Given(**given))

    def admitted(self, **stated: Any) -> Project:
        """A project that village, township and county have brought into the bank."""
        project = self.propose(**stated)
        self.step(project, "clerk", answers={**VOTES, "held_on": self.today})
        self.step(project, "reviewer")
        self.step(project, "approver")
        return self.fresh(project)

    def fresh(self, project: Project) -> Project:
        with self.inside("officer"):
            return Project.objects.get(pk=project.pk)

    def stage(self, project: Project, stage: Stage, who: str = "officer", **more: Any) -> None:
        """A stage with every paper it asks for."""
        asked = self.policy.value(f"projects.documents_{stage.value}", place=VILLAGE, on=self.today)
        more = {"papers": [paper(kind) for kind in asked.value], "done_on": self.today} | more
        if stage is Stage.TENDER:
            more = {"method": "询价", "party": "示例公司", "amount_fen": 52_000_000} | more
        self.call(actions.record_stage, who, project=project, stage=stage, **more)

    def built(self, project: Project) -> Project:
        """Up to completion."""
        for stage in (Stage.PLAN, Stage.DESIGN, Stage.TENDER, Stage.BUILDING, Stage.BUILT):
            self.stage(project, stage, who="head" if stage is Stage.BUILT else "officer")
        return self.fresh(project)

    def accept(self, project: Project, **county: Any) -> Project:
        """Through acceptance by village, township and county."""
        self.call(
            cases.open_case,
            "clerk",
            kind="project_acceptance",
            place_code=VILLAGE,
            about=queries.about(project),
            title=project.name,
            given=Given(
                answers={**ACCEPTANCE["village"], "held_on": self.today},
                photos={"site_photo": [photo()]},
            ),
        )
        self.step(project, "reviewer", answers={**ACCEPTANCE["township"], "seen_on": self.today})
        self.step(project, "approver", answers={**ACCEPTANCE["county"], **county})
        return self.fresh(project)
