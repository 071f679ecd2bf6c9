"""What the frame of every page shows: navigation by work, the actor, the language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.doors import SUBMISSION, new_submission_key
from bangfu.books.funds.people import READERS
from bangfu.books.publishing.actions import PUBLISHERS
from bangfu.books.supervision.people import OFFICE
from bangfu.books.walls.scope import DataClass
from bangfu.core.language import Lang, Text
from bangfu.web import speech


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the navigation leads to: its words, its view, and for whom it is: who has one of the
    classes of data or one of the roles.

    With `own`, its address names the widest place where the actor reaches that class. `also` are views
    that belong to it though their addresses do not begin with its own.
    """

    text: Text
    view: str
    classes: frozenset[DataClass] = frozenset()
    roles: frozenset[str] = frozenset()
    own: DataClass | None = None
    also: frozenset[str] = frozenset()

    def is_for(self, actor: Actor) -> bool:
        """Whether the actor has this work."""
        return bool(self.classes & actor.classes) or actor.holds(*self.roles)

    def address_for(self, actor: Actor) -> str:
        """Where it leads the actor, who has this work."""
        return reverse(self.view, args=actor.reach({self.own})[:1] if self.own else ())


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work, or a subject of it: what stands beside one another in a row of the navigation."""

    text: Text
    parts: tuple[Page | Work, ...]
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A work or page as one actor sees it on one page; a work leads to the first page in it."""

    text: Text
    address: str
    icon: str
    here: bool
    parts: tuple[Entry, ...] = ()


ANY = frozenset(DataClass)
PERSONS = frozenset({DataClass.PERSONS})
SUMS = frozenset({DataClass.SUMS})
PROJECTS = frozenset({DataClass.PERSONS, DataClass.MONEY})
LEDGER, WATCHING, PUBLIC = frozenset(READERS), frozenset(OFFICE), frozenset(PUBLISHERS)
# Who answers grievances, who reads the journal and who keeps the accounts.
ANSWERING = frozenset({"keeper", "county_officer", "county_approver", "township_head", "auditor"})
BATCHES = LEDGER - {"keeper"}
JOURNAL, KEEPING = frozenset({"keeper", "county_officer", "auditor"}), frozenset({"keeper"})
COUNTY = frozenset({"county_officer"})

LEDGER_PAGES = Work(
    Text("资金账", "Ledger"),
    (
        Page(Text("资金", "Fund lines"), "funds", roles=LEDGER),
        Page(Text("计划", "Plans"), "fund-plans", roles=LEDGER),
        Page(Text("合同", "Contracts"), "contracts", roles=LEDGER),
        Page(Text("报账", "Claims"), "claims", roles=LEDGER),
        Page(Text("待支付", "To pay"), "payments", roles=LEDGER),
        Page(Text("月结", "Months"), "fund-months", roles=LEDGER),
    ),
)
AID_PAGES = Work(
    Text("补助发放", "To households"),
    (
        Page(Text("补助项目", "Schemes"), "payment-schemes", ANY),
        Page(
            Text("补助审核", "Checks"),
            "payment-checks",
            PERSONS,
        ),
        Page(Text("补助公示", "On notice"), "payment-notices", roles=PUBLIC),
        Page(Text("发放批次", "Batches"), "payment-batches", roles=BATCHES),
    ),
)
TRACE_PAGES = Work(
    Text("追溯", "Follow the yuan"),
    (
        Page(Text("查来路去向", "Both ways"), "trace", roles=LEDGER),
        Page(Text("各记其功", "Everyone's merit"), "merits", roles=LEDGER),
    ),
)
KEEPER_PAGES = Work(
    Text("管理", "Administration"),
    (
        Page(Text("账号", "Accounts"), "operators", roles=KEEPING),
        Page(Text("区划", "Divisions"), "divisions", roles=KEEPING),
        Page(Text("角色", "Roles"), "roles", roles=JOURNAL),
    ),
)
NAVIGATION = (
    Work(
        Text("待办", "Tasks"),
        (Page(Text("待办", "Tasks"), "home", ANY, also=frozenset({"tasks-due"})),),
        "list-check",
    ),
    Work(
        Text("农户", "Households"),
        (
            # An assessor finds the households of his sample there.
            Page(Text("农户", "Households"), "households", PERSONS, frozenset({"assessor"})),
            Page(Text("迁移", "Moves"), "moves", PERSONS),
            Page(Text("疑似重复", "Duplicates"), "duplicates", PERSONS),
            Page(Text("导入", "Import"), "batches", PERSONS),
        ),
        "users",
    ),
    Work(
        Text("排查", "Screening"),
        (
            Page(Text("排查概况", "Overview"), "screening", PERSONS),
            Page(Text("排查结果", "Findings"), "findings", PERSONS),
            Page(Text("政策试算", "What if"), "what-if", PERSONS),
        ),
        "filter",
    ),
    Work(
        Text("帮扶", "Assistance"),
        (
            Page(Text("个案", "Cases"), "cases", PERSONS),
            Page(Text("到期措施", "Late measures"), "measures-due", PERSONS),
            Page(Text("小额信贷", "Micro loans"), "loans", PERSONS),
        ),
        "checklist",
    ),
    Work(
        Text("项目", "Projects"),
        (
            Page(Text("项目库", "Project bank"), "projects", PROJECTS),
            Page(Text("全年安排", "The year"), "county-year", PROJECTS),
            Page(Text("会议", "Meetings"), "meetings", PROJECTS),
            Page(Text("落实清单", "Commitments"), "commitments", PROJECTS),
        ),
        "building-community",
    ),
    Work(Text("资金", "Money"), (LEDGER_PAGES, AID_PAGES, TRACE_PAGES), "cash"),
    Work(Text("资产", "Assets"), (Page(Text("资产", "Assets"), "assets", PROJECTS),), "home"),
    Work(
        Text("公示", "Notices"),
        (
            Page(Text("公示", "Notices"), "notices", PERSONS),
            Page(Text("公开内容", "Publishing"), "publications", roles=PUBLIC),
        ),
        "speakerphone",
    ),
    Work(
        Text("监督", "Watch"),
        (
            Page(Text("督查问题", "Findings"), "watch", PROJECTS),
            Page(Text("督查计划", "Inspections"), "inspections", roles=WATCHING),
            Page(Text("督查通报", "Bulletins"), "bulletins", roles=WATCHING),
            Page(Text("疑点", "Red flags"), "red-flags", roles=LEDGER),
            Page(Text("信访", "Grievances"), "grievances", roles=ANSWERING),
        ),
        "eye",
    ),
    Work(
        Text("考核", "Assessment"),
        (
            Page(Text("考核指标", "Rates"), "indicators", roles=LEDGER),
            Page(Text("数字核对", "Numbers"), "numbers", roles=LEDGER),
            Page(Text("评估样本", "Samples"), "samples", roles=COUNTY),
        ),
        "adjustments",
    ),
    Work(
        Text("报表", "Reports"),
        (
            Page(Text("各地情况", "Places"), "place", PERSONS, own=DataClass.PERSONS),
            Page(
                Text("进展汇总", "Summary"),
                "summary",
                PERSONS,
                own=DataClass.PERSONS,
                also=frozenset({"summary-rows", "summary-close"}),
            ),
            Page(Text("村级台账", "Records"), "records", PERSONS, own=DataClass.PERSONS),
            Page(Text("汇总数", "Sums"), "sums", SUMS, own=DataClass.SUMS),
            Page(Text("汇总数变化", "Changes"), "sums-summary", SUMS, own=DataClass.SUMS),
        ),
        "report",
    ),
    Work(
        Text("系统", "System"),
        (
            Page(Text("政策", "Policy"), "policy", ANY),
            Page(Text("后台任务", "Background"), "tasks", ANY),
            Page(Text("日志", "Journal"), "journal", roles=JOURNAL),
            KEEPER_PAGES,
        ),
        "settings",
    ),
)


