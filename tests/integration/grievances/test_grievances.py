"""Grievances: filed without an account, seen by nobody they are about, answered in time, appealed once."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from tests.lib.planted import money_of

from bangfu.books.accounts.actors import actor_of
from bangfu.books.accounts.models import Operator
from bangfu.books.grievances import actions, door, queries
from bangfu.books.grievances.deadlines import until
from bangfu.books.grievances.models import Grievance
from bangfu.books.journal.models import Entry
from bangfu.books.places.actions import load_places
from bangfu.books.walls import roles
from bangfu.books.walls.guarded import opened
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.errors import ForbiddenError, InputError
from bangfu.core.places import NATION, Place
from bangfu.files.policy_folder import policy_in_force
from bangfu.site import clock

COUNTY, TOWNSHIP, VILLAGE = "420527000000", "420527101000", "420527101200"
PLACES = (
    Place("420000000000", "湖北省"),
    Place("420500000000", "宜昌市"),
    Place(COUNTY, "秭归县"),
    Place(TOWNSHIP, "茅坪镇"),
    Place(VILLAGE, "示例村"),
)
SUBMISSION = re.compile(r'name="submission" value="(\w{32})"')
CODES = re.compile(r'class="receipt">([2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2})<')
WORDS = "八月的产业奖补到现在没有到账"
FORM = f"/public/grievances/{COUNTY}/"


@pytest.fixture(autouse=True)
def county(database, settings, tmp_path):
    settings.DATA = tmp_path
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        load_places(by="tester", rows=PLACES, source="test")


def text(answer) -> str:
    return answer.content.decode()


def send(client: Client, address: str = FORM, **more):
    [submission] = SUBMISSION.findall(text(client.get(address)))
    given = {"about_place": VILLAGE, "kind": "payment", "words": WORDS, "submission": submission}
    return client.post(address, given | more)


def filed(**more) -> tuple[str, str]:
    """Number and secret of a grievance that somebody filed."""
    answer = send(Client(), **more)
    assert answer.status_code == 200, text(answer)
    number, secret = CODES.findall(text(answer))
    return number, secret


def look_up(number: str, secret: str, language: str = "public"):
    address = f"/{language}/grievances/answer/"
    return Client().post(address, {"number": number, "secret": secret})


def only() -> Grievance:
    with within(Scope((COUNTY,), frozenset(DataClass), "test"), by="tester"):
        return Grievance.objects.get()


def age(connect, hours: int) -> None:
    """Let every grievance have been filed some hours earlier."""
    with connect("postgres", autocommit=True) as admin:
        admin.execute("alter table grievances_grievance disable trigger user")
        admin.execute(
            "update grievances_grievance set filed_at = filed_at - make_interval(hours => %s)",
            [hours],
        )
        admin.execute("alter table grievances_grievance enable trigger user")


def test_from_filing_to_the_decided_appeal(client_as):
    begun = Client().get("/public/grievances/", follow=True)
    assert begun.redirect_chain == [(FORM, 302)]
    assert "示例" in text(begun)
    number, secret = filed(complainant="丙虚构", phone="139 0000 0000")
    held = only()
    assert (held.place_code, held.about_place, held.state) == (COUNTY, VILLAGE, "received")
    assert opened(held.complainant, actions.COMPLAINANT) == "丙虚构"
    assert opened(held.phone, actions.PHONE) == "13900000000"
    assert held.secret_digest == actions.digest(secret)
    assert "127.0.0.1" not in held.source_token
    policy = policy_in_force()
    today = timezone.localdate(clock.now())
    assert held.due_on == until(policy, "triage", place=COUNTY, start=today)
    assert "正在决定是否受理" in text(look_up(number, secret))

    officer = client_as("county_officer", id_number="a")
    assert f"/grievances/{held.pk}/" in text(officer.get("/grievances/?state=mine"))
    assert "信访举报" in text(officer.get("/tasks/"))
    page = text(officer.get(f"/grievances/{held.pk}/"))
    assert WORDS in page
    assert "丙虚构" not in page
    shown = officer.post(f"/grievances/{held.pk}/", {"reason": "核实情况"})
    assert "丙虚构" in text(shown) and "13900000000" in text(shown)
    given = {"answers_role": "township_head", "place": TOWNSHIP, "unit": "茅坪镇政府"}
    assert officer.post(f"/grievances/{held.pk}/accept/", given).status_code == 302
    waiting = text(look_up(number, secret))
    assert "茅坪镇政府" in waiting and "正在办理" in waiting

    head = client_as("township_head", TOWNSHIP, id_number="b")
    assert f"/grievances/{held.pk}/" in text(head.get("/grievances/?state=mine"))
    reply = {"upheld": "no", "answer": "已经发放。<script>alert(1)</script>"}
    assert officer.post(f"/grievances/{held.pk}/answer/", reply).status_code == 422
    assert head.post(f"/grievances/{held.pk}/answer/", reply).status_code == 302
    answered = text(look_up(number, secret, "public/en"))
    assert "It is not right" in answered
    assert "&lt;script&gt;" in answered and "<script>alert" not in answered

    words = {"number": number, "secret": secret, "appeal": "卡上没有钱"}
    assert "复查申请已收到" in text(Client().post("/public/grievances/appeal/", words))
    again = Client().post("/public/grievances/appeal/", words)
    assert again.status_code == 422 and "申请过" in text(again)
    held = only()
    assert (held.state, held.appeal_level, held.place_code) == ("appealed", "county", COUNTY)
    assert head.get(f"/grievances/{held.pk}/").status_code == 404  # it went up
    second = {"upheld": "yes", "answer": "银行退回，已重发。"}
    assert officer.post(f"/grievances/{held.pk}/appeal/", second).status_code == 422
    approver = client_as("county_approver", id_number="c")
    assert f"/grievances/{held.pk}/" in text(approver.get("/grievances/?state=mine"))
    assert approver.post(f"/grievances/{held.pk}/appeal/", second).status_code == 302
    assert "银行退回" in text(look_up(number, secret))
    with within(Scope((COUNTY,), frozenset(DataClass), "test"), by="tester"):
        told = list(
            Entry.objects.filter(subject=f"grievance {held.pk}")
            .order_by("pk")
            .values_list("verb", "actor")
        )
        seen = Entry.objects.get(verb="grievances.look_up_complainant")
        everything = " ".join(str(list(Entry.objects.values_list())))
    assert [verb.split(".")[1] for verb, _ in told] == [
        "file",
        "look_up_complainant",
        "accept",
        "answer",
        "appeal",
        "decide_appeal",
    ]
    assert seen.reason == "核实情况"
    assert "丙虚构" not in everything and WORDS not in everything


def test_who_is_complained_about_sees_nothing_under_any_account(client_as, operator_of, connect):
    operator_of("county_approver", username="twin", id_number="same")
    accused = client_as("county_officer", username="accused", id_number="same")
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="keeper"):
        Operator.objects.filter(username="accused").update(display_name="王某某")
    filed(against="王某某、不认识的人")
    held = only()
    assert held.against == ["accused", "twin"]
    other = client_as("county_officer", username="other", id_number="other")
    assert other.get(f"/grievances/{held.pk}/").status_code == 200
    assert accused.get(f"/grievances/{held.pk}/").status_code == 404
    assert held.number not in text(accused.get("/grievances/"))
    assert held.number in text(other.get("/grievances/"))
    assert '收到 <span class="num">0</span>' in text(accused.get("/grievances/statistics/"))
    assert '收到 <span class="num">1</span>' in text(other.get("/grievances/statistics/"))
    assert accused.post(f"/grievances/{held.pk}/", {"reason": "看"}).status_code == 404
    for name, sees in (("accused", 0), ("twin", 0), ("other", 1)):
        actor = actor_of(name, on=clock.today())
        scope = actor.scope(actor.classes, purpose="test")
        with within(scope, by=name), connection.cursor() as cursor:
            for table in ("grievances_grievance", "grievances_grievancehistory"):
                cursor.execute(f"select count(*) from {table}")
                assert cursor.fetchone() == (sees,), (name, table)


def test_triage_adds_whom_it_is_about_and_hides_it_from_them(client_as, operator_of):
    operator_of("township_head", TOWNSHIP, username="head", id_number="h")
    officer = client_as("county_officer", id_number="o")
    filed()
    held = only()
    given = {"answers_role": "county_approver", "place": COUNTY, "unit": "县纪委"}
    own = officer.post(
        f"/grievances/{held.pk}/accept/", {**given, "against": "county_officer-" + COUNTY}
    )
    assert own.status_code == 422 and "本人" in text(own)
    unknown = officer.post(f"/grievances/{held.pk}/accept/", {**given, "against": "nobody"})
    assert unknown.status_code == 422 and "nobody" in text(unknown)
    sent = officer.post(f"/grievances/{held.pk}/accept/", {**given, "against": "head"})
    assert sent.status_code == 302
    assert only().against == ["head"]


def test_it_goes_to_somebody_who_is_there(client_as):
    filed()
    officer = client_as("county_officer")
    given = {"answers_role": "township_head", "place": COUNTY, "unit": "局"}
    sent = officer.post(f"/grievances/{only().pk}/accept/", given)
    assert sent.status_code == 422 and "没有人担任" in text(sent)


def test_an_answer_of_the_county_goes_up_to_the_prefecture(client_as):
    number, secret = filed()
    held = only()
    officer = client_as("county_officer", id_number="a")
    approver = client_as("county_approver", username="first", id_number="b")
    given = {"answers_role": "county_approver", "place": COUNTY, "unit": "县乡村振兴局"}
    officer.post(f"/grievances/{held.pk}/accept/", given)
    approver.post(f"/grievances/{held.pk}/answer/", {"upheld": "no", "answer": "不属实"})
    Client().post(
        "/public/grievances/appeal/", {"number": number, "secret": secret, "appeal": "不服"}
    )
    assert only().appeal_level == "prefecture"
    second = {"upheld": "no", "answer": "市级维持"}
    own = approver.post(f"/grievances/{held.pk}/appeal/", second)
    assert own.status_code == 422 and "答复的人" in text(own)
    another = client_as("county_approver", username="second", id_number="c")
    assert another.post(f"/grievances/{held.pk}/appeal/", second).status_code == 302
    assert "市级" in text(another.get(f"/grievances/{held.pk}/"))


def test_one_person_with_two_accounts_does_not_decide_the_own_answer(client_as, operator_of):
    """As an attack: the second account on the page, by its address, by the verb, and by the row itself."""
    number, secret = filed()
    held = only()
    officer = client_as("county_officer", id_number="a")
    first = client_as("county_approver", username="first", id_number="same")
    given = {"answers_role": "county_approver", "place": COUNTY, "unit": "县乡村振兴局"}
    officer.post(f"/grievances/{held.pk}/accept/", given)
    first.post(f"/grievances/{held.pk}/answer/", {"upheld": "no", "answer": "不属实"})
    appeal = {"number": number, "secret": secret, "appeal": "不服"}
    Client().post("/public/grievances/appeal/", appeal)
    own, second = f"/grievances/{held.pk}/", {"upheld": "no", "answer": "维持"}
    twin = client_as("county_approver", username="twin", id_number="same")
    for client in (first, twin):
        page = text(client.get(own))
        assert "复查由另一位审批人办理" in page
        assert f"{own}appeal/" not in page
        assert held.number not in text(client.get("/grievances/?state=mine"))
        refused = client.post(f"{own}appeal/", second)
        assert refused.status_code == 422
        assert "同一人的另一账号也不行" in text(refused)
    twin.post("/language/", {"language": "en"})
    assert "another approver decides the appeal" in text(twin.get(own))
    operator_of("county_approver", username="third", id_number="b")
    for actor, signs in (("twin", "twin"), ("twin", "third"), ("third", "twin")):
        with within(Scope((COUNTY,), frozenset(DataClass), "test"), by=actor):
            row = Grievance.objects.filter(pk=held.pk)
            with pytest.raises(IntegrityError), transaction.atomic():
                row.update(state="settled", second_answer="维持", second_upheld=False,
                           second_on=clock.today(), second_by=signs)  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                row.update(answered_by="third")  # so that the answer would be another's
    third = client_as("county_approver", username="fourth", id_number="c")
    assert f"{own}appeal/" in text(third.get(own))
    assert third.post(f"{own}appeal/", second).status_code == 302
    assert only().second_by == "fourth"


def test_it_can_be_refused_with_a_reason(client_as):
    number, secret = filed()
    officer = client_as("county_officer")
    address = f"/grievances/{only().pk}/refuse/"
    assert officer.post(address, {"reason": ""}).status_code == 422
    assert officer.post(address, {"reason": "法院已经受理"}).status_code == 302
    assert "法院已经受理" in text(look_up(number, secret))


def test_a_link_must_be_there(client_as):
    money_of(COUNTY, VILLAGE, "甲")
    filed()
    held = only()
    officer = client_as("county_officer")
    given = {
        "answers_role": "county_officer",
        "place": COUNTY,
        "unit": "局",
        "link_kind": "project",
    }
    wrong = officer.post(f"/grievances/{held.pk}/accept/", {**given, "link_key": "没有"})
    assert wrong.status_code == 422
    right = officer.post(f"/grievances/{held.pk}/accept/", {**given, "link_key": "项目甲"})
    assert right.status_code == 302
    assert 'href="/projects/' in text(officer.get(f"/grievances/{held.pk}/"))


def test_number_and_secret_are_both_needed(connect):
    number, secret = filed()
    other, _ = filed(words="另一件事")
    for wrong in ((number, "2222-2222-2222"), (other, secret), ("2222-2222-2222", secret)):
        answer = look_up(*wrong)
        assert answer.status_code == 422 and "对不上" in text(answer), wrong
    for odd in (("abc", secret), (number, ""), ("x" * 31, "' or 1=1 --")):
        assert look_up(*odd).status_code == 422
    assert "正在决定" in text(look_up(number.lower().replace("-", ""), secret.lower()))


def test_sent_twice_is_filed_once_with_the_same_receipt():
    client = Client()
    [submission] = SUBMISSION.findall(text(client.get(FORM)))
    receipts = [CODES.findall(text(send(client, submission=submission))) for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert look_up(*receipts[0]).status_code == 200
    only()


def test_one_sender_is_slowed_down_and_later_let_in(connect):
    for n in range(3):
        filed(words=f"第 {n} 件")
    refused = send(Client(), words="第四件")
    assert refused.status_code == 422 and "过一小时" in text(refused)
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert send(elsewhere, words="别人的").status_code == 200
    age(connect, 2)
    assert send(Client(), words="第五件").status_code == 200


@pytest.mark.parametrize(
    "words",
    ["", "   ", "长" * 3001, "我的身份证是 420527199001011234", "\x00坏字"],
    ids=["empty", "blank", "long", "number", "null"],
)
def test_what_cannot_be_taken_is_refused_in_words(words):
    answer = send(Client(), words=words)
    assert answer.status_code == 422
    assert "Traceback" not in text(answer)


def test_odd_places_kinds_keys_and_files_do_no_harm():
    client = Client()
    for more in (
        {"about_place": "420626101200"},
        {"about_place": "' or 1=1"},
        {"kind": "x"},
        {"submission": "short"},
        {"phone": "123"},
    ):
        assert send(client, **more).status_code == 422, more
    for county in ("429999000000", "nonsense", TOWNSHIP):
        assert client.get(f"/public/grievances/{county}/").status_code == 404
    script = "<script>alert(1)</script>"
    evil = SimpleUploadedFile("a.html", script.encode(), "text/html")
    assert send(client, words=script, against=script, evidence=evil).status_code == 200
    assert only().words == script  # kept as it was said, and shown escaped


def test_what_was_said_is_shown_escaped(client_as):
    filed(words="<img src=x onerror=alert(1)>", against="<b>甲</b>")
    officer = client_as("county_officer")
    page = text(officer.get(f"/grievances/{only().pk}/"))
    assert "<img src=x" not in page and "&lt;img" in page
    assert "<b>甲" not in page


def test_the_office_enters_letters_and_gives_a_receipt(client_as):
    officer = client_as("county_officer")
    given = {"about_place": VILLAGE, "kind": "conduct", "words": "来访：干部态度差"}
    page = text(officer.post("/grievances/new/", given))
    codes = re.findall(r'h2">([2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2})<', page)
    assert "正在决定" in text(look_up(*codes))
    assert only().channel == "office"
    head = client_as("township_head", TOWNSHIP)
    assert head.post("/grievances/new/", given).status_code == 422


def test_villages_have_no_page_of_grievances(client_as):
    filed()
    assert client_as("village_clerk", VILLAGE).get("/grievances/").status_code == 403
    head = client_as("township_head", TOWNSHIP)
    assert (
        head.get(f"/grievances/{only().pk}/").status_code == 404
    )  # with the county until given out


def test_figures_lead_to_their_rows(client_as):
    filed()
    filed(words="另一件", kind="project", complainant="丙虚构")
    officer = client_as("county_officer")
    year = clock.today().year
    page = text(officer.get("/grievances/statistics/"))
    for address in re.findall(r'href="(/grievances/\?[^"]+)"', page):
        assert officer.get(address.replace("&amp;", "&")).status_code == 200
    named = text(officer.get(f"/grievances/?year={year}&of=named"))
    assert named.count("/grievances/") and "项目" in named
    assert officer.get("/grievances/?as=xlsx").status_code == 200


def test_late_ones_are_told(monkeypatch, client_as):
    filed()
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=20))
    officer = client_as("county_officer")
    assert "逾期" in text(officer.get("/grievances/?state=late"))
    with within(Scope((COUNTY,), frozenset(DataClass), "test"), by="tester"):
        assert queries.late(clock.today()).count() == 1


def test_verbs_ask_for_their_roles(operator_of):
    filed()
    held = only()
    operator_of("township_head", TOWNSHIP, username="head")
    head = actor_of("head", on=clock.today())
    policy = policy_in_force()
    at = {"policy": policy, "today": clock.today()}
    everything = Scope((COUNTY,), frozenset(DataClass), "test")
    with within(everything, by="head"), pytest.raises(ForbiddenError):
        actions.refuse(by=head, grievance=held, reason="不", **at)
    with within(everything, by="head"), pytest.raises(ForbiddenError):
        actions.look_up_complainant(by=head, grievance=held, reason="看", **at)
    operator_of("county_officer", username="officer")
    officer = actor_of("officer", on=clock.today())
    with within(everything, by="officer"), pytest.raises(InputError) as refused:
        actions.accept(
            by=officer,
            grievance=held,
            answers_role="village_clerk",
            place="420626101000",
            unit="局",
            **at,
        )
    assert [p.where for p in refused.value.problems] == ["answers_role", "place"]


def test_the_public_role_has_four_functions_and_no_row(connect):
    filed()
    with connect(roles.PUBLIC, autocommit=True) as public:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            public.execute("select * from grievances_grievance")
        mine = public.execute(
            "select proname from pg_proc where proname like 'grievances%'"
            " and has_function_privilege(oid, 'execute')"
        ).fetchall()
        assert {name for (name,) in mine} == {
            "grievances_places",
            "grievances_file",
            "grievances_ask",
            "grievances_appeal",
        }
        # Whatever it sets beforehand opens nothing.
        public.execute("select set_config('app.lo', '0', false), set_config('app.hi', ':', false)")
        assert public.execute("select * from grievances_ask('%', '%')").fetchall() == []
    refused = psycopg.errors.InsufficientPrivilege
    with connect(roles.WEB, autocommit=True) as web, pytest.raises(refused):
        web.execute("select * from grievances_ask('x', 'y')")


def test_a_secret_is_made_of_the_submission_alone():
    one, other = door.secret_of("a" * 32), door.secret_of("b" * 32)
    assert one == door.secret_of("a" * 32) != other
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", one)
