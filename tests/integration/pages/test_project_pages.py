"""Pages of projects: proposal to asset in the browser, the list, the year, minutes and commitments."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from bangfu.books.projects.models import Project
from bangfu.site import clock

VILLAGE, TOWNSHIP, COUNTY = "420527101200", "420527101000", "420527000000"
pytestmark = pytest.mark.usefixtures("two_villages")
PROPOSAL = {
    "name": "示例村通组公路硬化项目",
    "purpose": "农村道路",
    "nature": "新建",
    "location": "二组至四组",
    "schedule": "2027年3月至10月",
    "department": "县交通运输局",
    "task": "硬化路面14百米",
    "cost": "550000",
    "financing": "财政资金为主",
    "beneficiaries": "脱贫户、监测户",
    "beneficiary_households": "42",
    "performance_target": "受益农户42户，满意度95%以上",
    "mechanism": "群众监督实施",
    "mode": "claims",
    "need": "组里没有硬化路",
}
MEETING = {
    "attendance": "30",
    "votes_for": "26",
    "votes_against": "3",
    "votes_abstained": "1",
    "minutes": "同意",
}


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def later(monkeypatch):
    """Move the site's clock on by days."""
    moved = [timedelta(0)]
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + moved[0])

    def on(days: int) -> None:
        moved[0] += timedelta(days=days)

    return on


def picture() -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (30, 20), "white").save(written, "PNG")
    return SimpleUploadedFile("site.png", written.getvalue(), "image/png")


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")


def versioned(client, address, data):
    page = client.get(address).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    return client.post(address, {**data, "version": version})


def case_of(client, address) -> str:
    return re.search(r'href="(/cases/\d+/)"', client.get(address).content.decode())[1]


def test_from_proposal_to_asset_in_the_browser(client_as, later):
    clerk = client_as("village_clerk", VILLAGE, id_number="a")
    assert "申报项目" in clerk.get("/projects/").content.decode()
    sent = clerk.post(f"/projects/propose/?place={VILLAGE}", PROPOSAL)
    assert sent.status_code == 302
    address = sent["Location"]
    today = clock.today().isoformat()
    case = case_of(clerk, address)
    assert versioned(clerk, case, {**MEETING, "held_on": today}).status_code == 302
    assert "公示到" in clerk.get(case).content.decode()
    later(11)  # and everybody logs in again
    clerk = client_as("village_team", VILLAGE, id_number="e")
    reviewer = client_as("township_reviewer", TOWNSHIP, id_number="b")
    approver = client_as("county_approver", COUNTY, id_number="c")
    officer = client_as("county_officer", COUNTY, id_number="d")
    passed = {"passes": "pass", "reason": ""}
    assert versioned(reviewer, case, passed).status_code == 302
    assert versioned(approver, case, passed).status_code == 302
    page = officer.get(address).content.decode()
    assert "已入库" in page
    for _ in range(2):  # plan, design
        form = {"done_on": clock.today().isoformat(), "paper_0": pdf(), "paper_1": pdf()}
        assert officer.post(f"{address}stage/", form).status_code == 302
    tender = {
        "done_on": clock.today().isoformat(),
        "method": "询价",
        "party": "示例公司",
        "amount": "520000",
    }
    missing = officer.post(f"{address}stage/", tender)
    assert missing.status_code == 422
    assert "中标（成交）通知书" in missing.content.decode()
    papers = {"paper_0": pdf(), "paper_1": pdf()}
    assert officer.post(f"{address}stage/", {**tender, **papers}).status_code == 302
    begun = {"done_on": clock.today().isoformat(), "paper_0": pdf(), "paper_1": pdf()}
    assert officer.post(f"{address}stage/", begun).status_code == 302
    report = {"percent": "60", "said": "路基完成", "photos": picture()}
    assert clerk.post(f"{address}progress/", report).status_code == 302
    page = clerk.get(address).content.decode()
    assert "照片没有位置" in page
    shown = clerk.get(re.search(r'src="(/projects/\d+/files/\d+/)"', page)[1])
    assert shown["Content-Type"] == "image/jpeg"
    built = {"done_on": clock.today().isoformat(), "paper_0": pdf(), "paper_1": pdf()}
    assert clerk.post(f"{address}stage/", built).status_code == 302
    own = {"held_on": clock.today().isoformat(), "villagers": "9", "measured": "1.4公里"}
    begun = clerk.post(f"{address}acceptance/", {**own, "site_photo": picture()})
    assert begun.status_code == 302
    case = begun["Location"]
    checked = {"seen_on": clock.today().isoformat(), "checked_cost": "515000", **passed}
    assert versioned(reviewer, case, checked).status_code == 302
    decided = {"accepted_cost": "510000", "seen": "核对资料", "sample": "", **passed}
    assert versioned(approver, case, decided).status_code == 302
    results = {"reached_0": "42", "note_0": "", "reached_1": "97", "note_1": ""}
    assert officer.post(f"{address}results/", results).status_code == 302
    left = "通组公路｜公益性｜510000｜二组至四组｜示例村村民委员会"
    over = officer.post(f"{address}hand-over/", {"assets": left, "paper_0": pdf()})
    assert over.status_code == 302
    assert "通组公路" in clerk.get("/assets/").content.decode()
    assert "已移交" in officer.get("/projects/").content.decode()
    page = officer.get(address).content.decode()
    assert 'bg-green-lt">已移交</span>' in page and "已入库" not in page
    officer.post("/language/", {"language": "en"})
    page = officer.get(address).content.decode()
    assert "request for quotations" in page and "询价" not in page
    assert "<dd>new</dd>" in page and "新建" not in page
    assert "rural roads" in page and "农村道路" not in page
    assert "rural roads</td>" in officer.get("/projects/").content.decode()


