"""The pages of money to households, from application to the bank's return."""

import re
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Count
from payments_ground import OTHER, SCHEME, TERM, TODAY, VILLAGE, family, household_no
from test_batch_payment import answered

from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import FundLine
from bangfu.books.payments import actions
from bangfu.books.payments.models import Batch, Entitlement, Loan, Stop
from bangfu.books.projects.models import Project
from bangfu.files.policy_folder import policy_in_force

ONE = household_no(1)


def test_who_is_entitled_and_why_not(ground, browser):
    client = browser("clerk")
    page = client.get(f"/payments/entitled/{VILLAGE}/{SCHEME}/").content.decode()
    assert "演示乙次" in page
    assert "演示乙长" not in page
    page = client.get(f"/payments/entitled/{VILLAGE}/{SCHEME}/?all=1").content.decode()
    assert "演示乙长" in page
    assert "不符合" in page
    assert "中职或高职高专在校生" in page


def test_what_is_not_verified_says_so(browser):
    client = browser("clerk")
    page = client.get("/payments/").content.decode()
    # Each amount and each number of a condition, with its own mark.
    of_posts = page.split("公益性岗位补贴</h2>")[1].split("须同时符合")[0]
    assert of_posts.count("payments.post_") == 4
    assert of_posts.count("未核实") == 2  # the pay of a month, and the scheme itself
    of_schools = page.split("雨露计划职业教育补助</h2>")[1].split("须同时符合")[0]
    assert "未核实" not in of_schools
    told = client.get(f"/payments/entitled/{VILLAGE}/public_post/").content.decode()
    assert "请先与当地文件核对" in told and "payments.post_month" in told
    assert "payments.post_oldest" not in told
    assert (
        "请先与当地文件核对"
        not in client.get(f"/payments/entitled/{VILLAGE}/{SCHEME}/").content.decode()
    )


def test_a_village_applies_for_all_at_once(ground, browser):
    client = browser("clerk")
    address = f"/payments/entitled/{VILLAGE}/{SCHEME}/"
    both = [f"{household_no(number)}|2" for number in (1, 2)]
    # One of them does not meet the conditions: none is applied for.
    refused = client.post(address, {"term": TERM, "person": [*both, f"{ONE}|1"]})
    assert refused.status_code == 422
    # What was ticked and typed stays for another try.
    again = client.post(address, {"term": "2019-1", "person": both}).content.decode()
    assert 'value="2019-1"' in again and again.count(" checked>") == 2
    assert ground.look(lambda: Entitlement.objects.count()) == 0
    assert client.post(address, {"term": TERM, "person": both}).status_code == 302
    assert ground.look(lambda: Entitlement.objects.count()) == 2
    assert client.post(address, {"term": TERM, "person": both}).status_code == 422


def test_an_officer_with_hundreds_of_checks(ground, browser, funded, as_web):
    """Filtered, counted, passed whole, sent back with why; more than a page of them."""
    funded(1_000_000)
    with as_web():
        for number in range(100, 160):
            family(number)
    persons = [(household_no(number), "2") for number in range(100, 160)]
    ground.act(
        "clerk",
        actions.apply_for_many,
        policy=policy_in_force(),
        scheme=SCHEME,
        term=TERM,
        place_code=VILLAGE,
        persons=persons,
        today=TODAY,
    )
    reviewer = browser("reviewer")
    page = reviewer.get(f"/payments/checks/?scheme={SCHEME}&place={VILLAGE}").content.decode()
    assert "60" in page and "90,000" in page
    asked = {"entitlement": [], "act": "refuse", "reason": "名册有误"}
    one = ground.look(lambda: Entitlement.objects.earliest("pk").pk)
    blank = reviewer.post("/payments/checks/", asked | {"entitlement": [one], "reason": " "})
    assert blank.status_code == 422
    for unclear in ({"act": ""}, {"act": "send_back"}, {"act": "pass"}):
        answer = reviewer.post("/payments/checks/", asked | {"entitlement": [one]} | unclear)
        assert answer.status_code == 422
        assert "请点“通过”或“退回”" in answer.content.decode()
    sent = reviewer.post("/payments/checks/", asked | {"entitlement": [one]})
    assert sent.status_code == 302
    elsewhere = reviewer.post(f"/payments/checks/?place={OTHER}", {"all": "1", "act": "pass"})
    assert elsewhere.status_code == 422
    assert (
        reviewer.post(f"/payments/checks/?place={VILLAGE}", {"all": "1", "act": "pass"}).status_code
        == 302
    )
    approver = browser("approver")
    passed = approver.post(
        "/payments/checks/approve/", {"all": "1", "act": "pass", "project": "P1"}
    )
    assert passed.status_code == 302
    counted = ground.look(
        lambda: dict(Entitlement.objects.values_list("status").annotate(n=Count("pk")))
    )
    assert counted == {"refused": 1, "approved": 59}


