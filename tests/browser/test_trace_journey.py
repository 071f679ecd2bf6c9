"""An auditor finds a voucher, sees both ways drawn, and clicks through the drawing to its source."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import DESKTOP, PHONE
from tests.lib.planted import money_of

from bangfu.books.funds.models import Payment
from bangfu.books.projects.models import Project
from bangfu.books.tracing.queries import Kind
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION

COUNTY, VILLAGE, WORD = "420527000000", "420527101207", "通组公路"


@pytest.mark.parametrize(("lang", "size"), [("zh", DESKTOP), ("en", PHONE)])
def test_a_voucher_is_followed_to_its_line(come_in, books, look, lang, size):
    made = money_of(COUNTY, VILLAGE, WORD)
    page = come_in("shenji", lang=lang, size=size)
    page.goto("/trace/")
    look(page, "trace-search", lang)
    page.fill("#q", f"凭证{WORD}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/trace/{Kind.PAYMENT}/{made['payment']}/")
    drawing = page.locator("[data-chart] svg")
    expect(drawing).to_be_visible()
    look(page, "trace", lang)
    expect(page.locator("#line tbody tr")).to_have_count(1)
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        fen = Payment.objects.get(pk=made["payment"]).fen
        project = Project.objects.get(number=f"项目{WORD}")
    expect(page.locator("#line tfoot .num").first).to_have_text(f"{fen // 100:,}")
    # The drawing is no picture: each place of it leads to its own page.
    drawing.get_by_text(f"项目{WORD}", exact=False).first.click()
    page.wait_for_url(f"**/trace/project/{project.pk}/")
    expect(page.locator("#claim tbody tr")).to_have_count(2)
