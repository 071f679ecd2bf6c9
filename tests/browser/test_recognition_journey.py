"""The first week of the tutorial: from a clue to a recognised household and its printed card.

The village clerk works on a phone, township and county at a desk, a villager without an account.
Its pictures are those of docs/tutorials/first-week.md.
"""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import PHONE, PICTURE
from tests.browser.hands import fill, send

from bangfu.site.clock import ZONE

HEAD, NUMBER = "王秀芳", "4205270000001522"
SEEN = {
    "wage_income": "14000",
    "business_income": "6000",
    "property_income": "0",
    "transfer_income": "1200",
    "business_cost": "2500",
    "out_of_pocket": "12600",
    "dangerous_house": "no",
    "safe_water": "yes",
    "dropout": "no",
    "uninsured_member": "no",
    "monitored_class": "脱贫不稳定户",
    "risks": "因病",
    "coping": "亲友借款一万元",
    "authorisation": HEAD,
    "passes": "pass",
}
MEETING = {
    "attendance": "21",
    "votes_for": "19",
    "votes_against": "1",
    "votes_abstained": "1",
    "minutes": "到会代表认为该户因病支出大，同意列为监测对象。",
}
AGREED = {
    "measures": "健康帮扶",
    "content": "落实医疗救助和慢病签约",
    "responsible": "示例干部",
    "agreed_with": HEAD,
}
OBJECTION, ANSWER = "该户去年买了一辆货车", "已查证：货车是同名的另一户的。"
# What the pages say, in both languages.
SAYS = {
    "zh": {
        "income": "人均 9,350.00 元（监测线 8,700.00 元）",
        "why": "合规自付支出 12,600 元，超过家庭纯收入 18,700 元的 2/5",
        "runs": "期满后才能办理",
        "waits": "1 条异议还没有答复",
        "refused": "异议不成立",
        "done": "办结",
        "badge": "脱贫不稳定户，风险未消除",
    },
    "en": {
        "income": "9,350.00 yuan per head (line 8,700.00 yuan)",
        "why": "12,600",
        "runs": "the step is possible after that",
        "waits": "Objections not answered yet: 1",
        "refused": "The objection is not right",
        "done": "done",
        "badge": "risk not removed",
    },
}


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def meeting_photo(tmp_path) -> Path:
    """A photo of a meeting, as a phone makes it."""
    written = io.BytesIO()
    Image.new("RGB", (640, 480), "#b9c4cf").save(written, "JPEG")
    (path := tmp_path / "meeting.jpg").write_bytes(written.getvalue())
    return path


def top(page: Page, part: Locator) -> None:
    """Bring a part of the page to the upper edge of the screen, for its picture."""
    part.evaluate("at => at.scrollIntoView()")


def take_up(official: Page) -> None:
    """From the tasks of an official to the case that waits for him."""
    official.goto("/tasks/")
    official.locator("tbody").get_by_role("link", name=HEAD).click()


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.hard)])
def test_from_a_clue_to_a_recognised_household(come_in, look, clock, meeting_photo, lang):
    says = SAYS[lang]
    clerk = come_in("cunji", lang=lang, size=PHONE)

    # Monday: the clue.
    clerk.goto("/households/")
    clerk.fill("[name=q]", "wxf")
    clerk.click("form[role=search] button.btn-primary")
    clerk.locator("tbody").get_by_role("link", name=HEAD).click()
    clerk.click(f"a[href='/cases/open/?household={NUMBER}']")
    look(clerk, "open-case", lang)
    clerk.click("main a[href*='kind=monitoring']")
    fill(clerk, {"channel": "干部定期排查", "clue": "配偶郑春住院，自付一万多元"})
    look(clerk, "clue", lang)
    send(clerk)
    look(clerk, "steps", lang)

    # The home check: facts are reckoned anew from what was seen.
    fill(clerk, SEEN)
    send(clerk)
    expect(clerk.locator("main")).to_contain_text(says["income"])
    expect(clerk.locator("main")).to_contain_text(says["why"])

    # The assembly, and the notice that follows from it.
    today = clock().astimezone(ZONE).date()
    fill(clerk, {"held_on": today.isoformat(), **MEETING, "meeting_photo": meeting_photo})
    top(clerk, clerk.locator("[name=held_on]"))
    look(clerk, "assembly", lang)
    send(clerk)
    case = clerk.url
    waiting = clerk.locator("[aria-current=step]")
    expect(waiting).to_contain_text(f"{today + timedelta(days=5)}")
    expect(waiting).to_contain_text(says["runs"])
    waiting.locator("a").click()
    look(clerk, "notice", lang)
    public = clerk.locator("dd a[href*='/notices/']").inner_text()

    # A villager reads the notice and objects; no account, no name.
    villager = come_in(lang=lang, size=PHONE)
    villager.goto(public)
    if lang == "en":
        villager.click("header a[hreflang=en]")
    expect(villager.locator("main")).to_contain_text(HEAD)
    look(villager, "public-notice", lang)
    villager.click("main a[href$='/objection/']")
    villager.fill("[name=grounds]", OBJECTION)
    villager.click("main button[type=submit]")
    receipt = villager.locator(".receipt").inner_text()
    look(villager, "receipt", lang)

    # The notice is over on the sixth day, but the objection stands: the township waits.
    clock.travel(days=6)
    township = come_in("zhenshen", lang=lang)
    take_up(township)
    expect(township.locator("[aria-current=step]")).to_contain_text(says["waits"])
    expect(township.locator("[name=passes]")).to_have_count(0)
    clerk = come_in("cunji", lang=lang, size=PHONE)
    clerk.click("a[href$='objections=open']")
    clerk.locator("tbody a").first.click()
    clerk.locator("#objections tbody a").click()
    fill(clerk, {"upheld": "no", "answer": ANSWER})
    look(clerk, "objection", lang)
    send(clerk)
    villager.click("header a[href$='/answer/']")
    villager.fill("[name=receipt]", receipt)
    villager.click("main button[type=submit]")
    expect(villager.locator("main")).to_contain_text(says["refused"])
    expect(villager.locator("main")).to_contain_text(ANSWER)

    # Township and county.
    take_up(township)
    fill(township, {"opinion": "材料齐全", "passes": "pass"})
    look(township, "township", lang, picture=PICTURE)
    send(township)
    county = come_in("xianshen", lang=lang)
    take_up(county)
    fill(county, {"opinion": "同意", "passes": "pass"})
    look(county, "county", lang, picture=PICTURE)
    send(county)

    # The household is recognised; measures are agreed, and its card comes out.
    take_up(clerk)
    fill(clerk, AGREED)
    send(clerk)
    expect(clerk.locator(".page-header")).to_contain_text(says["done"])
    assert clerk.url.split("?")[0] == case.split("?")[0]
    clerk.goto(f"/households/{NUMBER}/")
    expect(clerk.locator(".page-header")).to_contain_text(says["badge"])
    expect(clerk.locator("main")).to_contain_text(AGREED["content"])
    look(clerk, "recognised", lang)
    clerk.emulate_media(media="print")
    expect(clerk.locator("header.navbar")).to_be_hidden()
    expect(clerk.locator("main")).to_contain_text(AGREED["content"])
    assert clerk.pdf(format="A4").startswith(b"%PDF")