def test_accounts_and_loans_are_recorded_on_their_pages(ground, browser):
    clerk = browser("clerk")
    where = f"/payments/households/{ONE}/accounts/1/"
    stated = {"bank": "农商行", "account": "12", "holder_name": "演示乙长", "holder_number": "1"}
    assert clerk.post(where, stated).status_code == 422
    assert clerk.post(where, stated | {"account": "621000000000011"}).status_code == 302
    page = clerk.get(f"/payments/households/{ONE}/").content.decode()
    assert "尾号 0011" in page and "证件号码不一致" in page and "621000000000011" not in page
    assert clerk.post(where, {"act": "close"}).status_code == 302
    loan = {
        "person_no": "1",
        "number": "QY-1",
        "bank": "农商行",
        "yuan": "50000",
        "percent": "3.45",
        "lent_on": "2025-06-01",
        "due_on": "2026-11-30",
        "purpose": "养殖业",
    }
    new = f"/payments/households/{ONE}/loans/new/"
    assert clerk.post(new, loan | {"yuan": "100001"}).status_code == 422
    early = clerk.post(new, loan | {"lent_on": "0001-01-01"})
    assert early.status_code == 422 and "日期太早" in early.content.decode()
    assert clerk.post(new, loan).status_code == 302
    made = ground.look(lambda: Loan.objects.get())
    assert (made.fen, made.rate) == (5_000_000, Decimal("0.0345"))
    repay = f"/payments/loans/{made.pk}/repay/"
    assert clerk.post(repay, {"yuan": "60000", "paid_on": "2026-02-01"}).status_code == 422
    assert clerk.post(repay, {"yuan": "20000", "paid_on": "2026-02-01"}).status_code == 302
    page = clerk.get("/payments/loans/?only=due").content.decode()
    assert "30,000" in page and ONE in page
    assert ONE not in clerk.get("/payments/loans/?only=overdue").content.decode()


def purpose(as_web, name):
    with as_web():
        Project.objects.filter(number="P1").update(purpose=name)


def test_a_project_of_a_village_pays_nobody_of_another(ground, funded, browser, as_web):
    funded(15_000)
    with as_web():
        family(3, OTHER)
    made = ground.act(
        "neighbour",
        actions.apply,
        policy=policy_in_force(),
        household_no=household_no(3),
        person_no="2",
        today=TODAY,
        scheme=SCHEME,
        term=TERM,
    )
    ground.act("reviewer", actions.check, entitlements=[made.pk])
    approver = browser("approver")
    page = approver.get("/payments/checks/approve/").content.decode()
    assert '<option value="P1">' not in page and "都不能付这里的户" in page
    passed = {"entitlement": [made.pk], "act": "pass", "project": "P1"}
    answer = approver.post("/payments/checks/approve/", passed)
    assert answer.status_code == 422
    assert "不能支付其中 1 户：不住在项目所在的地方" in answer.content.decode()


