"""Pages of supervision: from a quarter's list to a finding that is closed, as officials click it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.lib.planted import flag_of, project_at

from bangfu.books.supervision.models import Plan, Target
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.site import clock

VILLAGE, COUNTY = "420527101200", "420527000000"
pytestmark = pytest.mark.usefixtures("two_villages")
PLAN = {
    "year": "2026",
    "quarter": "4",
    "villages_by_risk": "1",
    "villages_by_lot": "1",
    "projects_by_risk": "1",
    "projects_by_lot": "0",
    "seed_source": "双色球第 2026143 期开奖号码",
}
SEED = "2026143 08 11 19 23 27 33+05"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def road(two_villages):
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        return project_at(VILLAGE, "通组公路")


@pytest.fixture
def later(monkeypatch):
    moved = [timedelta(0)]
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + moved[0])

    def on(days: int) -> None:
        moved[0] += timedelta(days=days)

    return on


def picture(colour: str = "white") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(written, "PNG")
    return SimpleUploadedFile("seen.png", written.getvalue(), "image/png")


def text(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_from_the_list_to_the_closing(client_as, later, road):
    officer = client_as("county_officer", id_number="a")
    made = officer.post("/watch/inspections/", PLAN)
    assert made.status_code == 302
    plan = made["Location"]
    page = text(officer, plan)
    assert "明天起可以填种子" in page
    assert "从未督查" in page
    later(1)
    officer = client_as("county_approver", username="second", id_number="b")
    assert officer.post(plan, {"seed": SEED}).status_code == 302
    page = text(officer, plan + "?chosen=yes&kind=project")
    assert SEED in page
    target = page.split('href="/watch/inspections/targets/')[1].split("/")[0]
    seen = {"visited_on": clock.today().isoformat(), "inspectors": "督查一组", "seen": "路面开裂"}
    visit = officer.post(f"/watch/inspections/targets/{target}/", seen)["Location"]
    assert "没有登记问题" in text(officer, visit)
    number = visit.rstrip("/").rsplit("/", 1)[1]
    form = text(officer, f"/watch/findings/new/?visit={number}")
    assert f'value="P-{VILLAGE}"' in form
    told = {"subject_kind": "project", "subject": f"P-{VILLAGE}", "severity": "grave"}
    sent = officer.post(
        f"/watch/findings/new/?visit={number}",
        {**told, "what": "路面开裂 20 米", "evidence": picture()},
    )
    finding = sent["Location"]
    assert "下达整改通知" in text(officer, finding)
    order = {"demand": "返工", "answers_role": "sector_department", "unit": "县交通运输局"}
    assert officer.post(f"{finding}next/", order).status_code == 302
    department = client_as("sector_department", id_number="c")
    assert "通组公路" not in text(department, "/watch/?state=mine")
    assert "路面开裂 20 米" in text(department, "/watch/?state=mine")
    bare = department.post(f"{finding}next/", {"said": "已返工"})
    assert bare.status_code == 422
    done = {"said": "已返工", "evidence": picture("grey")}
    assert department.post(f"{finding}next/", done).status_code == 302
    own = department.post(f"{finding}next/", {"passes": "yes", "said": "好了"})
    assert own.status_code == 422
    assert "没有办理这一项的角色" in own.content.decode()
    looked = {"passes": "yes", "said": "现场看过"}
    assert officer.post(f"{finding}next/", looked).status_code == 302
    assert officer.post(f"{finding}next/", {"said": "同意"}).status_code == 422  # looked himself
    closer = client_as("county_approver", username="third", id_number="d")
    assert closer.post(f"{finding}next/", {"said": "同意销号"}).status_code == 302
    page = text(closer, finding)
    assert "已销号" in page
    assert closer.get(f"{finding}next/").status_code == 409
    shown = closer.get(page.split('<img src="')[1].split('"')[0])
    assert shown["Content-Type"] == "image/jpeg"
    assert "已督查" in text(closer, plan)


def test_a_village_is_named_and_one_that_is_not_found_is_said(client_as, road):
    officer = client_as("county_officer")
    told = {"subject_kind": "village", "severity": "ordinary", "what": "x"}
    unknown = officer.post("/watch/findings/new/", {**told, "subject": "无此村"})
    assert unknown.status_code == 422
    assert "没有找到。请核对名称" in unknown.content.decode()
    named = officer.post("/watch/findings/new/", {**told, "subject": "示例村"})
    assert named.status_code == 302
    assert "示例村" in text(officer, named["Location"])


def test_a_late_order_stands_on_the_task_desk(client_as, later, road):
    officer = client_as("county_officer")
    told = {"subject_kind": "village", "subject": VILLAGE, "severity": "grave", "what": "账目不清"}
    finding = officer.post("/watch/findings/new/", told)["Location"]
    assert "督查问题" in text(officer, "/tasks/")
    order = {"demand": "补账", "answers_role": "village_clerk", "unit": "示例村"}
    assert officer.post(f"{finding}next/", order).status_code == 302
    later(30)
    clerk = client_as("village_clerk", VILLAGE)
    tasks = text(clerk, "/tasks/")
    assert "/watch/?state=mine" in tasks
    assert "逾期" in text(clerk, "/watch/?state=late")
    beside = client_as("village_clerk", "420527102201")
    assert beside.get(finding).status_code == 404
    assert "账目不清" not in text(beside, "/watch/")
    assert (
        officer.get(finding).status_code == 302
    )  # the session is over: nobody stays in for a month


def test_a_flag_travels_with_its_sentence(client_as, road):
    officer = client_as("county_officer")
    flag = flag_of(COUNTY, "进度慢")["red_flag"]
    page = text(officer, f"/red-flags/{flag}/")
    assert re.search(r"\S+县 进度慢", page)
    assert "比上年增加÷上年小于10.00 %" in page
    to_finding = officer.post(f"/red-flags/{flag}/", {"act": "finding", "reason": "去看"})
    assert to_finding["Location"] == f"/watch/findings/new/?flag={flag}"
    form = text(officer, to_finding["Location"])
    assert "来自疑点：进度慢" in form
    told = {"subject_kind": "project", "subject": f"P-{VILLAGE}", "severity": "ordinary"}
    finding = officer.post(to_finding["Location"], {**told, "what": "进度慢"})["Location"]
    assert "进度慢" in text(officer, finding)
    assert f"/red-flags/{flag}/" in officer.get(finding).content.decode()
    assert officer.get("/watch/findings/new/?flag=999999").status_code == 404


def test_plans_are_the_county_s(client_as):
    clerk = client_as("village_clerk", VILLAGE)
    assert clerk.get("/watch/inspections/").status_code == 403
    auditor = client_as("auditor")
    assert "新的季度计划" not in text(auditor, "/watch/inspections/")
    assert client_as("finance").post("/watch/inspections/", PLAN).status_code == 422


def test_a_harmful_file_is_refused_in_words(client_as, road):
    officer = client_as("county_officer")
    told = {"subject_kind": "village", "subject": VILLAGE, "severity": "ordinary", "what": "x"}
    script = SimpleUploadedFile("a.png", b"<script>alert(1)</script>", "image/png")
    sent = officer.post("/watch/findings/new/", {**told, "evidence": script})
    assert sent.status_code == 422
    assert "a.png" in sent.content.decode()
    shown = officer.post("/watch/findings/new/", {**told, "what": "<script>alert(1)</script>"})
    assert "&lt;script&gt;" in text(officer, shown["Location"])


def test_a_finding_is_traced_back(client_as, road):
    officer = client_as("county_officer")
    told = {"subject_kind": "project", "subject": f"P-{VILLAGE}", "severity": "ordinary"}
    finding = officer.post("/watch/findings/new/", {**told, "what": "路面开裂"})["Location"]
    page = text(officer, f"{finding}trace/")
    assert "登记缺陷" in page
    assert "登记督查问题" in page
    assert "没有参与其他项目" in page
    village = {"subject_kind": "village", "subject": VILLAGE, "severity": "ordinary", "what": "x"}
    wide = officer.post("/watch/findings/new/", village)["Location"]
    assert f"P-{VILLAGE}" in text(officer, f"{wide}trace/")
    register = text(officer, f"/watch/projects/{road['project']}/")
    assert "终身责任：通组公路" in register
    assert client_as("village_clerk", VILLAGE).get(f"{finding}trace/").status_code == 403


def test_a_bulletin_is_drafted_mended_issued_and_printed(client_as, road):
    approver = client_as("county_approver")
    drafted = approver.post("/watch/bulletins/", {"year": "2026", "half": "2"})
    bulletin = drafted["Location"]
    assert "督查开展情况" in text(approver, bulletin)
    mended = {"title": "通报", "body": "一、情况\n\n都好。"}
    assert approver.post(bulletin, mended).status_code == 302
    assert approver.post(bulletin, {"number": ""}).status_code == 422
    assert approver.post(bulletin, {"number": "秭督通〔2026〕2号"}).status_code == 302
    page = text(approver, bulletin)
    assert "已签发" in page
    assert "<textarea" not in page
    assert "已签发" in approver.post(bulletin, mended).content.decode()
    paper = approver.get(f"{bulletin}pdf/")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content[:5] == b"%PDF-"


def test_a_project_drawn_for_acceptance_says_what_is_missing(client_as, road):
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        today = clock.today()
        plan = Plan.objects.create(
            place_code=COUNTY, year=2026, quarter=4, purpose="acceptance", seed_source="开奖号码",
            villages_by_risk=0, villages_by_lot=0, projects_by_risk=0, projects_by_lot=1,
            village_digest="0" * 64, project_digest="0" * 64, fixed_on=today - timedelta(days=2),
            seed=SEED, drawn_on=today, drawn_by="tester",
        )  # fmt: skip
        target = Target.objects.create(
            plan=plan, place_code=VILLAGE, kind="project", key=f"P-{VILLAGE}", name="通组公路", weight=1,
            why_zh="待验收", why_en="waits", chosen="lot", turn=1,
        )  # fmt: skip
    officer, own = client_as("county_officer"), f"/projects/{road['project']}/"
    where = f"/watch/inspections/targets/{target.pk}/"
    page = text(officer, own)
    assert "被抽中到现场看，还没有督查记录" in page
    assert f'href="{where}"' in page
    officer.post("/language/", {"language": "en"})
    assert "no visit is on record. Go there, then record who went" in text(officer, own)
    officer.post("/language/", {"language": "zh-hans"})
    seen = {"visited_on": today.isoformat(), "inspectors": "验收一组", "seen": "路面平整"}
    bare = officer.post(where, seen)
    assert (bare.status_code, "至少附 1 件现场照片或材料" in bare.content.decode()) == (422, True)
    visit = officer.post(where, {**seen, "papers": picture()})["Location"]
    shown = text(officer, visit).split('<img src="')[1].split('"')[0]
    assert officer.get(shown)["Content-Type"] == "image/jpeg"
    assert "已到现场：验收一组" in text(officer, own)


def test_who_sees_no_persons_is_offered_no_household(client_as):
    option = '<option value="household">'
    assert option in text(client_as("county_officer", COUNTY), "/watch/findings/new/")
    assert option not in text(client_as("finance", COUNTY), "/watch/findings/new/")
