"""The pages of the money, as a department and two people of finance use them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bangfu.books.accounts.models import Operator
from bangfu.books.funds import actions
from bangfu.books.funds.models import Balance, Claim, Contract, FundLine, MonthSeal, Payment, Plan
from bangfu.books.notices import actions as notices
from bangfu.books.notices.models import Notice
from bangfu.books.projects.models import Project
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.site import clock

COUNTY = "420527000000"
DAY = date(2026, 11, 2)
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")
PAPERS = ("contract", "notice", "invoice", "progress", "photos")
TERMS = {
    "project": "P1", "basis": "contract", "number": "合1", "title": "通村路", "payee": "某建设公司",
    "payee_code": "", "yuan": "80.00", "signed_on": "2026-11-02",
}  # fmt: skip


@pytest.fixture
def money(two_villages):
    """60 of A and 40 of B planned for P1; 100 of A's and 10 of B's cash are there."""
    with within(EVERYWHERE, by="planner"):
        for number in "AB":
            FundLine.objects.create(
                number=number,
                place_code=COUNTY,
                year=2026,
                name=f"资金{number}",
                fund_class="fiscal",
            )
        Project.objects.create(
            number="P1", place_code="420527101200", year=2026, name="通村路", cost_fen=20_000,
            performance_target="受益50户", status="admitted", stage="built", started_on=DAY, built_on=DAY,
        )  # fmt: skip
        for line, quota, cash in (("A", 100, 100), ("B", 50, 10)):
            here = {"by": "planner", "place_code": COUNTY, "line": line, "day": DAY}
            actions.announce(**here, fen=quota * 100)
            actions.receive(**here, fen=cash * 100)
        plan = actions.propose_plan(
            by="planner", place_code=COUNTY, year=2026, title="方案", problem_hash="0" * 64,
            pieces=[("A", "P1", 6000), ("B", "P1", 4000)],
        )  # fmt: skip
    with within(EVERYWHERE, by="approver"):
        actions.approve_plan(by="approver", plan=plan, day=DAY)
        actions.post_plan(by="approver", plan=plan, day=DAY)


@pytest.fixture
def people(money, client_as, monkeypatch):
    return (
        client_as("sector_department", username="dept"),
        client_as("finance", username="checker"),
        client_as("finance", username="payer"),
    )


def at(response, name):
    """Where a form led."""
    assert response.status_code == 302, response.content.decode()[-3000:]
    assert re.fullmatch(rf"/funds/{name}/\d+/", response["Location"]), response["Location"]
    return response["Location"]


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def attach(client, claim, code, content=""):
    body = f"%PDF-1.7 {content or code} %%EOF".encode()
    file = SimpleUploadedFile(f"{code}.pdf", body, "application/pdf")
    return client.post(claim, {"act": "paper", "code": code, "file": file})


@pytest.fixture
def lodged(people):
    """The address of a lodged claim of 20 on a contract of 80."""
    dept, _, _ = people
    contract = at(dept.post("/funds/contracts/new/", TERMS), "contracts")
    claim = at(
        dept.post(contract + "claim/", {"kind": "progress", "yuan": "20", "note": ""}), "claims"
    )
    for code in PAPERS:
        assert attach(dept, claim, code).status_code == 302
    assert dept.post(claim, {"act": "lodge"}).status_code == 302
    return claim


def test_from_contract_to_payment_in_the_browser(people, lodged):
    _, checker, payer = people
    assert "待财政审核" in words(checker.get(lodged))
    assert checker.post(lodged, {"act": "check"}).status_code == 302
    for address in (lodged, lodged + "pay/"):
        page = checker.get(address).content.decode()
        assert "须由不同的人办理" in page and 'name="voucher"' not in page, address
    desk = words(payer.get("/funds/payments/"))
    assert "某建设公司 P1 20 2 0" in desk
    paid = at(payer.post(lodged + "pay/", {"lines": ["A", "B"], "voucher": "凭1"}), "payments")
    again = payer.post(lodged + "pay/", {"lines": ["A", "B"], "voucher": "凭2"})
    assert again.status_code == 409
    assert "已经付清" in again.content.decode()
    assert "金额 20 元" in words(payer.get(paid))
    assert "已付清" in words(payer.get("/funds/claims/"))
    with within(EVERYWHERE, by="tester"):
        assert Payment.objects.get().paid_by == "payer"
        left = dict(Balance.objects.filter(stage="received").values_list("line__number", "amount"))
        assert left == {"A": 8800, "B": 200}


def test_everybody_s_home_tells_what_of_the_money_waits_for_him(people, lodged, client_as):
    """Each count leads to as many rows as it says."""
    dept, checker, payer = people
    assert checker.get("/")["Location"] == "/tasks/"

    def due(client):
        page = client.get("/tasks/").content.decode()
        return {
            label: (int(count), address)
            for label, address, count in re.findall(
                r'text-secondary">([^<]+)</div><div[^>]*><a href="(/[^"]+)">(\d+)</a>', page
            )
        }

    assert due(checker) == due(payer) == {"待审核的报账": (1, "/funds/claims/?status=lodged")}
    assert due(dept) == {}
    assert "现在没有等您办理的事" in words(dept.get("/tasks/"))
    assert checker.get("/funds/claims/?status=lodged").content.decode().count(lodged) == 1
    checker.post(lodged + "return/", {"reasons": ["no_notice"], "note": "公示只有五天"})
    assert due(dept) == {"财政退回的报账": (1, "/funds/claims/?status=returned")}
    assert due(checker) == {}
    assert due(client_as("county_approver")) == {}


def test_a_contract_beyond_its_award_is_refused_at_its_fields(people):
    dept, _, _ = people
    with within(EVERYWHERE, by="tester"):
        Project.objects.update(contractor="某建设公司", contract_fen=7_999)
    refused = dept.post("/funds/contracts/new/", TERMS | {"payee": "别的公司"})
    page = refused.content.decode()
    assert refused.status_code == 422
    for field in ("payee", "yuan"):
        assert f'<a class="alert-link" href="#id_{field}">' in page
    assert "中标（承建）单位是“某建设公司”" in page and "最多再签 79.99 元" in page


def test_what_is_missing_is_told_as_a_list(people):
    dept, _, _ = people
    contract = at(dept.post("/funds/contracts/new/", TERMS), "contracts")
    claim = at(
        dept.post(contract + "claim/", {"kind": "advance", "yuan": "33", "note": ""}), "claims"
    )
    attach(dept, claim, "contract")
    refused = dept.post(claim, {"act": "lodge"})
    assert refused.status_code == 422
    told = words(refused)
    for sentence in (
        "没有公告公示：缺公告公示证明。",
        "材料不全：缺发票或财政票据。",
        "没有合同或招投标手续：缺中标通知书或采购手续。",
        "到预付款为止最多报 32.00 元",
    ):
        assert sentence in told
    with within(EVERYWHERE, by="tester"):
        assert Claim.objects.get().status == "draft"


def test_a_paper_is_had_back_as_it_was_and_removed(people):
    dept, checker, _ = people
    contract = at(dept.post("/funds/contracts/new/", TERMS), "contracts")
    claim = at(dept.post(contract + "claim/", {"kind": "final", "yuan": "1", "note": ""}), "claims")
    attach(dept, claim, "invoice", "发票内容")
    page = checker.get(claim).content.decode()
    [address] = set(re.findall(r"/funds/papers/\d+/", page))
    assert checker.get(address).content == "%PDF-1.7 发票内容 %%EOF".encode()
    number = address.split("/")[-2]
    assert dept.post(claim, {"act": "remove", "paper": number}).status_code == 302
    assert checker.get(address).status_code == 404
    word = SimpleUploadedFile("x.pdf", b"MZ not a pdf", "application/pdf")
    assert dept.post(claim, {"act": "paper", "code": "invoice", "file": word}).status_code == 422


def test_a_project_s_page_tells_its_money_to_who_sees_the_ledger(people, lodged, client_as):
    dept, _, _ = people
    with within(EVERYWHERE, by="tester"):
        address = f"/projects/{Project.objects.get().pk}/"
    money = dept.get(address).content.decode().split('id="money"')[1].split("card-footer")[0]
    rows = [re.findall(r">([\d.]+)</a>", row) for row in money.split("<tr>")[2:]]
    # 48 of A and 32 of B are under contract; A has claimed 12 and B 8.
    assert rows == [["60", "48", "12", "0"], ["40", "32", "8", "0"]]
    for link in re.findall(r'href="([^"]+)"', money):
        assert dept.get(link.replace("&amp;", "&")).status_code == 200, link
    clerk = client_as("village_clerk", "420527101200")
    assert 'id="money"' not in clerk.get(address).content.decode()


def test_a_day_before_the_books_began_is_refused(people):
    dept, checker, _ = people
    with within(EVERYWHERE, by="tester"):
        line = FundLine.objects.get(number="A")
    paper = {"kind": "announce", "yuan": "1", "cash_yuan": "", "document": "文1", "memo": ""}
    for client, address, sent in (
        (dept, "/funds/contracts/new/", TERMS | {"signed_on": "0001-01-01"}),
        (checker, f"/funds/lines/{line.pk}/enter/", paper | {"issued_on": "1026-11-02"}),
    ):
        refused = client.post(address, sent)
        assert refused.status_code == 422 and "日期太早，最早 2013-01-01" in words(refused)


def test_each_act_is_for_its_own_people(people, lodged):
    dept, checker, payer = people
    assert "审核通过" not in words(dept.get(lodged))
    assert dept.post(lodged, {"act": "check"}).status_code == 403
    assert checker.post("/funds/contracts/new/", TERMS).status_code == 403
    assert checker.post(lodged, {"act": "check"}).status_code == 302
    refused = checker.post(lodged + "pay/", {"lines": ["A"], "voucher": "凭1"})
    assert refused.status_code == 422 and "不同的人" in words(refused)
    assert dept.get(lodged + "pay/").status_code == 403
    assert payer.post(lodged + "pay/", {"lines": ["A"], "voucher": "凭1"}).status_code == 302


def test_a_line_without_cash_is_told(people, lodged):
    _, checker, payer = people
    with within(EVERYWHERE, by="planner"):
        actions.take_back(
            by="planner", place_code=COUNTY, line="B", day=DAY, fen=1000, cash_fen=900
        )
    checker.post(lodged, {"act": "check"})
    assert "资金未到位，差 7 元" in words(payer.get(lodged))
    refused = payer.post(lodged + "pay/", {"lines": ["A", "B"], "voucher": "凭1"})
    assert refused.status_code == 422
    assert "B 的“到位”只有 1.00 元，需要 8.00 元" in words(refused)
    at(payer.post(lodged + "pay/", {"lines": ["A"], "voucher": "凭1"}), "payments")


def test_a_claim_goes_back_with_its_reasons(people, lodged):
    dept, checker, _ = people
    assert checker.post(lodged + "return/", {"reasons": [], "note": ""}).status_code == 422
    sent = {"reasons": ["no_notice", "false_voucher"], "note": "公示只有五天"}
    assert checker.post(lodged + "return/", sent).status_code == 302
    told = words(dept.get(lodged))
    assert "没有公告公示" in told and "公示只有五天" in told
    with within(EVERYWHERE, by="tester"):
        assert Contract.objects.get().claimed_fen == 0


def test_a_payment_bounces_and_money_comes_back(people, lodged):
    _, checker, payer = people
    checker.post(lodged, {"act": "check"})
    paid = at(payer.post(lodged + "pay/", {"lines": ["A", "B"], "voucher": "凭1"}), "payments")
    assert payer.post(paid, {"act": "bounce", "bounce-reason": ""}).status_code == 422
    assert payer.post(paid, {"act": "bounce", "bounce-reason": "账号错"}).status_code == 302
    assert "已退汇" in words(payer.get(paid))
    paid = at(payer.post(lodged + "pay/", {"lines": ["A", "B"], "voucher": "凭2"}), "payments")
    sent = {"act": "recover", "recover-yuan": "5.01", "recover-reason": "审计核减"}
    assert payer.post(paid, sent).status_code == 302
    assert "追回 5.01 元" in words(payer.get(paid))


def test_a_movement_is_entered_with_its_paper(people):
    _, checker, _ = people
    with within(EVERYWHERE, by="tester"):
        line = FundLine.objects.get(number="A")
    sent = {
        "kind": "receive", "yuan": "12.34", "cash_yuan": "", "document": "秭财〔2026〕9号",
        "issued_on": "2026-11-01", "memo": "",
    }  # fmt: skip
    address = f"/funds/lines/{line.pk}/enter/"
    early = checker.post(address, sent)
    assert early.status_code == 422 and "先登记指标" in words(early)
    assert checker.post(address, sent | {"kind": "announce"}).status_code == 302
    assert checker.post(address, sent).status_code == 302
    twice = checker.post(address, sent | {"kind": "announce"})
    assert twice.status_code == 422
    assert "已按文号 秭财〔2026〕9号 登记过同样的指标下达 12.34 元" in words(twice)
    another = sent | {"kind": "announce", "again": "on"}
    assert checker.post(address, another).status_code == 302
    told = words(checker.get(f"/funds/lines/{line.pk}/?stage=received"))
    assert "12.34" in told and "秭财〔2026〕9号" in told
    short = checker.post(address, sent | {"kind": "bring_in"})
    assert short.status_code == 422 and "余额不足" in words(short)


def cells(page, table):
    """The rows of a table on a page, as lists of words."""
    body = page.content.decode().split(f'id="{table}"')[1].split("<tbody>")[1].split("</tbody>")[0]
    return [
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        for row in body.split("<tr>")[1:]
    ]


def test_figures_lead_to_the_rows_they_count(people, lodged):
    """The movements behind each figure of the list sum to it; an outside account is told negative."""
    _, checker, payer = people
    checker.post(lodged, {"act": "check"})
    payer.post(lodged + "pay/", {"lines": ["A"], "voucher": "凭1"})
    page = checker.get("/funds/").content.decode()
    figures = re.findall(r'href="(/funds/lines/\d+/\?[^"#]+)#movements">([\d,.]+)<', page)
    assert len(figures) == 14
    for address, figure in figures:
        if figure == "0":
            continue
        rows = cells(checker.get(address.replace("&amp;", "&")), "movements")
        moved = sum(Decimal(row[5].replace(",", "")) for row in rows)
        assert abs(moved) == Decimal(figure.replace(",", "")), address
    with within(EVERYWHERE, by="tester"):
        line = FundLine.objects.get(number="A")
    told = words(checker.get(f"/funds/lines/{line.pk}/?project=P1"))
    assert "60" in told and "计划安排" in told
    told = words(checker.get(f"/funds/lines/{line.pk}/"))
    assert "尚未安排的指标" in told and "已签合同、未报账" in told
    checker.post("/language/", {"language": "en"})
    assert "announced, not allocated" in words(checker.get(f"/funds/lines/{line.pk}/"))
    book = checker.get(f"/funds/lines/{line.pk}/?as=xlsx")
    assert book.content[:2] == b"PK"


@pytest.fixture
def december(money, client_as, monkeypatch):
    """Somebody of a department and of finance, after the month of the planted money is over."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 5, 2, tzinfo=UTC))
    return client_as("sector_department", username="dept"), client_as("finance", username="checker")


