"""The first project of the tutorial: from a village's proposal to an asset, with every paper, and in public.

The village works on a phone, everybody else at a desk, a villager without an account.
Its pictures are those of docs/tutorials/first-project.md.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE, PICTURE
from tests.browser.county import FILLED, VILLAGE
from tests.browser.hands import fill, send

from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import FundLine
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.site.clock import ZONE

COUNTY = "420527000000"
LINE, NAME = "F2026003", "陈家坝村二组公路硬化"
PROPOSAL = {
    "name": NAME,
    "purpose": "农村道路",
    "nature": "新建",
    "location": "二组至四组",
    "schedule": "2027年3月至10月",
    "department": "县交通运输局",
    "task": "硬化路面14百米，宽4.5米",
    "cost": "550000",
    "financing": "财政资金为主，群众投工",
    "beneficiary_households": "42",
    "performance_target": "受益农户42户，满意度95%以上",
    "mechanism": "群众监督实施，参与后期管护",
    "need": "二组没有硬化路，雨天不能行车",
}
MEETING = {
    "attendance": "30",
    "votes_for": "26",
    "votes_against": "3",
    "votes_abstained": "1",
    "minutes": "到会代表同意申报。",
}
CONTRACT = {
    "basis": "contract",
    "number": "秭交合2026-31",
    "title": "二组公路硬化施工合同",
    "payee": "示例建设有限公司",
    "yuan": "520000",
}
# What the pages say, in both languages.
SAYS = {
    "zh": {"runs": "期满后才能办理", "bank": "已入库", "posted": "已记账", "paid": "已付清", "over": "已移交", "met": "达到"},
    "en": {"runs": "the step is possible after that", "bank": "in the bank", "posted": "posted", "paid": "paid", "over": "handed over", "met": "met"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def money(books):
    """A line of the sample, with its quota and its cash."""
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        FundLine.objects.create(
            number=LINE, place_code=COUNTY, year=2026, fund_class="fiscal", level="province",
            name="省级财政衔接推进乡村振兴补助资金", department="县乡村振兴局",
        )  # fmt: skip
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        from_above = {"by": "tester", "place_code": COUNTY, "line": LINE, "fen": 980_804_000}
        funds.announce(**from_above, day=FILLED.date())
        funds.receive(**from_above, day=FILLED.date())


@pytest.fixture
def papers(tmp_path) -> tuple[Path, Path]:
    """A photo as a phone makes it, and a paper."""
    written = io.BytesIO()
    Image.new("RGB", (640, 480), "#b9c4cf").save(written, "JPEG")
    (photo := tmp_path / "site.jpg").write_bytes(written.getvalue())
    (paper := tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4\nsample\n%%EOF\n")
    return photo, paper


def attach(page: Page, paper: Path) -> None:
    """The same paper into every field that asks for one."""
    for field in page.locator("main input[type=file]").all():
        field.set_input_files(paper)


def pass_on(official: Page, more: dict[str, str]) -> None:
    """From the tasks of an official to the project's case that waits, and on."""
    official.goto("/tasks/")
    official.locator("tbody").get_by_role("link", name=NAME).click()
    fill(official, {"passes": "pass", **more})
    send(official)


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.hard)])
def test_from_a_proposal_to_an_asset(come_in, look, clock, run_jobs, money, papers, tmp_path, lang):
    says, (photo, paper) = SAYS[lang], papers
    clerk = come_in("cunji", lang=lang, size=PHONE)

    # The village proposes, meets, and the notice runs.
    clerk.goto("/projects/")
    clerk.click("main a[href*='/projects/propose/']")
    fill(clerk, PROPOSAL)
    look(clerk, "propose", lang)
    send(clerk)
    project = clerk.url.split("?")[0]
    number = clerk.locator(".page-header").inner_text()
    number = next(word for word in number.split() if word.startswith("2027-"))
    clerk.click("main a[href^='/cases/']")
    fill(clerk, {"held_on": clock().astimezone(ZONE).date().isoformat(), **MEETING})
    send(clerk)
    expect(clerk.locator("[aria-current=step]")).to_contain_text(says["runs"])

    # Township and county: into the bank.
    clock.travel(days=11)
    pass_on(come_in("zhenshen", lang=lang), {})
    county = come_in("xianshen", lang=lang)
    pass_on(county, {})
    county.goto(project)
    expect(county.locator(".page-header")).to_contain_text(says["bank"])

    # The plan: one draws it up, another approves and posts it; minutes bind the department.
    officer = come_in("xianban", lang=lang)
    officer.goto("/funds/plans/new/")
    fill(
        officer,
        {
            "year": "2027",
            "title": "2027年第一批资金项目计划",
            "pieces": f"{LINE}｜{number}｜550000",
        },
    )
    look(officer, "plan-new", lang, picture=PICTURE)
    send(officer)
    county.goto(officer.url)
    send(county)
    expect(county.locator(".page-header")).to_contain_text(says["posted"])
    officer.goto("/projects/meetings/new/")
    today = clock().astimezone(ZONE).date().isoformat()
    fill(
        officer,
        {
            "kind": "village",
            "place_code": VILLAGE,
            "held_on": today,
            "chaired_by": "示例县领导",
            "decided": "由县交通运输局实施二组公路硬化。",
            "promises": f"硬化二组公路｜县交通运输局｜550000｜2027-10-31｜{number}",
        },
    )
    look(officer, "minutes", lang, picture=PICTURE)
    send(officer)

    # Plan, design, tender, start: each with its papers.
    for stage in ("plan", "design", "tender", "building"):
        officer.goto(f"{project}stage/")
        attach(officer, paper)
        if stage == "tender":
            fill(officer, {"method": "询价", "party": CONTRACT["payee"], "amount": "520000"})
            look(officer, "tender", lang, picture=PICTURE)
        send(officer)

    # The department records the contract and claims the advance; finance checks, another pays.
    department = come_in("bumen", lang=lang)
    department.goto("/funds/contracts/new/")
    fill(department, {"project": number, **CONTRACT, "signed_on": today})
    send(department)
    department.click("main a.btn-primary")
    fill(department, {"kind": "advance", "yuan": "200000"})
    send(department)
    for kind in ("contract", "tender", "notice", "invoice"):
        (own := tmp_path / f"{kind}.pdf").write_bytes(f"%PDF-1.4\n{kind}\n%%EOF\n".encode())
        fill(department, {"code": kind, "file": own})
        send(department, "#papers .form-footer button")
    look(department, "claim-papers", lang, picture=PICTURE)
    send(department, "button[value=lodge]")
    claim = department.url.split("?")[0]
    checker = come_in("caizheng", lang=lang)
    checker.goto(claim)
    send(checker, "button[value=check]")
    payer = come_in("guoku", lang=lang)
    payer.goto(f"{claim}pay/")
    fill(payer, {"voucher": "国支2026-1188"})
    look(payer, "pay", lang, picture=PICTURE)
    send(payer)

    # Progress from the site, completion, acceptance by three levels.
    clerk = come_in("cunji", lang=lang, size=PHONE)
    clerk.goto(f"{project}progress/")
    fill(clerk, {"percent": "60", "said": "路基已完成，正在铺筑面层", "photos": photo})
    look(clerk, "progress", lang)
    send(clerk)
    clerk.goto(f"{project}stage/")
    attach(clerk, paper)
    send(clerk)
    clerk.goto(f"{project}acceptance/")
    seen = {"held_on": today, "villagers": "9", "measured": "硬化1.4公里，厚18厘米"}
    fill(clerk, {**seen, "site_photo": photo})
    send(clerk)
    pass_on(come_in("zhenshen", lang=lang), {"seen_on": today, "checked_cost": "515000"})
    county = come_in("xianshen", lang=lang)
    pass_on(county, {"accepted_cost": "510000", "seen": "核对资料"})

    # Results against targets, and what the project leaves behind.
    officer.goto(f"{project}results/")
    fill(officer, {"reached_0": "42", "reached_1": "97"})
    send(officer)
    officer.goto(f"{project}hand-over/")
    left = "二组公路｜公益性｜510000｜二组至四组｜陈家坝村村民委员会｜村级管护员"
    fill(officer, {"assets": left})
    attach(officer, paper)
    send(officer)
    officer.goto(project)
    expect(officer.locator("main")).to_contain_text(says["met"])
    look(officer, "project-done", lang, picture=PICTURE)
    officer.goto("/assets/")
    expect(officer.locator("tbody")).to_contain_text("二组公路")

    # The month is over and is closed, and a villager reads all of it without an account.
    clock.travel(days=28)
    checker = come_in("caizheng", lang=lang)
    checker.goto("/funds/months/")
    expect(checker.locator("[name=month]")).to_have_value(today[:7])
    send(checker, "main form[method=get] button")
    expect(checker.locator("#to-seal")).to_contain_text("200,000")
    look(checker, "month-close", lang)
    send(checker, "#to-seal button")
    officer = come_in("xianban", lang=lang)
    officer.goto("/publishing/")
    send(officer, "main form[action$='/now/'] button")
    run_jobs()
    villager = come_in(lang=lang, size=PHONE)
    villager.goto(f"/public/{'en/' if lang == 'en' else ''}open/places/{VILLAGE}/?year=2027")
    look(villager, "public-place", lang)
    villager.locator("main").get_by_role("link", name=NAME, exact=True).click()
    main = villager.locator("main")
    for words in (says["over"], CONTRACT["payee"], "200,000", "510,000", says["met"]):
        expect(main).to_contain_text(words)
    look(villager, "public-project", lang)