def test_a_project_pays_the_households_that_its_lines_serve(ground, funded, browser, as_web):
    funded(15_000)
    made = ground.applied(ONE)
    ground.act("reviewer", actions.check, entitlements=[made.pk])
    approver = browser("approver")
    passed = {"entitlement": [made.pk], "act": "pass", "project": "P1"}

    def refused(said: str) -> None:
        page = approver.get("/payments/checks/approve/").content.decode()
        assert '<option value="P1">' not in page and "都不能付这里的户" in page
        answer = approver.post("/payments/checks/approve/", passed)
        assert answer.status_code == 422 and said in answer.content.decode()

    with as_web():
        FundLine.objects.update(areas=[OTHER])
    refused("资金 A 只能用在别的地方")
    with as_web():
        FundLine.objects.update(areas=None, beneficiaries=["监测户"])
    refused("资金 A 只能用于监测户")
    with as_web():
        FundLine.objects.update(beneficiaries=["监测户", "脱贫户"])
    page = approver.get("/payments/checks/approve/").content.decode()
    assert '<option value="P1">' in page
    assert approver.post("/payments/checks/approve/", passed).status_code == 302


def due(client) -> list[str]:
    """The kinds of work that a person's tasks name, with how many."""
    page = client.get("/tasks/").content.decode()
    return re.findall(r'text-secondary">([^<]+)</div><div[^>]*><a href="/[^"]+">\d+</a>', page)


def test_everybody_is_told_of_the_aid_and_the_batch_that_wait_for_him(ground, funded, browser):
    funded(15_000)
    ground.account(ONE)
    made = ground.applied(ONE)
    assert due(browser("reviewer")) == ["待审核的补助"]
    ground.act("reviewer", actions.check, entitlements=[made.pk])
    assert due(browser("reviewer")) == []
    assert due(browser("approver")) == ["待审批的补助"]
    ground.act(
        "approver",
        actions.approve,
        entitlements=[made.pk],
        project="P1",
        policy=policy_in_force(),
    )
    assert due(browser("officer")) == ["待公示的补助"]
    ground.notice(made)
    batch = ground.batch()
    claim = ground.submit(batch)
    assert due(browser("checker")) == ["待审核的报账"]
    ground.act("checker", funds.check_claim, claim_id=claim.pk, day=TODAY)
    cashier, checker = browser("cashier"), browser("checker")
    assert due(cashier) == ["待付款的发放批次"]
    listed = cashier.get("/payments/batches/?status=to_pay").content.decode()
    where = f"/payments/batches/{batch.pk}/"
    assert where in listed
    for address in (f"/funds/claims/{claim.pk}/", f"/funds/claims/{claim.pk}/pay/"):
        page = cashier.get(address).content.decode()
        assert where in page and 'name="voucher"' not in page, address
    assert f"/funds/claims/{claim.pk}/" not in cashier.get("/funds/payments/").content.decode()
    assert f"{where}send/" in cashier.get(where).content.decode()
    page = checker.get(where).content.decode()
    assert f"{where}send/" not in page and "须由不同的人办理" in page


