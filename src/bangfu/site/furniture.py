"""What the frame of every page shows: navigation by work, the actor, the language."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.doors import SUBMISSION, new_submission_key
from bangfu.books.funds.people import READERS
from bangfu.books.publishing.actions import PUBLISHERS
from bangfu.books.walls.scope import DataClass
from bangfu.core.language import Text
from bangfu.web import speech


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of work: its words, its page, and the classes of data one of which it needs, or the roles
    one of which it is for."""

    text: Text
    view: str
    icon: str
    classes: frozenset[DataClass]
    roles: frozenset[str] = frozenset()

    def is_for(self, actor: Actor) -> bool:
        """Whether the actor has this work."""
        return actor.holds(*self.roles) if self.roles else bool(self.classes & actor.classes)


PERSONS = frozenset({DataClass.PERSONS})
ANY = frozenset(DataClass)
PROJECTS = frozenset({DataClass.PERSONS, DataClass.MONEY})
NAVIGATION = (
    Item(Text("待办", "Tasks"), "home", "list-check", ANY),
    Item(Text("农户", "Households"), "households", "users", PERSONS),
    Item(Text("排查", "Screening"), "screening", "filter", PERSONS),
    Item(Text("个案", "Cases"), "cases", "checklist", PERSONS),
    Item(Text("项目", "Projects"), "projects", "building-community", PROJECTS),
    Item(Text("公示", "Notices"), "notices", "speakerphone", PERSONS),
    Item(Text("补助发放", "Payments"), "payment-schemes", "cash", ANY),
    Item(Text("政策", "Policy"), "policy", "scale", ANY),
    Item(Text("导入", "Import"), "batches", "database-import", PERSONS),
    Item(Text("后台", "Background"), "tasks", "refresh", ANY),
    Item(Text("资金", "Funds"), "funds", "cash", ANY, frozenset(READERS)),
    Item(Text("追溯", "Follow the yuan"), "trace", "route", ANY, frozenset(READERS)),
    Item(Text("考核指标", "Rates"), "indicators", "report", ANY, frozenset(READERS)),
    Item(Text("疑点", "Red flags"), "red-flags", "alert-triangle", ANY, frozenset(READERS)),
    Item(Text("监督", "Watch"), "watch", "eye", PROJECTS),
    Item(
        Text("信访", "Grievances"),
        "grievances",
        "message-report",
        PERSONS,
        frozenset({"keeper", "county_officer", "county_approver", "township_head", "auditor"}),
    ),
    Item(Text("公开", "Publishing"), "publications", "speakerphone", ANY, frozenset(PUBLISHERS)),
    Item(
        Text("日志", "Journal"),
        "journal",
        "history",
        ANY,
        frozenset({"keeper", "county_officer", "auditor"}),
    ),
    Item(Text("评估样本", "Samples"), "samples", "eye", PERSONS, frozenset({"county_officer"})),
    Item(Text("管理", "Administration"), "operators", "settings", ANY, frozenset({"keeper"})),
)


def furniture(request: HttpRequest) -> dict[str, object]:
    """Template context of every page."""
    actor = getattr(request, "actor", None)
    mine = [item for item in NAVIGATION if actor is not None and item.is_for(actor)]
    addresses = [reverse(item.view) for item in mine]
    here = _here(request.path, addresses)
    items = [
        {"item": item, "address": address, "here": address == here}
        for item, address in zip(mine, addresses, strict=True)
    ]
    return {
        "actor": actor,
        "navigation": items,
        "lang": speech.current(),
        "today": getattr(request, "today", None),
        "now": getattr(request, "now", None),
        "submission_key": format_html(
            '<input type="hidden" name="{}" value="{}">', SUBMISSION, new_submission_key()
        ),
    }


def _here(path: str, addresses: list[str]) -> str:
    """The address of the work that a page is part of: of two that fit, the closer one."""
    start = reverse("home")
    if path in (start, reverse("tasks-due")):  # the start leads on to the work that waits
        return start
    return max((a for a in addresses if a != start and path.startswith(a)), key=len, default="")
