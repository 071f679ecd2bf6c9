"""The import in the browser: a workbook with an error, its list, mended, looked through, confirmed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESKTOP, PHONE
from tests.unit.cli.workbooks import income, person, write_xlsx


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


def upload(page: Page, path: Path) -> None:
    page.goto("/import/")
    page.set_input_files("[name=files]", path)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/import/*/")


@pytest.mark.parametrize(
    ("lang", "size", "said"),
    [
        ("zh", DESKTOP, ("有错要改", "回执：已导入", "问题清单")),
        pytest.param(
            "en",
            PHONE,
            ("to be corrected", "Receipt: imported", "Problems"),
            marks=pytest.mark.hard,
        ),
    ],
)
def test_from_a_workbook_with_an_error_to_its_receipt(
    come_in, look, run_jobs, tmp_path, lang, size, said
):
    # Both live in 陈家坝村, the clerk's own village.
    people = [person(2, 1), person(2, 2), person(4, 1)]
    clerk = come_in("cunji", lang=lang, size=size)
    path = write_xlsx(tmp_path / "户.xlsx", national=people, income=[income(2, a1="很多")])
    upload(clerk, path)
    expect(clerk.locator("#state progress")).to_be_visible()
    run_jobs()
    expect(clerk.locator(".page-header .badge")).to_have_text(said[0])
    expect(clerk.locator("main tbody")).to_contain_text("很多")
    expect(clerk.locator("form[action$='confirm/']")).to_have_count(0)
    look(clerk, "import-errors", lang)

    # The workbook comes back with its wrong cell marked; that cell is put right, and it goes up again.
    with clerk.expect_download() as marked:
        clerk.locator("main a[href*='/files/']").first.click()
    marked.value.save_as(tmp_path / "改.xlsx")
    book = openpyxl.load_workbook(tmp_path / "改.xlsx")
    assert book.sheetnames[0] == said[2]
    wrong = [
        cell for tab in book.worksheets[1:] for row in tab for cell in row if cell.value == "很多"
    ]
    assert len(wrong) == 1
    assert wrong[0].fill.fgColor.rgb != "00000000"
    wrong[0].value = 21000
    book.save(tmp_path / "改.xlsx")
    upload(clerk, tmp_path / "改.xlsx")
    run_jobs()
    expect(clerk.locator("form[action$='confirm/']")).to_be_visible()
    look(clerk, "import-preview", lang)
    clerk.locator("form[action$='confirm/'] button").click()
    run_jobs()
    expect(clerk.locator("main")).to_contain_text(said[1])
    look(clerk, "import-receipt", lang)
    clerk.goto("/households/?q=示例21")
    expect(clerk.locator("tbody tr")).to_have_count(1)
