"""What stands on the screen when something does not go: two officials at one case, a fault of ours, a
database that is away. Each is brought about, and what was typed is still there afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.county import VILLAGE
from tests.browser.hands import fill, send
from tests.browser.test_recognition_journey import SEEN
from tests.integration.cases.case_factories import Walk
from tests.lib.postgres import FAST

from bangfu.books.accounts.actors import actor_of
from bangfu.books.desk import views
from bangfu.books.households.models import Household
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.files.policy_folder import load_policy
from bangfu.site import embedded

# By night: the same is held without a browser in integration/pages (test_cases_pages, test_faults, test_bad_days).
pytestmark = pytest.mark.hard
SAYS = {
    "zh": {"taken": "示例驻村工作队", "fault": "程序出错", "away": "与数据库的连接断了"},
    "en": {"taken": "示例驻村工作队", "fault": "Something broke", "away": "connection to the database"},
}  # fmt: skip
BOTH = pytest.mark.parametrize(("lang", "size"), [("zh", PHONE), ("en", DESKTOP)])


@pytest.fixture
def case(books, clock) -> str:
    """The address of a case that waits for the visit, which clerk and team may both record."""
    today = clock().date()
    walk = Walk(load_policy(), {"clerk": actor_of("cunji", on=today)}, photo=None)  # type: ignore[arg-type]
    walk.today = today
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        plain = Household.objects.filter(place_code=VILLAGE, monitored_class=None).order_by("pk")
        number = plain[0].pk
    opened = walk.open(household_no=number)
    return f"/cases/{opened.pk}/"


@BOTH
def test_the_second_of_two_officials_is_told_who_was_first(come_in, look, case, lang, size):
    clerk, team = (come_in(name, lang=lang, size=size) for name in ("cunji", "gongzuodui"))
    for page in (clerk, team):
        page.goto(case)
        fill(page, SEEN)
    send(team)
    clerk.locator("main form button.btn-primary").click()
    expect(clerk.locator("main")).to_contain_text(SAYS[lang]["taken"])
    expect(clerk.locator("main")).not_to_contain_text("gongzuodui")
    look(clerk, "conflict", lang)
    clerk.goto(case)
    recorded = clerk.locator("dd", has_text=SEEN["coping"])
    expect(recorded).to_have_count(1)


@BOTH
def test_a_fault_of_ours_says_so_with_its_number(come_in, look, monkeypatch, lang, size):
    page = come_in("xianban", lang=lang, size=size, trouble=True)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("王秀芳")

    with monkeypatch.context() as fault:
        fault.setattr(views, "redirect", broken)
        answer = page.goto("/")
    assert answer and answer.status == 500
    expect(page.locator("main")).to_contain_text(SAYS[lang]["fault"])
    expect(page.locator("code")).to_have_text(answer.headers["x-request-id"])
    look(page, "fault", lang)
    page.locator("main a.btn").click()
    expect(page.locator("nav#menu")).to_have_count(1)


@BOTH
def test_a_stopped_database_is_said_and_what_was_typed_stays(come_in, look, server, lang, size):
    page = come_in("cunji", lang=lang, size=size, trouble=True)
    page.goto("/households/")
    page.locator("tbody a").first.click()
    page.locator("a[href$='/visits/new/']").first.click()
    page.fill("[name=seen]", "屋顶漏雨")
    form = page.url
    embedded.stop(server.data)
    try:
        page.locator("main form button.btn-primary").click()
        page.wait_for_load_state()
        expect(page.locator("main")).to_contain_text(SAYS[lang]["away"])
        look(page, "database-away", lang)
    finally:
        embedded.start(server.data, FAST)
    page.locator("main a.btn-primary").click()
    expect(page).to_have_url(form)
    expect(page.locator("[name=seen]")).to_have_value("屋顶漏雨")
