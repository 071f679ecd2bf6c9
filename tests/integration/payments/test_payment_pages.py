"""The pages of money to households, from application to the bank's return."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from payments_ground import NOW, SCHEME, TERM, VILLAGE, household_no
from test_batch_payment import answered

from bangfu.books.accounts.models import Operator
from bangfu.books.payments.models import Batch, Entitlement
from bangfu.books.walls.scope import Scope, within
from bangfu.site import clock

ONE = household_no(1)


@pytest.fixture
def browser(ground, monkeypatch):
    """A browser of one of the actors of the ground, on the ground's day; `later` moves the clock."""
    at = [NOW]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def opened(who: str, *, later: int = 0) -> Client:
        at[0] = NOW + timedelta(days=later)
        client = Client()
        with within(Scope((), frozenset(), "log in"), by=who):
            operator = Operator.objects.get(username=who)
            client.force_login(operator, backend="bangfu.books.accounts.backends.OperatorBackend")
        return client

    return opened


def test_who_is_entitled_and_why_not(ground, browser):
    client = browser("clerk")
    page = client.get(f"/payments/entitled/{VILLAGE}/{SCHEME}/").content.decode()
    assert "演示乙次" in page
    assert "演示乙长" not in page
    page = client.get(f"/payments/entitled/{VILLAGE}/{SCHEME}/?all=1").content.decode()
    assert "演示乙长" in page
    assert "不符合" in page
    assert "中职或高职高专在校生" in page


def test_the_walk_of_a_term(ground, funded, browser):
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
    passed = {"entitlement": [made.pk]}
    assert browser("reviewer").post("/payments/checks/", passed).status_code == 302
    approved = {"entitlement": [made.pk], "project": "P1"}
    approver = browser("approver")
    assert "P1" in approver.get("/payments/checks/approve/").content.decode()
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
    page = browser("clerk", later=9).get(f"/payments/households/{ONE}/").content.decode()
    assert "2026-2 1,500 已发放" in page
