"""Every page of the site as a person meets it: by listing the addresses, so that a new one is looked at too.

Each is opened by a role that may see it, in a county at work, in both languages, at a desk and on a phone;
axe finds nothing serious, nothing is wider than the screen, no word of the program's own stands on it. Its
picture is the user guide's (make pictures). The pages of one app alone: `-k payments`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connections
from django.test import Client, override_settings
from django.urls import is_valid_path, resolve
from playwright.sync_api import Page
from tests.browser import work_in_hand
from tests.browser.conftest import (
    DESKTOP,
    FAST_HASHERS,
    PHONE,
    PICTURE,
    SAMPLE,
    Clock,
    clone,
    too_wide,
    work_through,
)
from tests.integration.conftest import _use_database
from tests.lib.addresses import PAGES, address, allowed, app_of, pages, views
from tests.lib.page_list import picture_of

from bangfu.books.accounts.actors import actor_of
from bangfu.books.accounts.models import Operator
from bangfu.books.accounts.sessions import BACKEND
from bangfu.books.walls.scope import Scope, within
from bangfu.cli.sample_operators import OPERATORS
from bangfu.site import clock as clock_door

USERS = {o["role"]: o["username"] for o in tomllib.loads(OPERATORS.read_text("utf-8"))["operators"]}
# Who is asked first: the county sees most, the keeper keeps, who reads sums or samples has pages of his own.
FIRST = ("county_officer", "village_clerk", "keeper", "superior_reader", "finance", "assessor")
# Pages that only one who acts there sees whole, and what they are asked for.
BY = {
    "tasks-due": "county_approver",
    "case": "county_approver",
    "case-return": "county_approver",
    "case-merge": "county_approver",
    "case-open": "village_clerk",
    "payment-approve": "county_approver",
    "move": "village_clerk",
    "summary-close": "county_approver",
}
ASKED = {
    "inspection-beside": "?kind=village&key={village}",
    "case-open": "?household={household}&kind=registration",
    "what-if": "?place={county}&income.line=9500",
    "households": "?class=any&state=open",
}
# The same address again, showing something else.
AGAIN = {
    "case-new": ("village_clerk", "/cases/{new_case}/"),
    "case-done": ("county_officer", "/cases/{done_case}/"),
    "case-kinds": ("village_clerk", "/cases/open/?household={household}"),
    "finding-dismissed": ("county_officer", "/screening/findings/{dismissed}/"),
    "batch-preview": ("village_clerk", "/import/{clean_batch}/"),
    "records-township": ("county_officer", "/places/420527101000/records/"),
    "records-village": ("village_clerk", "/places/{village}/records/"),
    "place-county": ("county_officer", "/places/{county}/"),
    "summary-county": ("county_approver", "/places/{county}/summary/?period=2026-10"),
    "case-list-bulk": ("county_approver", "/cases/list/?kind=monitoring&step=county"),
    "cases-late": ("county_officer", "/cases/list/?late=1"),
    "cases-empty": ("county_officer", "/cases/?kind=exit_village"),
    "grievance-accepted": ("county_officer", "/grievances/{grievance_accepted}/"),
    "grievance-appealed": ("county_approver", "/grievances/{grievance_appealed}/"),
    "household-paid": ("village_clerk", "/payments/households/{paid_household}/"),
    "batch-of-failed": ("county_officer", "/payments/batches/{batch_of_failed}/"),
    "batch-at-finance": ("finance", "/payments/batches/{payment_batch}/"),
    "checks-township": ("county_officer", "/payments/checks/?status=checked"),
    "trace-payment": ("county_officer", "/trace/payment/{payment}/"),
    "trace-project": ("county_officer", "/trace/project/{project}/"),
    "rate-divide": ("county_officer", "/indicators/divide/"),
    "not-found": ("county_officer", "/households/4299990000000001/"),
    "not-allowed": ("village_clerk", "/admin/operators/"),
}
STATUS = {
    "not-found": 404,
    "not-allowed": 403,
    # The project is not completed: the page says so, and what to do first.
    "project-acceptance": 409,
    "project-handover": 409,
    # Nothing is awarded yet that could change its price.
    "project-price": 409,
    # Nothing is missing yet.
    "project-papers": 409,
}
# Pages that no link leads to: one is sent there, or types the address.
UNLINKED = {"login", "login-code", "tasks-due"}
# Pages whose links are shown to another role, or in another state, than those of the walk.
SHOWN_TO_OTHERS = {
    "case-quota",
    "case-reopen",
    "claim-pay",
    "claim-return",
    "fund-movement",
    "loan-repayment",
    "payment-entitled",
    "project-acceptance",
    "project-again",
    "project-amend",
    "project-defect",
    "project-handover",
    "project-papers",
    "project-price",
    "project-progress",
    "project-propose",
    "project-results",
    "red-flag-reopen",
    "trace-household",
}
# Pages that axe reads in English too, one of a kind; it looks for marks, which are the same in both.
AXE_AGAIN = {"tasks-due", "households", "household", "case", "what-if", "batch", "public-en:notice"}
# Swagger UI, for programmers: its marks are the library's, and it shows names of the interface.
OF_A_LIBRARY = {"api:openapi-view"}


# What is drawn from an address and its links alone.
_LINK = re.compile(r'<(?:a|form)\b[^>]*?\b(?:href|action)="([^"#]*)')
# Words of the program, not of its users: names in code, values that a template left as they are.
_RAW = re.compile(r"\b(?:[a-z]+_[a-z_]+|None|True|False|undefined|NaN)\b|[{}]")
# Where a page shows them on purpose: a rule as it is written, the name of a policy value.
_SHOWN_AS_WRITTEN = "code, pre, kbd, script, style, [translate=no]"


@dataclass(frozen=True)
class Stop:
    """One page of the walk."""

    name: str
    role: str
    address: str

    @property
    def app(self) -> str:
        """The app whose view answers."""
        return app_of(resolve(urlsplit(self.address).path).func)


@dataclass(frozen=True)
class County:
    """A county at work: its database, its folder of files, and what addresses ask for."""

    database: str
    folder: Path
    things: dict[str, Any]


BOOKS = Path(__file__).parents[2] / "src" / "bangfu" / "books"
APPS = sorted({app_of(view) for name, view in views().items() if name in pages()})


def stops(things: dict[str, Any]) -> Iterator[Stop]:
    """Every address that answers a reader with a page, by role so that few log-ins do."""
    actors = {role: actor_of(name, on=work_in_hand.TODAY) for role, name in USERS.items()}
    found = []
    for name in pages():
        entry = PAGES[name]
        may = [role for role in FIRST if allowed(entry, role, actors[role])]
        role = "" if "OPEN" in entry["roles"] else BY.get(name) or may[0]
        more = ASKED.get(name, "").format(**things)
        found.append(Stop(name, role, address(name, entry, things) + more))
    found += [Stop(name, role, path.format(**things)) for name, (role, path) in AGAIN.items()]
    yield from sorted(found, key=lambda stop: (stop.role, stop.address))


@pytest.fixture(scope="module")
def county(server, django_db_blocker, tmp_path_factory) -> Iterator[County]:
    """The books of this module's tests, which only read them."""
    folder, name = tmp_path_factory.mktemp("county"), f"bangfu_at_work_{os.getpid()}"
    with server.connect() as admin:
        clone(admin, SAMPLE, name)
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patched,
        override_settings(DATA=folder),
        server.connect(database=name) as admin,
    ):
        _use_database(server, name)
        moment = Clock(admin)
        patched.setattr(clock_door, "now", moment)
        things = work_in_hand.put_in_hand(folder, lambda: work_through(moment))
    yield County(name, folder, things)
    with server.connect() as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def books(server, county, settings, django_db_blocker) -> Iterator[str]:
    """The county at work, where a test of the browser looks for its books."""
    settings.DATA, settings.PASSWORD_HASHERS = county.folder, FAST_HASHERS
    with django_db_blocker.unblock():
        _use_database(server, county.database)
        yield county.database
        connections.close_all()