def test_what_a_seal_holds_is_seen_before_and_its_digest_after(december):
    dept, checker = december
    months = "/funds/months/"
    assert 'type="month" value="2026-11"' in re.sub(
        r'name="month" ', "", checker.get(months).content.decode()
    )
    looked = checker.get(f"{months}?month=2026-11")
    told = words(looked)
    # Quota of A and B, cash of both, one plan of two lines.
    assert "全部凭证 5 张" in told and "封账不能撤销" in told and "2026-11-30 及以前" in told
    for row in ("指标 4 150 100", "已安排 2 100 0", "到位 2 110 0"):
        assert row in told
    assert "A 资金A · 3 张凭证" in told
    assert "要封存" not in words(dept.get(f"{months}?month=2026-11"))
    assert dept.post(months, {"month": "2026-11"}).status_code == 422
    address = checker.post(months, {"month": "2026-11"})["Location"]
    assert re.search(r"[0-9a-f]{64}", words(checker.get(months)))
    heads = cells(checker.get(address), "heads")
    assert [row[0] for row in heads] == ["A", "B"]
    assert all(re.fullmatch("[0-9a-f]{64}", row[3]) for row in heads)
    for again in (
        checker.post(months, {"month": "2026-11"}),
        checker.get(f"{months}?month=2026-10"),
    ):
        assert again.status_code == 422 and "已封" in words(again)


