"""Pages of cases: board, list, case, opening, many at once."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from bangfu.books.cases.models import Case, Quota
from bangfu.books.notices import actions as notices
from bangfu.books.notices.models import Notice
from bangfu.site import clock

VILLAGE, TOWNSHIP = "420527101200", "420527101000"
NO = "4205270000000003"
pytestmark = pytest.mark.usefixtures("two_villages")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def poor(as_web):
    from bangfu.books.households.models import Household, Person

    with as_web():
        Household.objects.create(household_no=NO, place_code=VILLAGE)
        Person.objects.create(household_id=NO, place_code=VILLAGE, person_no="1", name="丙虚构", relation="户主")  # fmt: skip


def _picture() -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (30, 20), "white").save(written, "PNG")
    return SimpleUploadedFile("meeting.png", written.getvalue(), "image/png")


def _version(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


CLUE = {"channel": "干部定期排查", "clue": "户主住院"}
VERIFY = {
    "wage_income": "6000",
    "business_income": "0",
    "property_income": "0",
    "transfer_income": "1200.50",
    "business_cost": "0",
    "out_of_pocket": "30000",
    "dangerous_house": "no",
    "safe_water": "yes",
    "dropout": "no",
    "uninsured_member": "no",
    "monitored_class": "突发严重困难户",
    "risks": ["因病"],
    "coping": "可借一万元",
    "authorisation": "丙虚构",
    "passes": "pass",
    "reason": "",
}


def _post(client, address: str, data: dict, **more):
    page = client.get(address).content.decode()
    return client.post(address, {**data, "version": _version(page), **more})


def test_from_the_household_to_the_assembly(client_as, poor, monkeypatch):
    clerk = client_as("village_clerk", VILLAGE)
    opening = f"/cases/open/?household={NO}&finding=1_02_006"
    assert "防返贫监测对象识别" in clerk.get(opening).content.decode()
    opened = clerk.post(f"{opening}&kind=monitoring", CLUE)
    assert opened.status_code == 302
    address = opened["Location"]
    page = clerk.get(address).content.decode()
    assert "入户核实" in page
    assert "丙虚构" in page
    missing = _post(clerk, address, {**VERIFY, "authorisation": "", "risks": ["其他"]})
    assert missing.status_code == 422
    text = missing.content.decode()
    assert 'href="#id_authorisation"' in text
    assert 'value="1200.50"' in text
    other = _post(clerk, address, {**VERIFY, "risks": ["其他"]})
    assert other.status_code == 422
    assert 'href="#id_risk_other_note"' in other.content.decode()
    stuck = _post(clerk, address, {**VERIFY, "disaster_subtype": "洪涝"})
    assert "只有选了“因自然灾害”才填这一项" in stuck.content.decode()
    assert 'name="disaster_subtype" value=""' in stuck.content.decode(), "it can be unchosen"
    assert _post(clerk, address, VERIFY).status_code == 302
    page = clerk.get(address).content.decode()
    assert "人均 7,200.50 元" in page
    meeting = {
        "held_on": clock.today().isoformat(),
        "attendance": "20",
        "votes_for": "18",
        "votes_against": "1",
        "votes_abstained": "1",
        "minutes": "一致同意",
    }
    crowd = _post(clerk, address, {**meeting, "attendance": "9" * 20})
    assert 'href="#id_attendance"' in crowd.content.decode()
    assert _post(clerk, address, meeting).status_code == 422  # the photo is compulsory
    assert 'name="confirmed"' not in clerk.get(address).content.decode()
    lost = {**meeting, "votes_for": "10", "votes_against": "9"}
    asked = _post(clerk, address, lost, meeting_photo=_picture())
    assert asked.status_code == 422
    assert 'type="checkbox" name="confirmed"' in asked.content.decode()
    assert "没有超过 1/2，个案将就此结束" in asked.content.decode()
    assert _post(clerk, address, meeting, meeting_photo=_picture()).status_code == 302
    page = clerk.get(address).content.decode()
    assert "公示到" in page
    assert "原因见“步骤”" in page
    assert re.findall("填报“([^”]+)”", page) == ["村级评议公示", "入户核实", "线索"]
    photo = re.search(r'src="(/cases/\d+/photos/[0-9a-f]{64}/)"', page)[1]
    assert clerk.get(photo)["Content-Type"] == "image/jpeg"
    other_village = client_as("village_clerk", "420527102201")
    assert other_village.get(photo).status_code == 404
    assert other_village.get(address).status_code == 404
    english = clerk.post("/language/", {"language": "en"}) and clerk.get(address).content.decode()
    assert "Home check" in english


def test_a_kind_that_is_open_already_leads_to_its_case(client_as, poor):
    clerk = client_as("village_clerk", VILLAGE)
    listed = f"/cases/open/?household={NO}"
    offered = f'<a href="?household={NO}&amp;kind=monitoring"'
    assert offered in clerk.get(listed).content.decode()
    address = clerk.post(f"{listed}&kind=monitoring", CLUE)["Location"]
    for asked in (listed, f"{listed}&kind=monitoring"):
        page = clerk.get(asked).content.decode()
        assert "已在办理" in page
        assert f'href="{address}"' in page
        assert offered not in page
    again = clerk.post(f"{listed}&kind=monitoring", CLUE)
    assert again.status_code in (409, 422)


def test_what_is_for_a_place_is_offered_there_to_who_opens_it(client_as, as_web):
    from bangfu.books.households.models import VillageProfile

    with as_web():
        VillageProfile.objects.create(place_code=VILLAGE, year=2025, population=100)
    county, village = "/cases/open/?place=420527000000", f"/cases/open/?place={VILLAGE}"
    clerk, officer = client_as("village_clerk", VILLAGE), client_as("county_officer")

    def links(client, address: str) -> set[str]:
        page = client.get(address).content.decode()
        return {each for each in re.findall(r'href="([^"]+)"', page) if "kind=exit" in each}

    own = {f"{village}&amp;kind=exit_village"}
    assert links(clerk, "/cases/open/") == own
    assert links(clerk, village) == {f"?place={VILLAGE}&amp;kind=exit_village"}
    assert links(officer, "/cases/open/") == {f"{county}&amp;kind=exit_county"}
    assert links(officer, county) == {"?place=420527000000&amp;kind=exit_county"}
    assert links(officer, village) == set(), "the county officer takes no first step in a village"
    assert village.replace("&", "&amp;") in clerk.get(f"/places/{VILLAGE}/").content.decode()
    assert village not in officer.get(f"/places/{VILLAGE}/").content.decode()
    asked = f"{village}&kind=exit_village"
    form = clerk.get(asked).content.decode()
    assert 'name="statement"' in form
    assert "示例村" in form
    assert 'name="exited_sampled"' not in clerk.get(f"{village}&kind=exit_county").content.decode()
    for code in ("abc", "0", "420527102201", "420527000000", "420527101299"):
        assert clerk.get(f"/cases/open/?place={code}&kind=exit_county").status_code == 404, code
    assert officer.post(asked, {"statement": "x"}).status_code in (403, 422)
    judged = {name: "yes" for name in re.findall(r'name="(condition_[a-z]+)"', form)}
    told = {f"{name}_why": "现场看过" for name in judged}
    sent = {**judged, **told, "statement": "x", "signed_by_village": "甲", "passes": "pass"}
    rejected = {**sent, "passes": "reject", "reason": "还差"}
    page = clerk.get(clerk.post(asked, rejected)["Location"]).content.decode()
    assert "✓ 有特色产业：现场看过" in page


def test_a_file_that_lies_is_refused(client_as, poor):
    clerk = client_as("village_clerk", VILLAGE)
    address = clerk.post(f"/cases/open/?household={NO}&kind=monitoring", CLUE)["Location"]
    liar = SimpleUploadedFile("home.jpg", b"%PDF-1.7 not a picture", "image/jpeg")
    refused = _post(clerk, address, VERIFY, home_photo=liar)
    assert refused.status_code == 422
    assert "请提供照片（JPEG 或 PNG）" in refused.content.decode()


def test_a_stale_page_is_told(client_as, poor):
    clerk = client_as("village_clerk", VILLAGE)
    address = clerk.post(f"/cases/open/?household={NO}&kind=monitoring", CLUE)["Location"]
    for version in ("1", "x", ""):
        told = clerk.post(address, {**VERIFY, "version": version})
        assert told.status_code == 409
        assert "没有写入" in told.content.decode()


def test_the_second_of_two_is_told_when_the_next_step_is_not_theirs(client_as, poor):
    clerk = client_as("village_clerk", VILLAGE)
    address = clerk.post(f"/cases/open/?household={NO}&kind=monitoring", CLUE)["Location"]
    head = client_as("township_head", TOWNSHIP)  # has no part in the village's step
    told = head.post(address, {**VERIFY, "version": "1"})
    assert told.status_code == 409
    assert "没有写入" in told.content.decode()


def test_the_board_counts_and_leads_to_the_list(client_as, poor):
    clerk = client_as("village_clerk", VILLAGE)
    clerk.post(f"/cases/open/?household={NO}&kind=monitoring", CLUE)
    board = clerk.get("/cases/").content.decode()
    assert "丙虚构" in board
    assert "/cases/list/?kind=monitoring&amp;step=verify" in board
    listed = clerk.get("/cases/list/?kind=monitoring&step=verify")
    assert "丙虚构" in listed.content.decode()
    assert "丙虚构" not in clerk.get("/cases/list/?kind=removal").content.decode()
    assert clerk.get("/cases/list/?kind=monitoring&as=xlsx").content[:2] == b"PK"
    other = client_as("village_clerk", "420527102201")
    assert "丙虚构" not in other.get("/cases/").content.decode()


def test_withdraw_needs_a_reason(client_as, poor):
    clerk = client_as("village_clerk", VILLAGE)
    address = clerk.post(f"/cases/open/?household={NO}&kind=monitoring", CLUE)["Location"]
    assert clerk.get(f"{address}withdraw/").status_code == 200
    assert clerk.post(f"{address}withdraw/", {"reason": ""}).status_code == 422
    assert clerk.post(f"{address}withdraw/", {"reason": "填错"}).status_code == 302
    assert "已撤回" in clerk.get(address).content.decode()
    board = clerk.get("/cases/").content.decode()
    ended = "/cases/list/?kind=monitoring&amp;place=&amp;state=withdrawn"
    assert f'href="{ended}"' in board
    listed = clerk.get(ended.replace("&amp;", "&")).content.decode()
    assert f'href="{address}"' in listed
    assert "填错" in listed
    for state in ("", "open", "done", "nonsense"):
        page = clerk.get(f"/cases/list/?kind=monitoring&state={state}").content.decode()
        assert f'href="{address}"' not in page


def test_withdrawing_and_merging_are_offered_to_those_who_may(client_as, poor):
    clerk = client_as("village_clerk", VILLAGE)
    address = clerk.post(f"/cases/open/?household={NO}&kind=monitoring", CLUE)["Location"]
    ways = {f"{address}withdraw/", f"{address}merge/"}

    def offered(client) -> set[str]:
        return ways & set(re.findall(r'href="([^"]+)"', client.get(address).content.decode()))

    for client, may in (
        (clerk, {f"{address}withdraw/"}),
        (client_as("township_reviewer", TOWNSHIP), ways),
        (client_as("township_head", TOWNSHIP), {f"{address}merge/"}),
    ):
        assert offered(client) == may
        assert {way for way in ways if client.get(way).status_code == 200} == may
        assert {way for way in ways if client.get(way).status_code == 403} == ways - may


def test_the_case_to_keep_is_picked(client_as, poor, as_web):
    from bangfu.books.households.models import Household

    again = "4205270000000004"
    with as_web():
        Household.objects.create(household_no=again, place_code=VILLAGE)
    clerk = client_as("village_clerk", VILLAGE)
    cases = []
    for household in (NO, again):
        opened = clerk.post(f"/cases/open/?household={household}&kind=monitoring", CLUE)
        cases.append(opened["Location"].rstrip("/").rsplit("/", 1)[1])
    kept, twice = cases
    label = f"丙虚构 示例村 {NO} #{kept}"
    where = f"/cases/{twice}/merge/"

    def suggested(text: str) -> str:
        return clerk.post(f"/cases/pick/?case={twice}", {"q": text}).content.decode()

    head = client_as("township_head", TOWNSHIP)
    assert f'hx-post="/cases/pick/?case={twice}"' in head.get(where).content.decode()
    for text in ("4205270000000003", kept, f"#{kept}", "示例村"):
        assert suggested(text).count("<option") == 1, text
        assert label in suggested(text), text
    assert suggested(twice) == suggested("") == suggested(label) == ""
    other = client_as("village_clerk", "420527102201")
    for number in (twice, "0", "x", ""):
        assert other.post(f"/cases/pick/?case={number}", {"q": NO}).content == b""
    wrong = _post(head, where, {"keep": twice, "reason": "同一户"})
    assert wrong.status_code == 422
    assert "没有找到。请核对姓名，或在“个案”中查个案号" in wrong.content.decode()
    reviewer = client_as("township_reviewer", TOWNSHIP)
    assert _post(reviewer, where, {"keep": label, "reason": "同一户"}).status_code == 302
    with as_web():
        assert Case.objects.get(pk=int(twice)).merged_into_id == int(kept)


def test_quota_is_split_on_its_page(client_as, as_web):
    from bangfu.books.households.models import VillageProfile

    with as_web():
        for village, people in ((VILLAGE, 300), ("420527102201", 100)):
            VillageProfile.objects.create(place_code=village, year=2026, population=people)
    county = client_as("county_officer")

    def told(total: str, incidence: str) -> str:
        answer = county.post("/cases/quota/", {"total": total, "incidence": incidence})
        assert answer.status_code == 422
        return answer.content.decode()

    assert "这一行不对：x" in told("40", "x")
    assert "总人口 400 人" in told("401", "")
    assert 'href="#id_total"' in told("9" * 20, "")
    assert "最多 1000" in told("40", f"{TOWNSHIP} 99999")
    for code in (VILLAGE, "420528101000", "420527000000"):
        assert f"{code} 不是本县的乡镇代码" in told("40", f"{code} 5")
    assert f"{TOWNSHIP} 写了两次" in told("40", f"{TOWNSHIP} 5\n\n{TOWNSHIP}，6")
    assert county.post("/cases/quota/", {"total": "40", "incidence": ""}).status_code == 302
    page = county.get("/cases/quota/").content.decode()
    assert "茅坪镇" in page
    assert ">30<" in page
    clerk = client_as("village_clerk", VILLAGE)
    assert ">30<" in clerk.get("/cases/quota/").content.decode()
    assert clerk.get("/cases/quota/?place=420527000000").status_code == 404


def _to_the_notice(clerk) -> str:
    """A case whose notice is up."""
    address = clerk.post(f"/cases/open/?household={NO}&kind=monitoring", CLUE)["Location"]
    assert _post(clerk, address, VERIFY).status_code == 302
    meeting = {"held_on": clock.today().isoformat(), "attendance": "9", "votes_for": "9", "votes_against": "0", "votes_abstained": "0", "minutes": "同意"}  # fmt: skip
    assert _post(clerk, address, meeting, meeting_photo=_picture()).status_code == 302
    return address


def test_a_notice_that_was_withdrawn_is_said_to_be_gone_at_once(client_as, poor, as_web):
    clerk, reviewer = client_as("village_clerk", VILLAGE), client_as("township_reviewer", TOWNSHIP)
    address = _to_the_notice(clerk)
    for client in (clerk, reviewer):
        assert "公示到" in client.get(address).content.decode()
    with as_web():
        notice = Notice.objects.get()
        notices.withdraw(by="tester", notice=notice, reason="写错", now=clock.now())
    for client, returns in ((clerk, False), (reviewer, True)):
        page = client.get(address).content.decode()
        assert "公示到" not in page
        assert "公示不在了（可能已撤回），请退回重新公示" in page
        assert (f'class="alert-link" href="{address}return/"' in page) is returns


def test_who_did_the_first_look_reads_why_the_second_is_anothers(client_as, poor, as_web):
    with as_web():
        Quota.objects.create(place_code=VILLAGE, year=clock.today().year, weight=1, quota=9, made_on=clock.today(), made_by="x")  # fmt: skip
    clerk, team = client_as("village_clerk", VILLAGE), client_as("village_team", VILLAGE)
    applied = {"applied_by": "农户本人", "applicant": "丙虚构", "reason": "收入低"}
    opened = clerk.post(f"/cases/open/?household={NO}&kind=registration", applied)
    address = opened["Location"]
    assert _post(clerk, address, VERIFY).status_code == 302
    page = clerk.get(address).content.decode()
    assert "须由另一人办理" in page
    assert 'name="agrees"' not in page
    assert f"{address}return/" in page, "he may still send it back"
    page = team.get(address).content.decode()
    assert "须由另一人办理" not in page
    assert 'name="agrees"' in page


def test_many_at_once_shows_count_and_exceptions_first(client_as, poor, monkeypatch, as_web):
    clerk = client_as("village_clerk", VILLAGE)
    _to_the_notice(clerk)
    filters = {"kind": "monitoring", "step": "township", "all": "1"}
    reviewer = client_as("township_reviewer", TOWNSHIP)
    waiting = reviewer.post("/cases/bulk/", filters).content.decode()
    assert "公示到" in waiting
    assert 'name="confirm"' not in waiting
    with as_web():
        closes = Case.objects.get().notice_closes_on
    later = clock.now().replace(year=closes.year + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    # A session does not last until then.
    reviewer = client_as("township_reviewer", TOWNSHIP, username="reviewer-a-year-on")
    page = reviewer.post("/cases/bulk/", filters).content.decode()
    chosen = re.findall(r'name="case" value="(\d+:\d+)"', page)
    assert len(chosen) == 1
    confirmed = {**filters, "confirm": "1", "case": chosen, "back": "", "reason": ""}
    numbered = reviewer.post("/cases/bulk/", {**confirmed, "reason": "电话13800138000"})
    assert "这里像有手机号码" in numbered.content.decode()
    assert reviewer.post("/cases/bulk/", confirmed).status_code == 302
    with as_web():
        assert Case.objects.get().step == "county"
    again = reviewer.post("/cases/bulk/", confirmed)
    assert "没有写入" in again.content.decode()


def test_a_return_page_takes_the_step_that_it_offers(client_as, poor):
    clerk = client_as("village_clerk", VILLAGE)
    address = clerk.post(f"/cases/open/?household={NO}&kind=monitoring", CLUE)["Location"]
    assert _post(clerk, address, VERIFY).status_code == 302
    version = _version(clerk.get(f"{address}return/").content.decode())
    sent = {"step": "verify", "reason": "收入再核", "version": version}
    assert clerk.post(f"{address}return/", sent)["Location"] == address
    assert "第 2 轮" in clerk.get(address).content.decode()
