"""What is published, without log-in: pages in both languages, feeds, and what never stands on them."""

from __future__ import annotations

import re
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from publishing_ground import COUNTY, OTHER, PERSON, TOWNSHIP, VILLAGE, WORD, published
from tests.lib import atom

from bangfu.books.publishing.models import ROWS
from bangfu.books.walls import roles
from bangfu.site import clock

VIEWS = {
    "plan": "plans",
    "project": "projects",
    "month": "months",
    "results": "results",
    "draw": "draws",
    "seal": "seals",
}


def addresses() -> list[str]:
    """Every public address of the module's ground."""
    of_places = [
        f"open/places/{code}/{end}"
        for code in (COUNTY, TOWNSHIP, VILLAGE)
        for end in ("", "feed.atom", "?year=2026")
    ]
    own = [
        f"open/{VIEWS[each.kind]}/{each.series}/{end}"
        for each in published(opens_on__lte=clock.today())  # November is sealed in December
        for end in ("", f"?place={VILLAGE}", f"?place={OTHER}")
    ]
    return [start + rest for start in ("/public/", "/public/en/") for rest in (*of_places, *own)]


def text(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_from_the_county_to_the_village(ground):
    county = Client().get("/public/open/", follow=True)
    assert county.redirect_chain == [(f"/public/open/places/{COUNTY}/", 302)]
    shown = county.content.decode()
    assert "计划 1,000 元，当年拨付 100 元" in shown
    assert "农村道路" in shown and f"/public/open/places/{TOWNSHIP}/" in shown
    assert "示例村" in text(f"/public/open/places/{TOWNSHIP}/")
    village = text(f"/public/open/places/{VILLAGE}/")
    assert (
        WORD in village and "2026 年资金项目计划" in village and "2026 年 11 月资金拨付" in village
    )
    english = text(f"/public/en/open/places/{VILLAGE}/")
    assert "1,000 yuan planned, 100 yuan paid" in english and "accepted" in english


def test_a_project_from_plan_to_results(ground):
    [project] = published(kind="project")
    shown = text(f"/public/open/projects/{project.series}/")
    for word in (WORD, "硬化路面14百米", "县交通运输局", "900", "100", "没有达到", "42"):
        assert word in shown, word
    assert "丙*构" in shown  # the contractor is a person
    english = text(f"/public/en/open/projects/{project.series}/")
    assert "missed" in english and "by claims" in english and "Households that benefit" in english


def test_a_month_names_organisations_only(ground):
    [month] = published(kind="month", period=202611)
    shown = text(f"/public/open/months/{month.series}/")
    assert ">100<" in shown and "示*****路" in shown  # what is no organisation is masked
    assert "Nothing was paid" in text(f"/public/en/open/months/{month.series}/?place={OTHER}")


@pytest.mark.parametrize("language", ["", "en/"])
@pytest.mark.parametrize("code", [COUNTY, TOWNSHIP, VILLAGE, OTHER])
def test_a_feed_is_valid_atom(ground, language, code):
    answer = Client().get(f"/public/{language}open/places/{code}/feed.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert atom.problems(answer.content) == []
    entries = answer.content.decode().count("<entry>")
    # The month before the first payment says nothing of the village; both villages were drawn.
    assert entries == {COUNTY: 7, TOWNSHIP: 5, VILLAGE: 5, OTHER: 1}[code]


def test_a_feed_leads_to_pages_and_keeps_its_ids(ground):
    [project] = published(kind="project")
    feed = text(f"/public/open/places/{VILLAGE}/feed.atom")
    assert f"<id>urn:uuid:{project.series}</id>" in feed
    links = re.findall(r'href="http://testserver(/public/open/[^"]+)"', feed)
    assert len(links) == 7
    for link in links:
        assert Client().get(link).status_code == 200, link
    assert f'href="/public/open/places/{VILLAGE}/feed.atom"' in text(
        f"/public/open/places/{VILLAGE}/"
    )


def test_the_checker_of_feeds_finds_what_is_wrong():
    wrong = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>t</title>'
        b"<updated>2026-13-01T00:00:00Z</updated><entry><title>e</title></entry></feed>"
    )
    assert len(atom.problems(wrong)) >= 7


def test_nobody_and_no_number_stands_anywhere(ground):
    """The villager is contractor of the project and stands in a note of its results; vouchers, accounts
    of officials, memos and papers are nobody's business."""
    for address in addresses():
        # Digests, seeds and the keys of addresses are numbers of nobody.
        shown = re.sub(
            r"<code[^>]*>[^<]*</code>|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}", "", text(address)
        )
        for word in (PERSON, "凭证", "department", "checker", "payer", "家外出", "tester"):
            plain = (
                shown.replace("Department", "").replace("department", "")
                if word == "department"
                else shown
            )
            assert word not in plain, (address, word)
        assert not re.search(r"(?<![\d-])1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)", shown), (
            address
        )


def test_the_web_role_is_never_touched(ground):
    def refuse(execute, sql, *rest):
        raise AssertionError(f"the web role was asked: {sql}")

    asked = addresses()
    forged = Client()
    forged.cookies[settings.SESSION_COOKIE_NAME] = "forged"
    with (
        connections["default"].execute_wrapper(refuse),
        connections["owner"].execute_wrapper(refuse),
    ):
        for address in asked:
            assert forged.get(address).status_code == 200, address


def test_what_is_not_there_looks_as_if_it_never_was(ground):
    [project] = published(kind="project")
    wrong = [
        *(f"/public/open/{kind}/{uuid4()}/" for kind in VIEWS.values()),
        f"/public/open/plans/{project.series}/",
        f"/public/open/results/{project.series}/",
        f"/public/open/places/{OTHER}/",
        "/public/open/places/420626000000/",
        "/public/open/places/nonsense/",
        "/public/open/places/000000000000/",
    ]
    answers = [Client().get(address) for address in wrong]
    assert {answer.status_code for answer in answers} == {404}
    plain = {
        re.sub(r'href="/public/[^"]*"|\d\d:\d\d', "", answer.content.decode()) for answer in answers
    }
    assert len(plain) == 1


def test_no_script_and_nothing_from_outside(ground):
    for address in addresses():
        shown = text(address)
        assert "<script" not in shown and "style=" not in shown
        if not address.endswith("atom"):
            assert not re.findall(r'(?:src|href)="(?:https?:)?//', shown)


@pytest.fixture
def public(server, ground):
    with psycopg.connect(
        host=str(server.socket), dbname=ground, user=roles.PUBLIC, autocommit=True
    ) as connection:
        yield connection


def test_no_setting_opens_what_is_over(ground, public, server):
    def counts() -> list[int]:
        tables = ["publishing_publication", *(model._meta.db_table for model in ROWS)]
        return [public.execute(f"select count(id) from {table}").fetchone()[0] for table in tables]

    assert min(counts()) > 0
    with psycopg.connect(host=str(server.socket), dbname=ground, user="postgres") as admin:
        admin.execute("alter table publishing_publication disable trigger user")
        for change in (
            "opens_on = current_date + 9",
            "closes_on = opens_on - 10, opens_on = opens_on - 20",
            "\"end\" = 'withdrawn', ended_at = now(), ended_by = 'x', ended_reason = 'x'",
        ):
            admin.execute("begin")
            admin.execute(f"update publishing_publication set {change}")
            admin.execute("commit")
            for name, value in (
                ("app.lo", "0"),
                ("app.hi", ":"),
                ("timezone", "Pacific/Kiritimati"),
            ):
                public.execute("select set_config(%s, %s, false)", [name, value])
                assert set(counts()) == {0}, (change, name)


@pytest.mark.parametrize(
    "statement",
    [
        "select source from publishing_publication",
        "select published_by, digest, ended_reason from publishing_publication",
        "select 1 from publishing_publicationhistory",
        "select 1 from projects_project",
        "select 1 from funds_payment",
        "update publishing_publication set closes_on = '2099-01-01'",
        "delete from publishing_paymentcopy",
        "insert into publishing_publication (kind) values ('plan')",
    ],
)
def test_what_the_public_role_may_not_do(public, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        public.execute(statement)