def raw_words(page: Page) -> list[str]:
    """Words of the program that stand on a page where its users read."""
    text = page.evaluate(
        """hidden => {
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const found = [];
            while (walk.nextNode())
                if (!walk.currentNode.parentElement.closest(hidden)) found.push(walk.currentNode.data);
            return found.join("\\n");
        }""",
        _SHOWN_AS_WRITTEN,
    )
    return sorted(set(_RAW.findall(text)))


@pytest.mark.hard  # three hundred pages take minutes; the journeys run with every test
@pytest.mark.parametrize("app", APPS)
def test_every_page_can_be_read_by_everybody(come_in, look, county, app):
    """In both languages, at a desk and on a phone; axe reads the desk in Chinese, of a kind in English too."""
    wrong: dict[tuple[str, str, str], object] = {}
    for lang in ("zh", "en"):
        page, role = None, None
        for stop in stops(county.things):
            if stop.app != app:
                continue
            if page is None or stop.role != role:
                page, role = come_in(USERS.get(stop.role, ""), lang=lang), stop.role
            page.set_viewport_size(DESKTOP)
            answer = page.goto(stop.address)
            assert answer
            if answer.status != STATUS.get(stop.name, 200):
                wrong[stop.name, lang, "status"] = f"{answer.status} {stop.address}"
                continue
            if stop.name not in OF_A_LIBRARY and (raw := raw_words(page)):
                wrong[stop.name, lang, "raw"] = raw
            if page.locator("nav ul:not(:has(li))").count():
                wrong[stop.name, lang, "navigation"] = "a row of it is empty"
            # A public page has an address, and so a picture, of each language.
            theirs = {"zh": "public-en:", "en": "public:"}[lang]
            name = stop.name if stop.name.startswith(theirs) else picture_of(stop.name)
            axe = stop.name not in OF_A_LIBRARY and (lang == "zh" or stop.name in AXE_AGAIN)
            try:
                look(page, name, lang, axe=axe, picture=PICTURE)
            except AssertionError as found:
                wrong[stop.name, lang, "desk"] = str(found)
            page.set_viewport_size(PHONE)
            if (more := too_wide(page)) > 0:
                wrong[stop.name, lang, "phone"] = f"{more} px wider than the screen"
    told = "\n".join(f"{' '.join(where)}: {what}" for where, what in wrong.items())
    assert not told, told


