"""What the pages of projects share."""

from __future__ import annotations

from django.http import HttpRequest

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.doors import NO_SUCH_PLACE
from bangfu.books.projects import limits
from bangfu.books.projects.models import Mode, Project, Stage, Status
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.web.tables import Badge

# Projects are seen by who works with persons and by who works with money.
EITHER = (DataClass.PERSONS, DataClass.MONEY)

STATUS = {
    Status.PROPOSED: Badge(Text("已申报", "proposed"), "yellow"),
    Status.ADMITTED: Badge(Text("已入库", "in the bank"), "green"),
    Status.NOT_ADMITTED: Badge(Text("未入库", "not admitted"), "red"),
}
STAGES = {
    Stage.WAITING: Text("未开始", "not begun"),
    Stage.PLAN: Text("规划", "planned"),
    Stage.DESIGN: Text("勘测设计", "designed"),
    Stage.TENDER: Text("招标采购", "tendered"),
    Stage.BUILDING: Text("施工", "being built"),
    Stage.BUILT: Text("完工待验", "built"),
    Stage.ACCEPTED: Text("已验收", "accepted"),
    Stage.HANDED_OVER: Text("已移交", "handed over"),
}
# What is done at each stage, where `STAGES` says how far a project is.
STEPS = {
    **STAGES,
    Stage.BUILDING: Text("开工", "start of building"),
    Stage.BUILT: Text("完工", "completion"),
    Stage.ACCEPTED: Text("验收", "acceptance"),
    Stage.HANDED_OVER: Text("移交", "handing over"),
}
MODES = {
    Mode.CLAIMS: Text("报账制", "by claims"),
    Mode.RELIEF: Text("以工代赈", "work for relief"),
    Mode.AFTER: Text("先建后补", "built first, subsidised after"),
    Mode.AWARD: Text("以奖代补", "award in place of subsidy"),
}


def sees_ledger(actor: Actor) -> bool:
    """Whether the actor reads the money of a whole county: the ledger is kept by county."""
    reached = actor.reach({DataClass.MONEY})
    return any(places.level(code) <= places.Level.COUNTY for code in reached)


def county_of(request: HttpRequest) -> str:
    """The county that the actor works in: that of his first place. NotFoundError for none."""
    reached = [code for code in request.scope.places if places.level(code) >= places.Level.COUNTY]
    if not reached:
        raise NotFoundError(NO_SUCH_PLACE)
    return places.ancestor(reached[0], places.Level.COUNTY)


def may_record(request: HttpRequest, project: Project, stage: Stage, policy: Policy) -> bool:
    """Whether the actor's roles record a stage of a project, and hand in its papers."""
    roles = limits.roles(policy, stage, place=project.place_code, on=request.today)
    return bool(request.actor.holds(*roles, at=project.place_code))