def test_the_walk_of_a_term(ground, funded, browser, as_web):
    funded(15_000)
    ground.account(ONE)
    clerk = browser("clerk")
    assert "1500" in clerk.get("/payments/").content.decode()
    address = f"/payments/households/{ONE}/{SCHEME}/"
    refused = clerk.post(address, {"term": TERM, "person_no": "1"})
    assert refused.status_code == 422
    assert "中职或高职高专在校生" in refused.content.decode()
    sent = clerk.post(address, {"term": TERM, "person_no": "2"})
    assert sent.status_code == 302
    made = ground.look(lambda: Entitlement.objects.get(household_no=ONE))
    passed = {"entitlement": [made.pk], "act": "pass"}
    assert browser("reviewer").post("/payments/checks/", passed).status_code == 302
    approved = {"entitlement": [made.pk], "act": "pass", "project": "P1"}
    approver = browser("approver")
    assert "P1" in approver.get("/payments/checks/approve/").content.decode()
    purpose(as_web, "农村道路")
    page = approver.get("/payments/checks/approve/").content.decode()
    assert '<option value="P1">' not in page
    assert "由用途为“教育帮扶”的项目支付" in page and "1 个项目都不是这个用途" in page
    refused = approver.post("/payments/checks/approve/", approved)
    assert refused.status_code == 422
    assert "项目 P1 的用途是“农村道路”" in refused.content.decode()
    purpose(as_web, "教育帮扶")
    with as_web():
        Project.objects.filter(number="P1").update(stage="tender")
    assert '<option value="P1">' not in approver.get("/payments/checks/approve/").content.decode()
    refused = approver.post("/payments/checks/approve/", approved)
    assert (
        refused.status_code == 422
        and "是建设项目（已经招标），不发放到户" in refused.content.decode()
    )
    with as_web():
        Project.objects.filter(number="P1").update(mode="award")  # paid when it was accepted
    assert '<option value="P1">' in approver.get("/payments/checks/approve/").content.decode()
    with as_web():
        Project.objects.filter(number="P1").update(stage="", mode="claims", task="改造校舍2间")
    assert '<option value="P1">' not in approver.get("/payments/checks/approve/").content.decode()
    refused = approver.post("/payments/checks/approve/", approved)
    assert refused.status_code == 422 and "写有“校舍”" in refused.content.decode()
    with as_web():
        Project.objects.filter(number="P1").update(task="补助职业教育在校生")
    refused = approver.post("/payments/checks/approve/", approved | {"project": "?"})
    assert refused.status_code == 422
    assert approver.post("/payments/checks/approve/", approved).status_code == 302
    officer = browser("officer")
    assert "示例村" in officer.get("/payments/notices/").content.decode()
    put = officer.post("/payments/notices/", {"group": [f"{VILLAGE}|{SCHEME}|{TERM}"]})
    assert put.status_code == 302
    chosen = {"scheme": SCHEME, "term": TERM, "project": "P1"}
    early = browser("officer").post("/payments/batches/new/", chosen)
    assert early.status_code == 422
    officer = browser("officer", later=9)
    assert "1,500" in officer.get("/payments/batches/new/").content.decode()
    assert officer.post("/payments/batches/new/", chosen).status_code == 302
    batch = ground.look(lambda: Batch.objects.get())
    where = f"/payments/batches/{batch.pk}/"
    assert officer.post(f"{where}submit/").status_code == 302
    claim = ground.look(lambda: Batch.objects.get().claim_id)
    checker = browser("checker", later=9)
    roster = checker.get(f"/funds/claims/{claim}/").content.decode()
    assert f"roster-{batch.pk}.csv" in roster
    assert checker.post(f"/funds/claims/{claim}/", {"act": "check"}).status_code == 302
    cashier = browser("cashier", later=9)
    assert cashier.post(f"{where}send/").status_code == 302
    file = cashier.post(f"{where}file/").content
    back = SimpleUploadedFile("back.csv", answered(file))
    assert cashier.post(where, {"file": back}).status_code == 302
    assert "已回盘" in cashier.get(where).content.decode()
    stops = cashier.get(f"{where}stops/").content.decode()
    assert "这一批没有这样的记录。" in stops
    with as_web():
        Stop.objects.create(
            batch=batch, place_code=VILLAGE, entitlement=made, household_no=ONE, reason="dead"
        )
    stops = cashier.get(f"{where}stops/").content.decode()
    assert "示例村" in stops and "已登记死亡" in stops and f">{VILLAGE}<" not in stops
    listed = cashier.get(f"{where}payments/?status=paid").content.decode()
    assert ONE in listed and "已发放" in listed
    cancel = browser("officer", later=9).post(f"{where}cancel/", {"reason": "重做"})
    assert cancel.status_code == 422
    page = browser("clerk", later=9).get(f"/payments/households/{ONE}/").content.decode()
    assert "2026-2 · 1,500 元 · 已发放" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
