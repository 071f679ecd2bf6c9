"""From a quarter's list to a finding that is closed: the officer, the department and the approver click."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import Page
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.county import VILLAGE
from tests.lib.planted import project_at

from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION

SEED = "2026143 08 11 19 23 27 33+05"


def picture(colour: str) -> list[dict[str, object]]:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(written, "PNG")
    return [{"name": "seen.png", "mimeType": "image/png", "buffer": written.getvalue()}]


def send(page: Page) -> None:
    """Send the form that stands last on the page."""
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_load_state()


def test_inspection_to_closing(come_in, look, clock, settings, tmp_path):
    settings.DATA = tmp_path
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        project_at(VILLAGE, "通组公路")
    officer = come_in("xianban", size=DESKTOP)
    officer.goto("/watch/inspections/")
    officer.fill("[name=seed_source]", "双色球第 2026143 期开奖号码")
    for size, number in (("villages_by_risk", 1), ("projects_by_risk", 1), ("projects_by_lot", 0)):
        officer.fill(f"[name={size}]", str(number))
    look(officer, "inspections")
    send(officer)
    assert "明天起可以填种子" in officer.locator("main").inner_text()
    plan = officer.url

    clock.travel(days=1)
    officer = come_in("xianban", size=PHONE)
    officer.goto(plan)
    officer.fill("[name=seed]", SEED)
    send(officer)
    look(officer, "inspection-plan")
    officer.goto(f"{plan}?chosen=yes&kind=project")
    officer.locator("tbody a").first.click()
    officer.fill("[name=inspectors]", "督查一组")
    officer.fill("[name=seen]", "路面开裂")
    look(officer, "inspection-visit")
    send(officer)
    officer.locator("a[href*='/findings/new/']").click()
    officer.fill("[name=what]", "路面开裂 20 米")
    officer.select_option("[name=severity]", "grave")
    officer.set_input_files("[name=evidence]", picture("white"))
    look(officer, "watch-finding-new")
    send(officer)
    finding = officer.url
    officer.locator("a[href$='/next/']").click()
    officer.fill("[name=demand]", "返工")
    officer.select_option("[name=answers_role]", "sector_department")
    officer.fill("[name=unit]", "县交通运输局")
    send(officer)
    look(officer, "watch-finding-ordered")

    department = come_in("bumen", lang="en", size=PHONE)
    department.goto("/watch/?state=mine")
    look(department, "watch", "en")
    department.locator("tbody a").first.click()
    department.locator("a[href$='/next/']").click()
    department.fill("[name=said]", "已返工")
    department.set_input_files("[name=evidence]", picture("grey"))
    send(department)
    assert "waits for the second look" in department.locator("main").inner_text()

    officer.goto(finding)
    officer.locator("a[href$='/next/']").click()
    officer.check("[name=passes][value=yes]")
    officer.fill("[name=said]", "现场看过，已到位")
    send(officer)
    approver = come_in("xianshen", size=DESKTOP)
    approver.goto(finding)
    approver.locator("a[href$='/next/']").click()
    approver.fill("[name=said]", "同意销号")
    send(approver)
    assert "已销号" in approver.locator(".page-header").inner_text()
    look(approver, "watch-finding-closed")
    approver.locator("a[href$='/trace/']").click()
    assert "登记督查问题" in approver.locator("main").inner_text()
    look(approver, "watch-trace")
