"""A batch of payments with a return: the officer makes it, finance checks and pays, the bank refuses one,
whose household is paid once more. Four hands, each at its own desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.hands import send
from tests.browser.money_in_hand import TERM, notice_a_term, plan_households

from bangfu.cli.paying import answered

# What the pages say, in both languages.
SAYS = {
    "zh": {"waits": "等财政审核报账", "again": "再发一次", "nothing": "没有可发放的补助"},
    "en": {"waits": "is waited for", "again": "pays it once more", "nothing": "Nothing waits to be paid"},
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.hard)])
def test_a_batch_with_a_return_is_paid_once_more_and_ends(come_in, look, clock, tmp_path, lang):
    plan_households()
    students = len(notice_a_term())
    assert students > 1, TERM
    officer = come_in("xianban", lang=lang, size=DESKTOP)
    checker = come_in("caizheng", lang=lang, size=DESKTOP)
    cashier = come_in("guoku", lang=lang, size=PHONE)
    hands = (officer, checker, cashier)

    first = batch(officer, look, lang, students)
    file = paid_out(*hands, first, look, lang, tmp_path / "first.csv")
    returned(cashier, answered(file.read_bytes(), {0: "账户状态异常"}), tmp_path / "back.csv")
    look(cashier, "batch-returned", lang)
    expect(cashier.locator("main")).to_contain_text(SAYS[lang]["again"])
    cashier.locator("a[href$='?status=failed']").click()
    expect(cashier.locator("tbody tr")).to_have_count(1)

    second = batch(officer, seen_already, lang, 1)
    assert second != first
    file = paid_out(*hands, second, seen_already, lang, tmp_path / "second.csv")
    returned(cashier, answered(file.read_bytes(), {}), tmp_path / "back.csv")
    expect(cashier.locator("main")).not_to_contain_text(SAYS[lang]["again"])
    officer.goto("/payments/batches/new/")
    expect(officer.locator("main")).to_contain_text(SAYS[lang]["nothing"])


def seen_already(*_: object) -> None:
    """The pages of the second batch are those of the first."""


def batch(officer: Page, look, lang: str, count: int) -> str:
    """The officer makes a batch of what waits, `count` payments, and submits it; its address."""
    officer.goto("/payments/batches/new/")
    expect(officer.locator("tbody tr")).to_have_count(1)
    expect(officer.locator("tbody td.num").first).to_have_text(str(count))
    look(officer, "batch-new", lang)
    send(officer, "main form button")
    made = officer.url
    send(officer, "form[action$='/submit/'] button")
    expect(officer.locator("main")).to_contain_text(SAYS[lang]["waits"])
    return made


def paid_out(
    officer: Page, checker: Page, cashier: Page, made: str, look, lang: str, to: Path
) -> Path:
    """Finance checks the claim, another of finance pays and fetches the bank file, which is the same when
    asked for again."""
    checker.goto(made)
    checker.locator("main a[href*='/funds/claims/']").click()
    look(checker, "batch-claim", lang)
    send(checker, "main button[value=check]")
    cashier.goto(made)
    send(cashier, "form[action$='/send/'] button")
    look(cashier, "batch-sent", lang)
    for path in (to.with_suffix(".again"), to):
        with cashier.expect_download() as coming:
            cashier.locator("form[action$='/file/'] button").click()
        coming.value.save_as(path)
    assert to.read_bytes() == to.with_suffix(".again").read_bytes()
    return to


def returned(cashier: Page, content: bytes, path: Path) -> None:
    """The cashier takes the bank's return."""
    path.write_bytes(content)
    cashier.set_input_files("main [name=file]", path)
    send(cashier, "main form[enctype] button.btn-primary")