def test_the_running_month_is_not_sealed(december):
    _, checker = december
    for refused in (
        checker.get("/funds/months/?month=2026-12"),
        checker.post("/funds/months/", {"month": "2026-12"}),
    ):
        assert refused.status_code == 422
        assert "2026 年 12 月还没有过完，2027-01-01 起才能封账" in words(refused)
    with within(EVERYWHERE, by="tester"):
        assert not MonthSeal.objects.exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_speaks_both_languages(people, lodged, language):
    dept, checker, payer = people
    for client in people:
        client.post("/language/", {"lang": language, "next": "/"})
    with within(EVERYWHERE, by="tester"):
        line = FundLine.objects.get(number="A")
        contract = Contract.objects.get()
    addresses = [
        "/funds/", f"/funds/lines/{line.pk}/", "/funds/contracts/", "/funds/claims/",
        f"/funds/contracts/{contract.pk}/", lodged, "/funds/payments/", "/funds/months/",
    ]  # fmt: skip
    for address in addresses:
        assert checker.get(address).status_code == 200, address
    for address in ("/funds/contracts/new/", f"/funds/contracts/{contract.pk}/claim/",
                    f"/funds/contracts/{contract.pk}/end/"):  # fmt: skip
        assert dept.get(address).status_code == 200, address
    for address in (lodged + "return/", lodged + "pay/", f"/funds/lines/{line.pk}/enter/"):
        assert payer.get(address).status_code == 200, address


