"""What the tests of supervision stand on: two villages, officials, and the walk of a finding."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from PIL import Image

from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.accounts.roles import ROLES
from bangfu.books.supervision import actions
from bangfu.books.supervision.actions import About
from bangfu.books.supervision.models import Finding, Severity, SubjectKind
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.language import Text
from bangfu.core.places import Place
from bangfu.core.policy import Policy
from bangfu.files.uploads import Sort, Upload, take

COUNTY, TOWNSHIP = "420527000000", "420527101000"
VILLAGE, OTHER = "420527101200", "420527102201"
PLACES = (
    Place("420000000000", "湖北省"),
    Place("420500000000", "宜昌市"),
    Place(COUNTY, "秭归县"),
    Place(TOWNSHIP, "茅坪镇"),
    Place("420527102000", "归州镇"),
    Place(VILLAGE, "示例村"),
    Place(OTHER, "旁边村"),
)
START = date(2026, 11, 23)  # a Monday
OFFICIALS = {
    "officer": ("county_officer", COUNTY),
    "approver": ("county_approver", COUNTY),
    "finance": ("finance", COUNTY),
    "roads": ("sector_department", COUNTY),
    "head": ("township_head", TOWNSHIP),
    "clerk": ("village_clerk", VILLAGE),
    "beside": ("village_clerk", OTHER),
    "auditor": ("auditor", COUNTY),
}


def actor(name: str, role: str, place: str) -> Actor:
    """An official as the door would bring him in, without an account."""
    [(classes, writes)] = [(each[4], each[5]) for each in ROLES if each[0] == role]
    held = HeldRole(
        role, Text(role, role), place, frozenset(map(DataClass, classes.split(","))), writes
    )
    return Actor(name, name, None, (held,))


def photo(colour: str = "white") -> Upload:
    """A photo of one colour."""
    written = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(written, "PNG")
    return take("site.png", written.getvalue(), [Sort.PHOTO])


@dataclass
class Ground:
    """The county, who works in it, and what they do, each in his own scope."""

    policy: Policy
    scope: Scope
    officials: dict[str, tuple[str, str]] = field(default_factory=lambda: dict(OFFICIALS))
    actors: dict[str, Actor] = field(default_factory=dict)
    today: date = START

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(1), UTC)

    def inside(self, who: str) -> AbstractContextManager[str]:
        """The transaction of an official, in his widest scope."""
        actor = self.actors[who]
        writes = any(held.writes for held in actor.held)
        return within(actor.scope(actor.classes, purpose="test", writes=writes), by=who)

    def at(self, **more: Any) -> dict[str, Any]:
        """Policy and day, as most verbs take them."""
        return {"policy": self.policy, "today": self.today, **more}

    def found(self, who: str = "officer", **more: Any) -> Finding:
        """A finding on the planted project."""
        given = {
            "about": About(SubjectKind.PROJECT, "项目甲"),
            "what": "路面开裂",
            "severity": Severity.SERIOUS,
            "evidence": [photo()],
        }
        with self.inside(who):
            return actions.note_finding(
                by=self.actors[who], **{**given, **more}, **self.at(now=self.now)
            )

    def ordered(self, finding: Finding, who: str = "officer", **more: Any) -> Finding:
        given = {"demand": "限期修复", "answers_role": "sector_department", "unit": "县交通运输局"}
        with self.inside(who):
            return actions.order(
                by=self.actors[who], finding=finding, **{**given, **more}, **self.at(now=self.now)
            )

    def answered(self, finding: Finding, who: str = "roads", **more: Any) -> Finding:
        given = {"said": "已灌缝处理", "evidence": [photo("grey")]}
        with self.inside(who):
            return actions.answer(
                by=self.actors[who],
                finding=finding,
                **{**given, **more},
                today=self.today,
                now=self.now,
            )

    def rechecked(self, finding: Finding, who: str = "officer", **more: Any) -> Finding:
        given = {"said": "现场看过", "passes": True}
        with self.inside(who):
            return actions.recheck(
                by=self.actors[who], finding=finding, **{**given, **more}, **self.at(now=self.now)
            )

    def closed(self, finding: Finding, who: str = "approver", **more: Any) -> Finding:
        with self.inside(who):
            return actions.close(
                by=self.actors[who],
                finding=finding,
                **{"said": "同意销号", **more},
                **self.at(now=self.now),
            )
