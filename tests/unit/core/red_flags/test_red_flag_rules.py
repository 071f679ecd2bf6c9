"""Every rule: a planted hit and its twin that just misses, on the shipped policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from tests.lib.policies import shipped, with_values

from bangfu.core.indicators.facts import Line as RateLine
from bangfu.core.indicators.facts import Piece as RatePiece
from bangfu.core.indicators.facts import Project as RateProject
from bangfu.core.indicators.facts import Village, YearFacts
from bangfu.core.indicators.rates import rates
from bangfu.core.red_flags.facts import (
    Bidder,
    Change,
    Contract,
    County,
    Flow,
    HouseholdPayment,
    Line,
    Notice,
    Payment,
    Piece,
    Project,
    Relation,
    Tender,
)
from bangfu.core.red_flags.look import rules
from bangfu.engines.red_flags import look

ZIGUI, VILLAGE, ON = "420527000000", "420527101200", date(2026, 11, 2)
WAN = 1_000_000
LINE = Line(
    "1", "L1", "衔接资金", 2026, "农业农村局", ("产业发展",), True, 500 * WAN, 0, 0, 500 * WAN,
    100 * WAN, date(2026, 3, 1),
)  # fmt: skip
PROJECT = Project(
    "7", "P1", "茶园改造", "改造茶园200亩", VILLAGE, "产业发展", "农业农村局", 100 * WAN, False,
    date(2026, 1, 5), None, None, None, 0, 0, None,
)  # fmt: skip
CONTRACT = Contract(
    "11", "合1", "茶园改造施工", "7", "某建设公司", "", 90 * WAN, 0, date(2026, 4, 1),
    date(2026, 4, 2), "roads",
)  # fmt: skip
PAYMENT = Payment("21", "凭1", "31", "", 80 * WAN, date(2026, 5, 1), ("d", "checker", "payer"))
COUNTY = County(ZIGUI, 2026, ON)


RULES = [
    "idle_money", "slow_payment", "paid_early", "split_contracts", "frequent_winner",
    "rotating_bidders", "related_payee", "paid_twice", "wrong_purpose", "negative_wording",
    "short_notice", "low_growth", "low_village", "unused_fund", "round_sums", "after_the_fact",
]  # fmt: skip


def found(rule, policy=None, **county):
    """The flags of a rule, of a county that holds these."""
    flags = look(replace(COUNTY, **county), policy or shipped())
    return [flag for flag in flags if flag.rule == rule]


def fires(rule, hit, miss, **more):
    """The one flag of `hit`; `miss` has none."""
    assert found(rule, **miss, **more) == []
    [flag] = found(rule, **hit, **more)
    assert flag.reason.zh
    assert flag.reason.en
    assert flag.rows
    return flag


def paid(*payments, **terms):
    """The contract with payments."""
    return replace(CONTRACT, payments=payments, **terms)


def tendered(number, winner, *bidders, day=date(2026, 3, 1), department="交通局", method="询价"):
    """A project whose builder was chosen among bidders."""
    tender = Tender(day, method, winner, 50 * WAN, "officer", [Bidder(one) for one in bidders])
    return replace(PROJECT, key=number, number=f"P{number}", department=department, tender=tender)


def test_cash_idle_beyond_its_days():
    def line(came):
        return replace(LINE, in_hand=30 * WAN, cash=[Flow("5", came, 100 * WAN)])

    flag = fires(
        "idle_money",
        {"lines": [line(ON - timedelta(days=181))]},
        {"lines": [line(ON - timedelta(days=180))]},
    )
    assert "300,000 元，最长 181 天，超过 180 天" in flag.reason.zh
    assert (flag.rows[0].key, flag.rows[0].fen) == ("5", 30 * WAN)


def test_the_oldest_cash_is_spent_first_so_what_lies_there_may_be_new():
    old, new = Flow("5", date(2025, 1, 1), 70 * WAN), Flow("6", date(2026, 10, 1), 30 * WAN)
    spent = replace(LINE, in_hand=30 * WAN, cash=[old, new])
    fires("idle_money", {"lines": [replace(spent, in_hand=30 * WAN + 1)]}, {"lines": [spent]})


def test_quota_given_to_no_project():
    early, late = Flow("5", date(2026, 1, 1), 10 * WAN), Flow("6", date(2026, 9, 1), 10 * WAN)
    flag = fires(
        "idle_money",
        {"lines": [replace(LINE, free=10 * WAN, quota=[early])]},
        {"lines": [replace(LINE, free=10 * WAN, quota=[late])]},
    )
    assert flag.about == "quota"
    outside = replace(LINE, free=10 * WAN, quota=[early], poolable=False)
    assert found("idle_money", lines=[outside]) == []


def year(paid_by, **more):
    """The readings of a year with one line and one village."""
    facts = YearFacts(
        ZIGUI,
        2026,
        ON,
        [RateLine("1", "L1", 2026, 100 * WAN, 0, 0, ((date(2026, 9, 30), paid_by),))],
        [RateProject("7", "P1", "茶园", VILLAGE, "产业发展", "", 1, False, True)],
        [RatePiece("1", "7", 0, more.get("money", 300 * WAN))],
        [Village(VILLAGE, "示例村", 10, more.get("last", 100 * WAN))],
        [],
    )
    return rates(facts, shipped())


def test_slow_against_the_last_cut_off_that_has_passed():
    flag = fires(
        "slow_payment",
        {"readings": year(75 * WAN - 1)},
        {"readings": year(75 * WAN)},
        lines=[LINE],
    )
    assert flag.about == "payment-0930"
    assert "低于要求的 75.00 %" in flag.reason.zh


@pytest.mark.parametrize(
    ("accepted_on", "afterwards", "fen", "hit"),
    [
        (None, False, 81 * WAN, False),  # nine tenths of 90 may be paid before
        (None, False, 81 * WAN + 1, True),
        (None, True, 1, True),
        (date(2026, 4, 30), True, 90 * WAN, False),
        (date(2026, 5, 1), True, 90 * WAN, False),
        (date(2026, 5, 2), True, 90 * WAN, True),
    ],
)
def test_paid_before_acceptance(accepted_on, afterwards, fen, hit):
    project = replace(PROJECT, accepted_on=accepted_on, afterwards=afterwards)
    flags = found("paid_early", projects=[project], contracts=[paid(replace(PAYMENT, fen=fen))])
    assert [flag.about for flag in flags] == (["before acceptance"] if hit else [])


def test_paid_beyond_the_contract_and_beyond_what_was_accepted():
    project = replace(PROJECT, accepted_on=date(2026, 4, 20), accepted=85 * WAN)

    def of(fen, released=0):
        contract = paid(replace(PAYMENT, fen=fen), released=released)
        return {"projects": [project], "contracts": [contract]}

    assert found("paid_early", **of(85 * WAN)) == []
    [over] = found("paid_early", **of(85 * WAN + 100))
    assert over.about == "beyond accepted"
    assert "超出 1 元" in over.reason.zh
    abouts = [flag.about for flag in found("paid_early", **of(85 * WAN, released=6 * WAN))]
    assert abouts == ["contract 合1"]


def split(first, second, *, days=90, payee="某建设公司", purpose="产业发展", method="询价"):
    """Two contracts of two projects of one village."""
    other = replace(PROJECT, key="8", number="P2", purpose=purpose)
    tender = Tender(date(2026, 3, 1), method, "甲", None, "officer")
    return {
        "projects": [replace(PROJECT, tender=tender), replace(other, tender=tender)],
        "contracts": [
            replace(CONTRACT, fen=first),
            replace(
                CONTRACT,
                key="12",
                number="合2",
                project="8",
                payee=payee,
                fen=second,
                signed_on=CONTRACT.signed_on + timedelta(days=days),
            ),
        ],
    }


@pytest.mark.parametrize(
    "miss",
    [
        split(200 * WAN, 200 * WAN - 100),
        split(200 * WAN, 200 * WAN, days=91),
        split(200 * WAN, 200 * WAN, method="公开招标"),
        split(400 * WAN, 10 * WAN),  # the first reaches the limit by itself
        split(200 * WAN, 200 * WAN, payee="另一公司", purpose="农村道路"),
    ],
)
def test_contracts_split_under_the_tender_limit(miss):
    flag = fires("split_contracts", split(200 * WAN, 200 * WAN), miss)
    assert "合计 4,000,000 元" in flag.reason.zh
    assert [row.key for row in flag.rows] == ["11", "12"]


@pytest.mark.parametrize(
    "other", [{"payee": "另一公司"}, {"purpose": "农村道路", "payee": "某建设（公司）"}]
)
def test_split_by_one_work_or_by_one_payee(other):
    assert len(found("split_contracts", **split(200 * WAN, 200 * WAN, **other))) == 1


def test_one_winner_too_often():
    def of(*winners):
        return {"projects": [tendered(str(n), w) for n, w in enumerate(winners)]}

    flag = fires("frequent_winner", of("甲", "甲", "甲", "乙"), of("甲", "甲", "乙", "丙"))
    assert "4 次采购中中标 3 次（75.00 %）" in flag.reason.zh
    assert found("frequent_winner", **of("甲", "甲", "甲")) == []  # too few to tell
    elsewhere = of("甲", "甲", "甲", "乙")
    elsewhere["projects"][0] = replace(elsewhere["projects"][0], department="水利局")
    assert found("frequent_winner", **elsewhere) == []


def test_losing_bidders_who_win_in_turn():
    def of(*winners, bidders=("甲", "乙", "丙")):
        return {
            "projects": [
                tendered(str(n), w, *bidders, day=date(2026, 3, n + 1), department=f"局{n}")
                for n, w in enumerate(winners)
            ]
        }

    flag = fires("rotating_bidders", of("甲", "乙", "丙"), of("甲", "甲", "乙"))
    assert "轮流中标：甲、乙、丙" in flag.reason.zh
    assert found("rotating_bidders", **of("甲", "乙")) == []
    assert found("rotating_bidders", **of("甲", "甲", "甲")) == []
    strangers = of("甲", "乙", "丙")
    strangers["projects"][2] = tendered("2", "丙", "甲", "丙", "丁", department="局2")
    assert found("rotating_bidders", **strangers) == []


@pytest.mark.parametrize(
    ("decider", "party", "code", "hit"),
    [
        ("roads", "某建设公司", "", True),
        ("payer", "某建设 公司", "", True),
        ("planner", "某建设公司", "", True),
        ("roads", "某建设有限公司", "", False),
        ("stranger", "某建设公司", "", False),
        ("roads", "改了名的公司", "91420527MA00000001", True),
    ],
)
def test_a_payee_to_whom_a_decider_is_related(decider, party, code, hit):
    contract = paid(PAYMENT, payee_code="91420527ma00000001" if code else "")
    flags = found(
        "related_payee",
        projects=[PROJECT],
        contracts=[contract],
        deciders={"7": ("planner",)},
        relations=[Relation("3", decider, party, code, "配偶任职", date(2025, 1, 1))],
    )
    assert len(flags) == hit


def test_a_relation_that_was_over_before_the_contract():
    def of(until):
        relation = Relation("3", "roads", "某建设公司", "", "持股", date(2025, 1, 1), until)
        return {"relations": [relation], "projects": [PROJECT], "contracts": [CONTRACT]}

    fires("related_payee", of(date(2026, 4, 1)), of(date(2026, 3, 31)))


def test_a_payee_paid_the_same_sum_twice():
    def of(days, fen=80 * WAN):
        again = replace(
            PAYMENT, key="22", voucher="凭2", fen=fen, day=PAYMENT.day + timedelta(days)
        )
        other = replace(CONTRACT, key="12", number="合2", payments=[again])
        return {"projects": [PROJECT], "contracts": [paid(PAYMENT), other]}

    fires("paid_twice", of(30), of(31))
    assert found("paid_twice", **of(30, fen=80 * WAN + 1)) == []


def test_a_recipient_paid_one_term_twice():
    def of(who, term="2026春"):
        one = HouseholdPayment("1", "h1", "p1", "雨露计划", "2026春", 1500_00, ON, VILLAGE)
        return {"households": [one, replace(one, key="2", who=who, term=term)]}

    fires("paid_twice", of("p1"), of("p2"))
    assert found("paid_twice", **of("p1", "2026秋")) == []


def test_money_outside_the_purposes_of_its_line():
    def of(purpose, purposes=("产业发展",)):
        return {
            "lines": [replace(LINE, purposes=purposes)],
            "projects": [replace(PROJECT, purpose=purpose)],
            "pieces": [Piece("1", "7", 20 * WAN)],
        }

    flag = fires("wrong_purpose", of("农村道路"), of("产业发展"))
    assert "“农村道路”不在资金 L1 的用途内" in flag.reason.zh
    assert found("wrong_purpose", **of("农村道路", None)) == []


@pytest.mark.parametrize(
    ("title", "hit"),
    [
        ("村委会办公楼装修", True),
        ("村委会办 公楼装修", True),
        ("茶园改造施工", False),
        ("雨露计划补助发放", False),
    ],
)
def test_wording_of_the_negative_list(title, hit):
    contracts = [replace(CONTRACT, title=title)]
    flags = found("negative_wording", projects=[PROJECT], contracts=contracts)
    assert [flag.rows[0].kind.value for flag in flags] == (["contract"] if hit else [])
    unpaid = replace(PROJECT, name=title)
    assert found("negative_wording", projects=[unpaid]) == []  # nothing is given to it yet
    assert len(found("negative_wording", projects=[replace(unpaid, held=1)])) == hit


def test_the_wording_of_a_claim_is_read_too():
    noted = paid(replace(PAYMENT, note="年终奖"))
    [flag] = found("negative_wording", projects=[PROJECT], contracts=[noted])
    assert flag.rows[0].kind.value == "payment"


def test_a_notice_that_is_missing_or_too_short():
    def of(days, held=10 * WAN):
        stood = Notice("9", "入库公示", ON, ON + timedelta(days=days - 1))
        notices = [stood] if days else []
        return {"projects": [replace(PROJECT, held=held, notices=notices, admitted_here=True)]}

    flag = fires("short_notice", of(9), of(10))
    assert "公示最长 9 天，少于 10 天" in flag.reason.zh
    assert "却没有公示" in fires("short_notice", of(0), of(0, held=0)).reason.zh


def test_projects_that_came_in_admitted_are_asked_for_once():
    imported = [replace(PROJECT, key=key, number=f"P{key}", held=10 * WAN) for key in "123"]
    stood = Notice("9", "入库公示", ON, ON + timedelta(days=5))
    [flag] = found("short_notice", projects=[*imported, replace(PROJECT, held=0)])
    assert (flag.subject.value, flag.key, flag.about) == ("county", ZIGUI, "no_record")
    assert flag.reason.zh.startswith("3 个项目入库后才导入，共安排 300,000 元")
    assert [(row.kind.value, row.key) for row in flag.rows] == [("project", key) for key in "123"]
    # A notice that is on record is held to its days, wherever the project came from.
    short = replace(imported[0], notices=[stood])
    [one, rest] = found("short_notice", projects=[short, *imported[1:]])
    assert (one.key, one.subject.value, len(rest.rows)) == ("1", "project", 2)


def test_growth_below_a_tenth_and_that_of_seed_002():
    hit, miss = year(0, money=109 * WAN), year(0, money=110 * WAN)
    flag = fires("low_growth", {"readings": hit}, {"readings": miss})
    assert "9.00 %" in flag.reason.zh
    assert found("low_growth", readings=year(0, last=460 * WAN, money=836 * WAN)) == []


def test_a_village_below_three_million():
    hit, miss = year(0, money=300 * WAN - 1), year(0, money=300 * WAN)
    flag = fires("low_village", {"readings": hit}, {"readings": miss})
    assert "低于每村 3,000,000 元" in flag.reason.zh
    assert (flag.place_code, flag.label) == (VILLAGE, "示例村")


def test_a_fund_that_integrates_and_is_not_used():
    def of(day, used=0, pooled=True):
        return {"lines": [replace(LINE, allocated_on=day, used=used, poolable=pooled)]}

    long, short = ON - timedelta(days=181), ON - timedelta(days=180)
    fires("unused_fund", of(long), of(short))
    assert found("unused_fund", **of(long, used=1)) == []
    assert found("unused_fund", **of(long, pooled=False)) == []


@pytest.mark.parametrize(
    ("fen", "hit"),
    [
        (390 * WAN, True),
        (380 * WAN, True),
        (380 * WAN - 100_000, False),
        (390 * WAN + 100, False),  # not round
        (400 * WAN, False),
        (99 * WAN, True),  # below the million from which the county goes to see
        (60 * WAN, False),
    ],
)
def test_round_sums_just_below_a_limit(fen, hit):
    flags = found("round_sums", projects=[PROJECT], contracts=[replace(CONTRACT, fen=fen)])
    assert len(flags) == hit


def test_terms_changed_after_the_acceptance():
    def of(day, field="accepted_fen"):
        change = Change(day, field, "1", "2", "roads")
        return {"projects": [replace(PROJECT, accepted_on=date(2026, 9, 1), changes=[change])]}

    flag = fires("after_the_fact", of(date(2026, 9, 2)), of(date(2026, 9, 1)))
    assert "验收认定金额" in flag.reason.zh
    assert "1 → 2，roads" in flag.rows[0].text.zh
    assert found("after_the_fact", **of(date(2026, 9, 2), "stage")) == []


def test_contracts_out_of_their_order():
    tender = Tender(CONTRACT.signed_on, "询价", "甲", None, "officer")

    def of(contract, **project):
        return {"projects": [replace(PROJECT, **project)], "contracts": [contract]}

    day = timedelta(days=1)
    fires(
        "after_the_fact",
        of(replace(CONTRACT, signed_on=tender.day - day), tender=tender),
        of(CONTRACT, tender=tender),
    )
    fires(
        "after_the_fact",
        of(CONTRACT, started_on=CONTRACT.signed_on - day),
        of(CONTRACT, started_on=CONTRACT.signed_on),
    )
    signed = CONTRACT.signed_on
    fires(
        "after_the_fact",
        of(replace(CONTRACT, recorded_on=signed + timedelta(days=31))),
        of(replace(CONTRACT, recorded_on=signed + timedelta(days=30))),
    )


def test_four_sources_of_seed_002_make_9_5_yi_and_raise_nothing():
    """2.3 + 4.5 + 2.35 + 0.35 = 9.5 亿 in five years: pooled, used, in its purposes."""
    yi = 100 * 100 * WAN
    sums = [230 * yi // 100, 450 * yi // 100, 235 * yi // 100, 35 * yi // 100]
    lines = [
        replace(LINE, key=str(n), number=f"L{n}", announced=fen, allocated=fen, used=fen)
        for n, fen in enumerate(sums)
    ]
    assert sum(line.announced for line in lines) == 950 * yi // 100
    pieces = [Piece(line.key, "7", line.allocated) for line in lines]
    noticed = Notice("9", "入库公示", date(2026, 1, 1), date(2026, 1, 10))
    project = replace(PROJECT, held=sum(sums), notices=[noticed])
    county = replace(COUNTY, lines=lines, pieces=pieces, projects=[project])
    assert look(county, shipped()) == []


def test_every_rule_has_its_words_and_values():
    in_force = rules(shipped(), place=ZIGUI, on=ON)
    assert list(in_force) == RULES
    assert all(
        text.zh and text.en
        for rule in in_force.values()
        for text in (rule.title, rule.meaning, rule.next)
    )


def test_a_rule_of_one_county_is_not_run_in_another():
    elsewhere = rules(shipped(), place="520000000000", on=ON)
    assert set(RULES) - set(elsewhere) == {"low_growth", "low_village"}


def test_thresholds_are_the_policys():
    line = replace(LINE, in_hand=1, cash=[Flow("5", ON - timedelta(days=20), 1)])
    strict = with_values({"red_flags.idle_days": 10})
    assert found("idle_money", lines=[line]) == []
    assert len(found("idle_money", policy=strict, lines=[line])) == 1


def test_evidence_changes_with_the_rows_and_the_matter_stays_the_same():
    def of(fen):
        line = replace(LINE, in_hand=fen, cash=[Flow("5", date(2026, 1, 1), 100 * WAN)])
        return found("idle_money", lines=[line])[0]

    one, other = of(10 * WAN), of(20 * WAN)
    assert one.evidence == of(10 * WAN).evidence
    assert one.evidence != other.evidence
    assert (one.key, one.about) == (other.key, other.about)


def test_shares_of_the_policy_are_exact():
    steps = [Fraction(s["share"]) for s in shipped().value(
        "projects.payment_steps", place=ZIGUI, on=ON).value]  # fmt: skip
    assert sum(steps) == 1