def furniture(request: HttpRequest) -> dict[str, object]:
    """Template context of every page."""
    actor = getattr(request, "actor", None)
    lang = speech.current()
    navigation, rows = _navigation(request, actor, lang) if actor is not None else ("", "")
    return {
        "actor": actor,
        "navigation": navigation,
        "navigation_rows": rows,
        "path": request.path,
        "lang": lang,
        "today": getattr(request, "today", None),
        "now": getattr(request, "now", None),
        "submission_key": format_html(
            '<input type="hidden" name="{}" value="{}">', SUBMISSION, new_submission_key()
        ),
    }


def _navigation(request: HttpRequest, actor: Actor, lang: Lang) -> tuple[str, str]:
    """The menu and the rows under it as HTML, made once for what an actor holds and where he stands."""
    here = _here(request, actor)
    address = here.address_for(actor) if here is not None else ""
    return _drawn(actor.as_nobody(), here, address == request.path, lang)


@lru_cache(maxsize=2_000)
def _drawn(actor: Actor, here: Page | None, exact: bool, lang: Lang) -> tuple[str, str]:
    """Both as HTML in a language; `exact`: the page in them is the one that is shown, not one under it."""
    works = _entries(NAVIGATION, actor, here)
    path = here.address_for(actor) if here is not None and exact else ""
    context = {"navigation": works, "rows": list(_rows(works)), "path": path}
    menu, rows = (
        render_to_string(f"web/{name}.html", context) for name in ("navigation", "navigation_rows")
    )
    return menu, rows


def _entries(parts: tuple[Page | Work, ...], actor: Actor, here: Page | None) -> tuple[Entry, ...]:
    """What the actor sees of a row; a work without a page of his is left out."""
    found = []
    for part in parts:
        if isinstance(part, Work):
            inside = _entries(part.parts, actor, here)
            if inside:
                stands = any(entry.here for entry in inside)
                found.append(Entry(part.text, inside[0].address, part.icon, stands, inside))
        elif part.is_for(actor):
            found.append(Entry(part.text, part.address_for(actor), "", part is here))
    return tuple(found)


def _rows(entries: tuple[Entry, ...]) -> Iterator[Entry]:
    """The works, from the widest, whose parts stand as rows under the navigation: where there is a choice."""
    for entry in entries:
        if entry.here and entry.parts:
            if len(entry.parts) > 1:
                yield entry
            yield from _rows(entry.parts)


def every_page(parts: tuple[Page | Work, ...]) -> Iterator[Page]:
    """The pages in works, in their order."""
    for part in parts:
        if isinstance(part, Work):
            yield from every_page(part.parts)
        else:
            yield part


def _here(request: HttpRequest, actor: Actor) -> Page | None:
    """The page that this address is part of: by its view, or the one whose address begins it longest."""
    mine = _mine(actor.as_nobody())
    view = request.resolver_match.view_name if request.resolver_match else ""
    for page, _ in mine:
        if view == page.view or view in page.also:
            return page
    around = [
        (len(address), page)
        for page, address in mine
        if page.view != "home" and request.path.startswith(address)
    ]
    return max(around, key=lambda found: found[0], default=(0, None))[1]


@lru_cache(maxsize=2_000)
def _mine(actor: Actor) -> tuple[tuple[Page, str], ...]:
    """The pages of the navigation that the actor has, with their addresses."""
    return tuple(
        (page, page.address_for(actor)) for page in every_page(NAVIGATION) if page.is_for(actor)
    )
