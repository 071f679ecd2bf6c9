"""The pages that follow the yuan, as an auditor uses them: search, both ways, lists, workbook, merits."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from urllib.parse import unquote

import openpyxl
import pytest
from tests.integration.conftest import log_in_as
from tracing_ground import COUNTY, TOWNSHIPS, at_work

from bangfu.books.accounts.models import Grant
from bangfu.books.tracing import showing
from bangfu.books.tracing.merits import adds_up, merits, merits_of
from bangfu.core.errors import NotFoundError, UsageError
from bangfu.core.projects.targets import Target


@pytest.fixture(scope="module")
def auditor(ground):
    return log_in_as("auditor", COUNTY)


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return answer.content.decode()


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def tiers_of(html):
    """Every tier of a page: its things with their amounts, and the sum below them."""
    found = {}
    for layer, body in re.findall(
        r'id="(\w+)"><div class="card-header">(.*?)</table>', html, re.DOTALL
    ):
        rows = re.findall(r'<tr><td><a href="([^"]+)">([^<]*)</a></td>.*?>([\d,.]+)</a>', body)
        total = re.search(r"<strong>([\d,.]+)</strong>", body)
        found[layer] = rows, total[1]
    return found


def fen(shown):
    return int(Decimal(shown.replace(",", "")) * 100)


def test_a_line_and_every_address_on_its_page(ground, auditor):
    html = page(auditor, f"/trace/line/{ground.lines[0].pk}/")
    assert "120.01 元" in words(html) and "其中已支付" in words(html)
    tiers = tiers_of(html)
    assert set(tiers) == {
        "document", "line", "project", "contract", "claim", "payment", "payee", "asset", "stage",
    }  # fmt: skip
    for rows, total in tiers.values():
        assert sum(fen(shown) for _, _, shown in rows) == fen(total)
    assert fen(tiers["document"][1]) == 12_001
    for address in {address for rows, _ in tiers.values() for address, _, _ in rows}:
        where = (
            address if address.startswith("/") else f"/trace/line/{ground.lines[0].pk}/{address}"
        )
        page(auditor, where)


def test_the_drawing_is_the_table_and_leads_everywhere(ground, auditor):
    html = page(auditor, f"/trace/asset/{ground.assets[0].pk}/")
    option = json.loads(re.search(r'id="trace-chart"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    [drawn] = option["series"]
    names = {one["name"]: one["href"] for one in drawn["data"]}
    into = {}
    for one in drawn["links"]:
        assert names[one["source"]] and names[one["target"]]
        into[one["target"]] = into.get(one["target"], 0) + round(one["value"] * 100)
    assert into["路面 一组"] == 3_113
    body = html.split("图中每一段的金额")[-1]
    steps = re.findall(r'num">([\d,.]+)</td></tr>', body.split("</table>")[0])
    assert sorted(fen(s) for s in steps) == sorted(
        round(one["value"] * 100) for one in drawn["links"]
    )
    for address in names.values():
        page(auditor, address)


def test_what_is_too_many_to_draw_stands_in_a_list(ground, auditor, monkeypatch):
    monkeypatch.setattr(showing, "DRAWN", 1)
    html = page(auditor, f"/trace/line/{ground.lines[0].pk}/")
    assert "其余 1 项收款单位" in html
    listed = page(auditor, f"/trace/line/{ground.lines[0].pk}/?layer=claim")
    assert all(f">{claim}（" in listed for claim in ground.claims)
    assert "合计 4 项" in listed
    assert "没有记录" in page(auditor, f"/trace/line/{ground.lines[0].pk}/?layer=claim&page=9")


def test_one_stage_by_itself(ground, auditor):
    html = page(auditor, f"/trace/project/{ground.projects[0].pk}/?stage=committed")
    assert "只看：已签合同，未报账" in words(html)
    assert tiers_of(html)["contract"][1] == "49.97"
    assert "payment" not in tiers_of(html)


def test_the_workbook_sums_like_the_page(ground, auditor):
    answer = auditor.get(f"/trace/project/{ground.projects[0].pk}/?as=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    both, strands = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    by_tier = {}
    for tier, _, yuan, _ in both:
        if isinstance(yuan, int | float):
            by_tier[tier] = by_tier.get(tier, 0) + round(yuan * 100)
    whole = 7_001 + 4_003
    assert by_tier["项目"] == by_tier["资金"] == by_tier["文件"] == by_tier["现在在哪里"] == whole
    amounts = [row[-1] for row in strands if isinstance(row[-1], int | float)]
    assert sum(round(yuan * 100) for yuan in amounts) == whole


def test_a_posting_and_one_hit_lead_on(ground, auditor):
    answer = auditor.get(f"/trace/posting/{ground.allocated}/")
    assert answer["Location"] == f"/trace/plan/{ground.plan.pk}/"
    answer = auditor.get("/trace/", {"q": "凭3"})
    assert answer["Location"] == f"/trace/payment/{ground.payments[2]}/"
    listed = page(auditor, "/trace/?q=通村路")
    assert f"/trace/project/{ground.projects[0].pk}/" in listed
    assert "没有找到" in page(auditor, "/trace/?q=不存在")
    for wrong in ("/trace/nothing/1/", "/trace/line/999999/", "/trace/posting/999999/"):
        assert auditor.get(wrong).status_code == 404


def test_in_english_and_without_chinese_words_of_ours(ground, auditor):
    auditor.post("/language/", {"language": "en"})
    try:
        for address in ("/trace/", f"/trace/line/{ground.lines[0].pk}/", "/trace/merits/"):
            told = words(page(auditor, address))
            assert "Follow the yuan" in told
            for ours in ("资金追溯", "去向", "金额", "份额", "合计", "已支付"):
                assert ours not in told, (address, ours)
    finally:
        auditor.post("/language/", {"language": "zh"})


def test_other_pages_lead_here(ground, auditor):
    for where, to in (
        (f"/funds/lines/{ground.lines[0].pk}/", f"/trace/line/{ground.lines[0].pk}/"),
        (f"/funds/contracts/{ground.contracts[0]}/", f"/trace/contract/{ground.contracts[0]}/"),
        (f"/funds/claims/{ground.claims[0]}/", f"/trace/claim/{ground.claims[0]}/"),
        (f"/funds/payments/{ground.payments[0]}/", f"/trace/payment/{ground.payments[0]}/"),
        (f"/projects/{ground.projects[0].pk}/", f"/trace/project/{ground.projects[0].pk}/"),
        ("/assets/", f"/trace/asset/{ground.assets[0].pk}/"),
    ):
        assert f'href="{to}"' in page(auditor, where), where


def test_a_township_gets_no_page_and_no_link(ground):
    head = log_in_as("township_head", TOWNSHIPS[0])
    for where in ("/trace/", "/trace/merits/", f"/trace/payee/{ground.contracts[2]}/"):
        assert head.get(where).status_code == 403
    assert "/trace/" not in page(head, f"/projects/{ground.projects[0].pk}/")
    assert "/trace/" not in page(head, "/assets/")


def test_merits_add_up_and_count_once(ground, auditor):
    """P1: A paid 29.77 and B 16.93 net of what came back; P2: A alone. One road, 51 households, 3.25 km."""
    with at_work("auditor", COUNTY):
        rows, targets = merits()
        parts = {row.name.zh: row for row in rows}
        total = parts.pop("合计")
        assert targets == ["受益农户（户）", "硬化路面（公里）"]
        assert set(parts) == {"县交通运输局", "县水利局"}
        assert sum(row.fen for row in parts.values()) == total.fen == 3_001 + 2_002 - 333 + 1_501
        for measure, units in total.figures:
            assert sum(dict(row.figures)[measure] for row in parts.values()) == units
        assert dict(total.figures) == {
            "projects": 1, "assets": 2, "value": 300, "served": 51, "reached": 0, "met": 3,
        }  # fmt: skip
        assert total.reached == [Decimal(51), Decimal("3.25")]
        assert dict(parts["县交通运输局"].figures)["projects"] == 1
        assert dict(parts["县水利局"].figures)["projects"] == 0
        own, _ = merits_of("县水利局")
        assert own[-1].fen == parts["县水利局"].fen
        assert own[-1].units == {k: v for k, v in parts["县水利局"].units.items() if v}
    html = page(auditor, "/trace/merits/")
    for address in re.findall(r'href="(\?of=[^"]+)"', html):
        inner = page(auditor, f"/trace/merits/{address}")
        assert unquote(address.removeprefix("?of=")) in inner
    assert auditor.get("/trace/merits/?of=无").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(auditor.get("/trace/merits/?as=xlsx").content))
    assert book.active.max_row >= 4


@pytest.mark.parametrize(
    ("name", "unit", "at_most", "adds"),
    [
        ("硬化路面", "公里", False, True),
        ("满意度", "%", False, False),
        ("群众满意率", "", False, False),
        ("工期", "天", True, False),
        ("成本", "元", True, False),
    ],
)
def test_only_amounts_add_up(name, unit, at_most, adds):
    assert adds_up(Target(name, Decimal(1), unit, at_most)) is adds


def test_the_command_tells_the_same(ground, auditor, command):
    with at_work("keeper"):
        [operator] = Grant.objects.filter(role_id="auditor").values_list("operator_id", flat=True)
    as_them = ("--as", operator)
    shown = command("trace", "凭2", *as_them)
    assert shown.exit_code == 0
    assert "支付 凭2 合2：16.69 元，其中已支付 16.69 元" in shown.output
    given = command("trace", "line:A", "--json", *as_them)
    told = json.loads(given.output)
    assert told["fen"] == 12_001 == sum(one["fen"] for one in told["strands"])
    assert all(sum(one["fen"] for one in tier) <= 12_001 for tier in told["tiers"].values())
    refused = command("trace", "公司", *as_them)
    assert isinstance(refused.exception, UsageError)
    assert "contract:合1" in refused.exception.text.en
    assert isinstance(command("trace", "没有的", *as_them).exception, NotFoundError)
