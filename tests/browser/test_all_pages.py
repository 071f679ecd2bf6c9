"""Every page of the site as a person meets it: by listing the addresses, so that a new one is looked at too.

Each is opened by a role that may see it, in a county at work; axe finds nothing serious, nothing is
wider than the screen. Its picture is the user guide's (make pictures).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import is_valid_path, resolve
from playwright.sync_api import Page
from tests.browser import work_in_hand
from tests.browser.conftest import DESKTOP, PHONE, PICTURE
from tests.lib.addresses import PAGES, address, allowed, names

from bangfu.books.accounts.actors import actor_of
from bangfu.cli.sampling import OPERATORS

USERS = {o["role"]: o["username"] for o in tomllib.loads(OPERATORS.read_text("utf-8"))["operators"]}
# Who is asked first: the county sees most, the keeper keeps, who reads sums or samples has pages of his own.
FIRST = ("county_officer", "village_clerk", "keeper", "superior_reader", "finance", "assessor")
# Pages that only one who acts there sees whole, and what they are asked for.
BY = {
    "tasks-due": "county_approver",
    "case": "county_approver",
    "case-return": "county_approver",
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
}
# Addresses that answer with something else than a page: a file, a part of a page, a description for programs.
NO_PAGES = {
    "households-export",
    "household-card",
    "task_file",
    "task_state",
    "batch_state",
    "case-photo",
    "claim-paper",
    "project-file",
    "notice-print",
    "bulletin-pdf",
    "watch-finding-file",
    *(
        f"{language}:open-{file}"
        for language in ("public", "public-en")
        for file in ("feed", "oc4ids", "fiscal", "workbook")
    ),
    "api:api-root",
    "api:openapi-json",
} | {
    f"{site}:open-{file}"
    for site in ("public", "public-en")
    for file in ("oc4ids", "fiscal", "workbook", "feed", "draw-list")
}
# Pages that no link leads to: one is sent there, or types the address; an appeal is sent from its answer.
UNLINKED = {"login-code", "public:grievance-appeal", "public-en:grievance-appeal"}
# Pages that axe reads in English too, one of a kind; it looks for marks, which are the same in both.
AXE_AGAIN = {"tasks-due", "households", "household", "case", "what-if", "batch", "public-en:notice"}


@dataclass(frozen=True)
class Stop:
    """One page of the walk."""

    name: str
    role: str
    address: str


def pages() -> set[str]:
    """The names of all addresses that answer a reader with a page."""
    return {
        name
        for name in names() - NO_PAGES
        if not PAGES[name].get("post") and not PAGES[name].get("api")
    }


def leads_to(page: Page) -> set[str]:
    """The names of the addresses that a page has links or forms to."""
    found = page.evaluate(
        "[...document.querySelectorAll('a[href], form[action]')].map(at => at.href || at.action)"
    )
    paths = {
        urlsplit(address).path for address in found if address.startswith(urlsplit(page.url)[0])
    }
    return {resolve(path).view_name for path in paths if is_valid_path(path)}


def stops(things: dict[str, Any]) -> Iterator[Stop]:
    """Every address that answers a reader with a page, by role so that few log-ins do."""
    actors = {role: actor_of(name, on=work_in_hand.TODAY) for role, name in USERS.items()}
    found = []
    for name in pages():
        entry = PAGES[name]
        may = [role for role in FIRST if allowed(entry, role, actors[role])]
        role = "" if "OPEN" in entry["roles"] else BY.get(name) or may[0]
        more = ASKED.get(name, "").format(**things)
        # What is published has an address by its kind.
        series = things["series"].get(name.rpartition(":")[2])
        found.append(Stop(name, role, address(name, entry, things | {"series": series}) + more))
    found += [Stop(name, role, path.format(**things)) for name, (role, path) in AGAIN.items()]
    yield from sorted(found, key=lambda stop: (stop.role, stop.address))


@pytest.mark.hard  # two hundred pages take minutes; the journeys run with every test
def test_every_page_can_be_read_by_everybody(
    come_in, look, run_jobs, books, clock, settings, tmp_path
):
    """In Chinese at a desk, read by axe; in English on a phone, where axe reads one page of a kind."""
    settings.DATA = tmp_path
    things = work_in_hand.put_in_hand(tmp_path, run_jobs)
    wrong: dict[tuple[str, str], str] = {}
    linked: set[str] = set()
    for lang, size in (("zh", DESKTOP), ("en", PHONE)):
        page, role = come_in(lang=lang, size=size), ""
        for stop in stops(things):
            if stop.role != role:
                page.context.close()
                page, role = come_in(USERS[stop.role], lang=lang, size=size), stop.role
            answer = page.goto(stop.address)
            assert answer
            if answer.status != STATUS.get(stop.name, 200):
                wrong[stop.name, lang] = f"{answer.status} {stop.address}"
                continue
            linked |= leads_to(page)
            try:
                name = stop.name.replace("public:", "board-")
                axe = lang == "zh" or stop.name in AXE_AGAIN
                look(page, name, lang, axe=axe, picture=PICTURE)
            except AssertionError as found:
                wrong[stop.name, lang] = str(found)
    assert wrong == {}
    assert pages() - linked == UNLINKED
