"""What the policy says of a sign decides what fires: conditions, places, periods, sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.lib.policies import FOLDER, shipped, with_values

from bangfu.core.policy import Document, Policy, load
from bangfu.core.policy.rules.nodes import FactRef, walk
from bangfu.core.red_flags.facts import (
    Bidder,
    Change,
    Contract,
    County,
    Flow,
    Line,
    Project,
    Tender,
)
from bangfu.core.red_flags.look import OF_ROWS, WHOLE, rules
from bangfu.core.red_flags.model import Asked
from bangfu.core.red_flags.sentences import condition
from bangfu.core.red_flags.signs import Word
from bangfu.core.red_flags.subjects import SUBJECTS
from bangfu.engines.red_flags import look
from bangfu.files.policy_folder import read_policy

ZIGUI, OTHER, VILLAGE = "420527000000", "520000000000", "420527101200"
ON, WAN = date(2026, 11, 2), 1_000_000
LINE = Line(
    "1", "L1", "衔接资金", 2026, "农业局", None, True, 500 * WAN, 30 * WAN, 0, 0, 0, None,
    [Flow("5", ON - timedelta(days=200), 100 * WAN)],
)  # fmt: skip
PROJECT = Project(
    "7", "P1", "茶园改造", "改造茶园", VILLAGE, "产业发展", "交通局", 0, False, None, None, None,
    None, 0, 0, None,
)  # fmt: skip
COUNTY = County(ZIGUI, 2026, ON, lines=[LINE])


def changed(*changes: tuple[str, str], more: str = "") -> Policy:
    """The values and signs of the shipped policy, with parts of policy/signs.toml written otherwise."""
    documents = []
    for document in read_policy(FOLDER):
        text = document.text
        if document.label.count("/") > 1:  # checks, procedures, schemes
            continue
        if document.label.endswith("signs.toml"):
            for before, after in changes:
                assert text.count(before) == 1
                text = text.replace(before, after)
            text += more
        documents.append(Document(document.label, text))
    return load(documents)


def told(policy: Policy, county: County = COUNTY) -> list[tuple[str, str]]:
    """The flags of a county by rule, each with what it says."""
    return [(flag.rule, flag.reason.en) for flag in look(county, policy)]


CASH = """
[[sign]]
rule = "idle_money"
id = "cash"
place = "{place}"
from = 2011-01-01
about = "waiting_money"
among = '''purse == "cash" and days > 300'''
when = '''fen > 0'''
matter = "cash"
zh = "放了 {{longest}} 天。"
en = "It lay for {{longest}} days."
source = "bangfu-default"
status = "unverified"
"""


def test_a_condition_that_is_changed_changes_what_fires():
    assert [rule for rule, _ in told(shipped())] == ["idle_money"]
    among = 'purse == "cash" and poolable and days > idle_days'
    less = changed((among, 'purse == "cash" and days > idle_days and days < 190'))
    assert told(less) == []
    outside = replace(COUNTY, lines=[replace(LINE, poolable=False)])
    assert told(shipped(), outside) == []
    wider = changed((among, 'purse == "cash" and days > idle_days'))
    assert len(told(wider, outside)) == 1


def test_what_rows_come_to_together_is_asked_too():
    when = "firms > 1 and tenders >= rotation_tenders and winners > 1 and out_of_turn == 0"
    lenient = changed((when, when.replace("== 0", "<= 1")))
    winners = ["甲", "乙", "甲", "甲"]
    projects = [
        replace(
            PROJECT,
            key=str(n),
            number=f"P{n}",
            tender=Tender(date(2025, 3, n + 1), "询价", winner, None, "officer", ()),
        )
        for n, winner in enumerate(winners)
    ]
    others = {"甲": "乙", "乙": "甲"}
    met = [
        replace(
            one,
            tender=replace(
                one.tender, bidders=[Bidder(one.tender.winner), Bidder(others[one.tender.winner])]
            ),
        )
        for one in projects
    ]
    county = replace(COUNTY, lines=[], projects=met)
    assert told(shipped(), county) == []
    [(rule, why)] = told(lenient, county)
    assert rule == "rotating_bidders"
    assert why.endswith("met in 4 tenders and won in turn: 甲, 乙, 甲, 甲.")


def test_which_changes_count_is_the_policys():
    accepted = date(2026, 5, 1)
    moved = Change(date(2026, 6, 1), "department", "交通局", "水利局", "officer")
    project = replace(PROJECT, accepted_on=accepted, changes=[moved])
    county = replace(COUNTY, lines=[], projects=[project])
    assert [rule for rule, _ in told(shipped(), county)] == ["after_the_fact"]
    assert told(changed((', "contractor", "department"', ', "contractor"')), county) == []


def test_a_county_states_a_sign_for_itself():
    policy = changed(more=CASH.format(place=ZIGUI))
    assert told(policy) == []
    longer = replace(LINE, cash=[replace(LINE.cash[0], day=ON - timedelta(days=301))])
    assert told(policy, replace(COUNTY, lines=[longer])) == [("idle_money", "It lay for 301 days.")]
    elsewhere = replace(COUNTY, code=OTHER)
    assert told(policy, elsewhere) == told(shipped(), elsewhere) != []


def test_the_most_specific_place_wins_whatever_the_order_of_the_files():
    province, county = CASH.format(place="420000000000"), CASH.format(place=ZIGUI)
    for more in (province + county, county + province):
        [rule] = [r for r in rules(changed(more=more), place=ZIGUI, on=ON).values()
                  if r.id == "idle_money"]  # fmt: skip
        assert [(sign.id, sign.place) for sign in rule.signs] == [
            ("cash", ZIGUI),
            ("quota", "000000000000"),
        ]


def test_a_sign_can_be_put_out_of_force():
    always = CASH.format(place=ZIGUI).replace("days > 300", "days > 0")
    assert len(told(changed(more=always))) == 1
    assert told(changed(more=always.replace("fen > 0", "false"))) == []


def test_a_rule_without_a_sign_in_force_is_none():
    stated = 'id = "share"\nplace = "000000000000"\nfrom = 2011-01-01'
    ended = changed((stated, f"{stated}\nto = 2020-12-31"))
    assert "frequent_winner" not in rules(ended, place=ZIGUI, on=ON)
    assert "frequent_winner" in rules(ended, place=ZIGUI, on=date(2020, 12, 31))


@pytest.mark.parametrize("rule", ["after_the_fact", "split_contracts", "low_village"])
def test_a_rule_one_of_whose_values_is_not_in_force_is_not_run(rule):
    [known] = [each for each in rules(shipped(), place=ZIGUI, on=ON).values() if each.id == rule]
    keys = {key for sign in known.signs for key in sign.needs}
    assert keys
    for key in keys:
        policy = shipped()
        without = Policy(
            policy.sources,
            [value for value in policy.values if value.key != key],
            list(policy.definitions.values()),
            policy.all_checks,
            policy.left_out,
            signs=policy.signs,
        )
        assert rule not in rules(without, place=ZIGUI, on=ON)


def test_a_rule_that_is_new_needs_no_program():
    large = """