@pytest.fixture
def planners(people, client_as):
    return (
        client_as("county_officer", username="officer"),
        client_as("county_approver", username="chief"),
    )


CHANGED = {"title": "年中调整", "reason": "P2 水毁", "pieces": "A|P1|70\nB｜P1｜30"}


def proposed(planners):
    """The address of a proposed amendment of the plan: 70 of A and 30 of B, not 60 and 40."""
    officer, _ = planners
    with within(EVERYWHERE, by="tester"):
        plan = Plan.objects.get()
    assert "提出调整" in words(officer.get(f"/funds/plans/{plan.pk}/"))
    return at(officer.post(f"/funds/plans/{plan.pk}/amend/", CHANGED), "plans")


def test_a_plan_that_is_not_posted_is_withdrawn_with_a_reason(money, planners):
    officer, chief = planners
    with within(EVERYWHERE, by="planner"):
        plan = actions.propose_plan(
            by="planner", place_code=COUNTY, year=2027, title="多打了零", problem_hash="0" * 64,
            pieces=[("A", "P1", 9_999)],
        )  # fmt: skip
    address = f"/funds/plans/{plan.pk}/"
    assert "撤回这份计划" in words(officer.get(address))
    assert chief.post(address, {"act": "withdraw", "reason": ""}).status_code == 422
    assert officer.post(address, {"act": "withdraw", "reason": "多打了零"}).status_code == 302
    assert "已撤回" in words(officer.get(address))
    assert "撤回这份计划" not in words(officer.get(address))
    assert chief.post(address, {"act": "approve"}).status_code == 409


