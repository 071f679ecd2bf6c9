"""The import in the browser: a workbook with an error, its list, mended, looked through, confirmed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest
from django.db import connections
from playwright.sync_api import Page, expect
from tests.unit.cli.workbooks import income, person, write_xlsx

from bangfu.books.jobs.worker import work


def run_jobs(clock) -> None:
    """Work through the queue, beside the event loop that Playwright keeps in the test's thread."""

    def working() -> None:
        try:
            work(clock, wait=False)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        beside.submit(working).result()


def upload(page: Page, path: Path) -> None:
    page.goto("/import/")
    page.set_input_files("[name=files]", path)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/import/*/")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", ("有错要改", "回执：已导入")), ("en", ("to be corrected", "Receipt: imported"))],
)
def test_from_a_workbook_with_an_error_to_its_receipt(come_in, look, clock, tmp_path, lang, said):
    # Both live in 陈家坝村, the clerk's own village.
    people = [person(2, 1), person(2, 2), person(4, 1)]
    clerk = come_in("cunji", lang=lang)
    path = write_xlsx(tmp_path / "户.xlsx", national=people, income=[income(2, a1="很多")])
    upload(clerk, path)
    expect(clerk.locator("#state progress")).to_be_visible()
    run_jobs(clock)
    expect(clerk.locator(".page-header .badge")).to_have_text(said[0])
    expect(clerk.locator("main tbody")).to_contain_text("很多")
    expect(clerk.locator("form[action$='confirm/']")).to_have_count(0)
    look(clerk, "import-errors", lang)
    with clerk.expect_download() as marked:
        clerk.locator("main a[href*='/files/']").first.click()
    assert openpyxl.load_workbook(marked.value.path()).sheetnames[0] == "问题清单"

    path = write_xlsx(tmp_path / "户.xlsx", national=people, income=[income(2)])
    upload(clerk, path)
    run_jobs(clock)
    expect(clerk.locator("form[action$='confirm/']")).to_be_visible()
    look(clerk, "import-preview", lang)
    clerk.locator("form[action$='confirm/'] button").click()
    run_jobs(clock)
    expect(clerk.locator("main")).to_contain_text(said[1])
    look(clerk, "import-receipt", lang)
    clerk.goto("/households/?q=示例21")
    expect(clerk.locator("tbody tr")).to_have_count(1)
