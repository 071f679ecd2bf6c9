"""What stands on the screen when a fault of ours meets a page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import DESKTOP, PHONE

from bangfu.books.desk import views

SAYS = {"zh": "程序出错", "en": "Something broke"}


@pytest.mark.parametrize(
    ("lang", "size"), [("zh", PHONE), pytest.param("en", DESKTOP, marks=pytest.mark.hard)]
)
def test_a_fault_of_ours_says_so_with_its_number(come_in, look, monkeypatch, lang, size):
    page = come_in("xianban", lang=lang, size=size, trouble=True)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("王秀芳")

    with monkeypatch.context() as fault:
        fault.setattr(views, "redirect", broken)
        answer = page.goto("/")
    assert answer and answer.status == 500
    expect(page.locator("main")).to_contain_text(SAYS[lang])
    expect(page.locator("code")).to_have_text(answer.headers["x-request-id"])
    look(page, "fault", lang)
    page.locator("main a.btn").click()
    expect(page.locator("nav#menu")).to_have_count(1)