def after_the_notice(monkeypatch, *clients):
    """Eleven days later, logged in anew."""
    later = clock.now() + timedelta(days=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    for client, name in zip(clients, ("officer", "chief"), strict=True):
        client.cookies.clear()  # the session of eleven days ago is over
        with within(EVERYWHERE, by=name):
            client.force_login(
                Operator.objects.get(username=name),
                backend="bangfu.books.accounts.backends.OperatorBackend",
            )


def test_a_plan_is_amended_in_the_browser(lodged, planners, monkeypatch):
    officer, chief = planners
    with within(EVERYWHERE, by="tester"):
        plan = Plan.objects.get()
    refused = officer.post(f"/funds/plans/{plan.pk}/amend/", CHANGED)
    assert refused.status_code == 422
    assert "B → P1 已签合同 32.00 元，不能调到 30.00 元" in words(refused)
    sent = CHANGED | {"pieces": "A|P1|70\nB|P1|35"}
    amendment = at(officer.post(f"/funds/plans/{plan.pk}/amend/", sent), "plans")
    # 48 of A and 32 of B are under contract; A has claimed 12 and B 8.
    assert cells(officer.get(amendment), "changes") == [
        ["P1 通村路", "A 资金A", "60", "70", "10", "48", "12", "0"],
        ["P1 通村路", "B 资金B", "40", "35", "-5", "32", "8", "0"],
    ]
    assert chief.post(amendment, {"act": "withdraw", "reason": ""}).status_code == 422
    assert chief.post(amendment, {"act": "withdraw", "reason": "B 不够"}).status_code == 302
    sent = CHANGED | {"pieces": "A|P1|60.00\nB|P1|35"}
    amendment = at(officer.post(f"/funds/plans/{plan.pk}/amend/", sent), "plans")
    assert officer.post(amendment, {"act": "approve"}).status_code == 403
    assert officer.post(amendment, {"act": "notice"}).status_code == 409
    assert chief.post(amendment, {"act": "approve"}).status_code == 302
    assert "待公示的计划调整" in words(officer.get("/tasks/"))
    assert amendment in officer.get("/funds/plans/?status=to_notice").content.decode()
    assert chief.post(amendment, {"act": "notice"}).status_code == 403
    assert officer.post(amendment, {"act": "notice"}).status_code == 302
    page = chief.get(amendment).content.decode()
    [notice] = re.findall(r"/public/notices/\d+/", page)
    assert "通村路" in words(chief.get(notice)) and "95.00" in words(chief.get(notice))
    assert chief.post(amendment, {"act": "post"}).status_code == 409
    assert "待记账的计划调整" not in words(chief.get("/tasks/"))
    after_the_notice(monkeypatch, officer, chief)
    assert "待记账的计划调整" in words(chief.get("/tasks/"))
    assert amendment in chief.get("/funds/plans/?status=to_post").content.decode()
    assert officer.post(amendment, {"act": "post"}).status_code == 403
    assert "调整记账" in words(chief.get(amendment))
    assert chief.post(amendment, {"act": "post"}).status_code == 302
    with within(EVERYWHERE, by="tester"):
        left = Balance.objects.filter(line__number="B", stage="announced").get()
        assert left.amount == 1500
        assert list(Plan.objects.order_by("version").values_list("status", flat=True)) == [
            "replaced", "withdrawn", "posted",
        ]  # fmt: skip
    assert "第 3 版" in words(chief.get(f"/funds/plans/{plan.pk}/"))
    assert officer.get(f"/funds/plans/{plan.pk}/amend/").status_code == 409


def test_what_an_amendment_may_not_name(planners):
    officer, _ = planners
    with within(EVERYWHERE, by="tester"):
        plan = Plan.objects.get()
    for pieces, told in (
        ("A|P1|60", "与现行计划相同"),
        ("A|P1|6\nA|P1|7", "A → P1 重复列入"),
        ("C|P1|0", "现行计划没有 C → P1"),
        ("A|P1", "这一行不对"),
        ("A|P9|5", "账上没有这个项目编号"),
    ):
        refused = officer.post(f"/funds/plans/{plan.pk}/amend/", CHANGED | {"pieces": pieces})
        assert refused.status_code == 422 and told in words(refused), pieces


def test_an_objection_holds_an_amendment(planners, monkeypatch):
    officer, chief = planners
    amendment = proposed(planners)
    chief.post(amendment, {"act": "approve"})
    officer.post(amendment, {"act": "notice"})
    with within(EVERYWHERE, by="tester"):
        [notice] = Notice.objects.all()
        objection = notices.enter_objection(
            by="tester",
            notice=notice,
            grounds="路还没修完",
            received_on=clock.today(),
            now=clock.now(),
        )
    after_the_notice(monkeypatch, officer, chief)
    assert "1 条异议待答复" in words(chief.get(amendment))
    assert chief.post(amendment, {"act": "post"}).status_code == 409
    with within(EVERYWHERE, by="tester"):
        notices.answer_objection(
            by="tester", objection=objection, answer="不影响", upheld=False, now=clock.now()
        )
    assert chief.post(amendment, {"act": "post"}).status_code == 302