@pytest.mark.hard  # every page of the site once more
def test_a_link_or_a_form_leads_to_every_page(county, books, clock):
    linked: set[str] = set()
    for lang in ("zh-hans", "en"):
        clients: dict[str, Client] = {}
        for stop in stops(county.things):
            if stop.role not in clients:
                clients[stop.role] = logged_in(stop.role)
                clients[stop.role].cookies["language"] = lang
            answer = clients[stop.role].get(stop.address, follow=True)
            assert answer.status_code == STATUS.get(stop.name, 200), stop
            assert not stop.role or answer.wsgi_request.path != "/log-in/", stop
            linked |= leads_to(answer.content.decode(), stop.address)
    assert sorted(pages() - linked) == sorted(UNLINKED | SHOWN_TO_OTHERS)
    written = "".join(each.read_text("utf-8") for each in BOOKS.glob("*/templates/**/*.html"))
    assert [
        name for name in SHOWN_TO_OTHERS if not re.search(f"url ['\"]{name}['\"]", written)
    ] == []


def logged_in(role: str) -> Client:
    """Who acts in a role, at the door already; nobody without one."""
    client = Client()
    if role:
        operator = Operator.objects.get(username=USERS[role])
        with within(Scope((), frozenset(), "log in"), by=operator.username):
            client.force_login(operator, backend=BACKEND)
    return client


def leads_to(page: str, at: str) -> set[str]:
    """The names of the addresses that a page has links or forms to, itself left out."""
    paths = {urlsplit(urljoin(at, unescape(link))).path for link in _LINK.findall(page)}
    paths.discard(urlsplit(at).path)
    return {resolve(path).view_name for path in paths if is_valid_path(path)}