def test_a_proposal_offers_the_purposes_that_money_may_have(client_as):
    clerk = client_as("village_clerk", VILLAGE)
    form = clerk.get(f"/projects/propose/?place={VILLAGE}").content.decode()
    assert 'list="id_purpose_offered"' in form
    assert '<option value="农村道路" label="农村道路"></option>' in form
    clerk.post("/language/", {"language": "en"})
    again = clerk.get("/projects/propose/").content.decode()
    assert '<option value="农村道路" label="rural roads"></option>' in again
    sent = clerk.post(
        f"/projects/propose/?place={VILLAGE}", {**PROPOSAL, "purpose": "本县自己的说法"}
    )
    amended = clerk.get(f"{sent['Location']}amend/").content.decode()
    assert 'value="本县自己的说法"' in amended and '<option value="农村道路"' in amended


def test_a_proposal_without_a_target_is_told_gently(client_as, later):
    clerk = client_as("village_clerk", VILLAGE)
    sent = clerk.post(f"/projects/propose/?place={VILLAGE}", {**PROPOSAL, "performance_target": ""})
    case = case_of(clerk, sent["Location"])
    versioned(clerk, case, {**MEETING, "held_on": clock.today().isoformat()})
    later(11)
    reviewer = client_as("township_reviewer", TOWNSHIP)
    refused = versioned(reviewer, case, {"passes": "pass", "reason": ""})
    assert refused.status_code == 422
    assert "没有绩效目标，不能入库" in refused.content.decode()
    english = reviewer.get(case, headers={"accept-language": "en"}).content.decode()
    assert "case" in english.lower()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cost": "0"}, "cost"),
        ({"mode": "after"}, "补助"),
        ({"latitude": "31"}, "经度和纬度要一起填"),
        ({"name": ""}, "name"),
    ],
)
def test_what_a_proposal_lacks_stays_on_the_page(client_as, change, says):
    clerk = client_as("village_clerk", VILLAGE)
    answer = clerk.post(f"/projects/propose/?place={VILLAGE}", {**PROPOSAL, **change})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert PROPOSAL["mechanism"] in answer.content.decode()


def test_a_department_sees_projects_and_no_cases(client_as, as_web):
    with as_web():
        project = Project.objects.create(
            number="P1", place_code=VILLAGE, year=2026, name="饮水工程", cost_fen=100,
            performance_target="受益农户1户", status="admitted",
        )  # fmt: skip
    department = client_as("sector_department", COUNTY)
    assert "饮水工程" in department.get("/projects/").content.decode()
    assert department.get(f"/projects/{project.pk}/").status_code == 200
    assert department.get(f"/projects/{project.pk}/progress/").status_code == 403
    stage = {"done_on": clock.today().isoformat(), "paper_0": pdf()}
    assert department.post(f"/projects/{project.pk}/stage/", stage).status_code == 302
    auditor = client_as("auditor", COUNTY)
    assert auditor.get(f"/projects/{project.pk}/").status_code == 200
    assert auditor.post(f"/projects/{project.pk}/stage/", stage).status_code == 403


def test_filters_count_and_the_workbook_has_what_is_seen(client_as, as_web):
    with as_web():
        for number, status in (("P1", "admitted"), ("P2", "proposed")):
            Project.objects.create(
                number=number, place_code=VILLAGE, year=2026, name=f"项目{number}", cost_fen=100,
                performance_target="受益农户1户", status=status, purpose="农村道路",
            )  # fmt: skip
    officer = client_as("county_officer", COUNTY)
    page = officer.get(
        "/projects/?status=admitted&purpose=农村道路&year=2026&find=P1"
    ).content.decode()
    assert "项目P1" in page
    assert "项目P2" not in page
    assert officer.get("/projects/?as=xlsx").content[:2] == b"PK"