[[value]]
key = "red_flags.large_contract"
place = "000000000000"
from = 2011-01-01
unit = "table"
zh = "大合同"
en = "Large contract"
source = "bangfu-default"
status = "unverified"

[value.value]
meaning_zh = "合同金额大。"
meaning_en = "A large contract."
next_zh = "看一看。"
next_en = "Look at it."

[[sign]]
rule = "large_contract"
id = "sum"
place = "000000000000"
from = 2011-01-01
about = "contract_payments"
when = '''owed_fen > 2 * limit'''
zh = "合同 {number} 是限额的 {owed_fen / limit}。"
en = "Contract {number} is {owed_fen / limit} of the limit."
source = "bangfu-default"
status = "unverified"

[sign.parameters]
limit = { key = "projects.tender_from" }
"""
    contract = Contract(
        "11", "合1", "施工", "7", "某公司", "", 0, 0, ON, ON, "roads"
    )  # fmt: skip
    tendered = replace(PROJECT, tender=Tender(ON, "公开招标", "某公司", None, "officer"))
    county = replace(COUNTY, lines=[], projects=[tendered])
    policy = changed(more=large)
    at, over = (
        told(policy, replace(county, contracts=[replace(contract, fen=fen)]))
        for fen in (800 * WAN, 801 * WAN)
    )
    assert at == []
    assert over == [("large_contract", "Contract 合1 is 200.25 % of the limit.")]


def test_of_two_signs_on_one_matter_the_first_tells_it():
    again = CASH.format(place="000000000000").replace('id = "cash"', 'id = "again"')
    policy = changed(more=again.replace("days > 300", "days > 100"))
    assert told(policy) == told(shipped())


def test_a_share_of_money_is_money_and_a_share_is_said_in_per_cent():
    said = CASH.format(place=ZIGUI).replace("days > 300", "days > 0")
    before = said[said.index("zh = ") : said.index("source = ")]
    terms = said.replace(
        before, 'zh = "甲"\nen = "{share * fen} yuan, {share}, {fen - fen}, {longest - 1}"\n'
    )
    policy = changed(
        more=f'{terms}[sign.parameters]\nshare = {{ value = "0.333", unit = "share" }}'
    )
    assert told(policy) == [("idle_money", "99,900 yuan, 33.30 %, 0, 199")]
    assert look(COUNTY, policy)[0].reason.zh == "甲"


def test_values_are_the_countys_own():
    by_place = with_values({"red_flags.idle_days": {"000000000000": 180, ZIGUI: 250}})
    assert told(by_place) == []
    assert len(told(by_place, replace(COUNTY, code=OTHER))) == 1


def test_every_subject_has_candidates_and_every_fact_is_asked_of():
    built = {*WHOLE, *OF_ROWS}
    assert built == set(SUBJECTS)
    assert {name for name, subject in SUBJECTS.items() if subject.rows} == set(OF_ROWS)
    unused = []
    for name, subject in SUBJECTS.items():
        signs = [sign for sign in shipped().signs if sign.subject is subject]
        asked = {
            node.fact.name
            for sign in signs
            for each in (sign.when, *sign.values)
            for node in walk(each)
            if isinstance(node, FactRef)
        }
        counted = {
            node.fact.name
            for sign in signs
            for node in (walk(sign.among) if sign.among else ())
            if isinstance(node, FactRef)
        }
        said = {
            piece.name
            for sign in signs
            for piece in (*sign.zh, *sign.en)
            if isinstance(piece, Word)
        }
        unused += [(name, fact) for fact in set(subject.facts) - asked]
        unused += [(name, fact) for fact in set(subject.rows) - counted]
        unused += [(name, word) for word in set(subject.words) - said]
    assert unused == []


@pytest.mark.parametrize(
    ("rule", "about", "signs"),
    [
        ("idle_money", "cash", ["cash"]),
        ("paid_early", "contract 合1", ["contract"]),
        ("paid_early", "before acceptance", ["afterwards", "steps"]),
        ("short_notice", "", ["short", "none"]),
        ("short_notice", "no_record", ["no_record"]),
        ("round_sums", "projects.seen_from", ["below"]),
        ("after_the_fact", "changed", ["changed"]),
        ("after_the_fact", "changed by a sign that is no more", ["changed"]),
        ("after_the_fact", "nothing known", []),
    ],
)
def test_what_a_flag_is_about_tells_its_signs(rule, about, signs):
    known = rules(shipped(), place=ZIGUI, on=ON)[rule]
    assert [sign.id for sign in known.of_matter(about)] == signs


def test_both_languages_say_the_same_values():
    for sign in shipped().signs:
        zh, en = (
            {piece for piece in sentence if not isinstance(piece, str)}
            for sentence in (sign.zh, sign.en)
        )
        assert zh == en, sign.id
        assert re.search(r"[\u4e00-\u9fff]", sign.written["zh"])


def test_the_example_of_the_docs_is_read_and_fires():
    text = (FOLDER.parent / "docs/how-to/look-for-red-flags.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    policy = changed(more=f"\n{example}")
    start = date(2027, 1, 1)

    def of(fen: int) -> County:
        line = replace(LINE, poolable=False, in_hand=fen, cash=[Flow("5", ON, 200 * WAN)])
        return replace(COUNTY, on=start + timedelta(days=200), lines=[line])

    assert told(policy, of(100 * WAN - 100)) == []
    assert [rule for rule, _ in told(policy, of(100 * WAN))] == ["idle_money"]
    assert told(shipped(), of(100 * WAN)) == []


def test_a_sign_is_said_in_words_with_the_values_in_force():
    signs = {(sign.rule, sign.id): sign for sign in shipped().signs}
    strict = with_values({"red_flags.idle_days": 90})
    asked = Asked(strict, ZIGUI, ON)
    cash = condition(signs["idle_money", "cash"], asked)
    assert cash.zh == "现金或指标为现金且纳入整合且到账多少天大于90 天；合计：放着的金额大于0"
    assert cash.en.startswith("cash or quota is cash and the line is pooled and days since")
    floor = condition(signs["low_village", "floor"], asked)
    assert (floor.zh, floor.en) == (
        "整合资金小于3,000,000 元",
        "the pooled money is less than 3,000,000 yuan",
    )
    share = condition(signs["frequent_winner", "share"], asked)
    assert share.en.endswith("is more than 50.00 %")