def test_the_year_from_list_to_commitment(client_as, later):
    officer = client_as("county_officer", COUNTY)
    year = clock.today().year
    assert (
        officer.post(f"/projects/year/villages/?year={year}", {"villages": "x"}).status_code == 422
    )
    unknown = officer.post(f"/projects/year/villages/?year={year}", {"villages": "无此村 55"})
    assert "这一行不对：无此村 55。没有找到" in unknown.content.decode()
    listed = officer.post(f"/projects/year/villages/?year={year}", {"villages": "示例村 55"})
    assert listed.status_code == 302
    team = {"part": "leader", "name": "示例县领导", "duty": "联村"}
    assert officer.post(f"/projects/year/{VILLAGE}/team/?year={year}", team).status_code == 302
    plan = {"plan": "道路和饮水"}
    assert officer.post(f"/projects/year/{VILLAGE}/plan/?year={year}", plan).status_code == 302
    passed = officer.post(f"/projects/year/key_villages/pass/?year={year}", {"plan": "秭发1号"})
    assert passed.status_code == 302
    minutes = {
        "kind": "village",
        "place_code": VILLAGE,
        "held_on": clock.today().isoformat(),
        "chaired_by": "示例县领导",
        "attended": "县交通运输局",
        "decided": "硬化公路",
        "promises": f"硬化二组公路｜县交通运输局｜400000｜{clock.today().isoformat()}",
    }
    wrong = officer.post("/projects/meetings/new/", {**minutes, "promises": "没有时限"})
    assert wrong.status_code == 422
    held = officer.post("/projects/meetings/new/", minutes)
    assert held.status_code == 302
    assert "硬化二组公路" in officer.get(held["Location"]).content.decode()
    page = officer.get(f"/projects/year/?year={year}").content.decode()
    for words in ("示例县领导", "道路和饮水", "已办结", "已完成，待办结"):
        assert words in page
    later(2)
    officer = client_as("county_officer", COUNTY, username="officer-again")
    assert "逾期 2 天" in officer.get("/projects/commitments/?state=late").content.decode()
    clerk = client_as("village_clerk", VILLAGE)
    assert "会议议定待落实" in clerk.get("/tasks/").content.decode()
    with_it = re.search(
        r"/projects/commitments/\d+/", officer.get("/projects/commitments/").content.decode()
    )[0]
    done = {"done_on": clock.today().isoformat(), "done": "390000", "outcome": "已完工"}
    assert officer.post(with_it, done).status_code == 302
    assert "已落实" in officer.get(with_it).content.decode()


def test_look_alikes_are_shown_with_their_pages(client_as, as_web):
    with as_web():
        for number, department in (("P1", "县交通运输局"), ("P2", "县农业农村局")):
            Project.objects.create(
                number=number, place_code=VILLAGE, year=2026, name="示例村通组公路硬化",
                task="硬化路面", department=department, cost_fen=100,
            )  # fmt: skip
    page = client_as("county_officer", COUNTY).get("/projects/look-alikes/").content.decode()
    assert "同一项目多部门申报" in page


def test_defects_wait_on_the_work_list_until_repaired(client_as, as_web):
    with as_web():
        project = Project.objects.create(
            number="P1", place_code=VILLAGE, year=2026, name="饮水工程", cost_fen=100,
            performance_target="受益农户1户", status="admitted", stage="building",
            started_on=clock.today(),
        )  # fmt: skip
    clerk = client_as("village_clerk", VILLAGE)
    assert clerk.post(f"/projects/{project.pk}/defect/", {"what": "渗漏"}).status_code == 302
    assert "项目缺陷待修复" in clerk.get("/tasks/").content.decode()
    assert "饮水工程" in clerk.get("/projects/?defects=open").content.decode()
    page = clerk.get(f"/projects/{project.pk}/").content.decode()
    repair = re.search(r"/projects/defects/\d+/repair/", page)[0]
    assert clerk.post(repair, {"what": "已补漏"}).status_code == 302
    assert "项目缺陷待修复" not in clerk.get("/tasks/").content.decode()
    given = {
        "kind": "labour",
        "given_on": clock.today().isoformat(),
        "households": "20",
        "quantity": "160",
        "unit": "工日",
        "worth": "16000",
        "note": "",
    }
    assert clerk.post(f"/projects/{project.pk}/contribute/", given).status_code == 302
    assert "16,000" in clerk.get(f"/projects/{project.pk}/").content.decode()


def test_papers_that_are_missing_are_handed_in_one_by_one(client_as, as_web):
    with as_web():
        project = Project.objects.create(
            number="P1", place_code=VILLAGE, year=2026, name="饮水工程", cost_fen=100,
            performance_target="受益农户1户", status="admitted", stage="plan",
        )  # fmt: skip
    address = f"/projects/{project.pk}/"
    clerk = client_as("village_clerk", VILLAGE)
    assert "补交资料" not in clerk.get(address).content.decode()
    assert clerk.get(f"{address}papers/").status_code == 403
    officer = client_as("county_officer", COUNTY)
    assert f"{address}papers/" in officer.get(address).content.decode()
    none = officer.post(f"{address}papers/", {"csrfmiddlewaretoken": ""})
    assert none.status_code == 422
    assert "请至少选一份资料" in none.content.decode()
    assert officer.post(f"{address}papers/", {"paper_0": pdf()}).status_code == 302
    page = officer.get(address).content.decode()
    assert "实施方案" in page
    assert "补交资料" not in page
    assert officer.get(f"{address}papers/").status_code == 409
