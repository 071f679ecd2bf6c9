"""What law and counties decide, as shipped: resolvable, consistent, and honest about its sources."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bangfu.core.facts import codes
from bangfu.core.facts.dictionary import DEVELOPMENT_HELP, FACTS, HELP
from bangfu.core.facts.model import Table
from bangfu.core.places import NATION
from bangfu.core.policy.resolve import Policy

ZIGUI = "420527000000"
GUIZHOU = "520000000000"
YUNNAN = "530000000000"
TODAY = date(2026, 10, 1)
YUAN = 100  # fen


def value(policy: Policy, key: str, place: str = NATION, on: date = TODAY) -> Any:
    return policy.value(key, place=place, on=on).value


def families(items: tuple[Mapping[str, Any], ...], key: str) -> dict[str, tuple[str, ...]]:
    return {item[key]: item["any_of"] for item in items}


def rule(policy: Policy, number: str) -> str:
    return next(check.when for check in policy.all_checks if check.id == number)


def test_what_rests_on_weak_or_general_knowledge_is_unverified(policy: Policy) -> None:
    weak = {source.id for source in policy.sources.values() if source.tag in ("M", "W")}
    claimed = [value for value in policy.values if value.status == "verified"]
    claimed += [check for check in policy.all_checks if check.status == "verified"]
    assert [item.spot for item in claimed if item.source in weak] == []


def test_every_value_is_titled_in_both_languages(policy: Policy) -> None:
    untitled = [value.spot for value in policy.values if value.title.zh == value.key]
    assert untitled == []
    assert [value.spot for value in policy.values if value.title.en == value.key] == []


@pytest.mark.parametrize(
    ("place", "on", "yuan", "status"),
    [
        (GUIZHOU, date(2023, 6, 1), 7300, "verified"),
        (YUNNAN, date(2025, 6, 1), 8700, "verified"),
        (YUNNAN, date(2026, 6, 1), 8700, "unverified"),
        (ZIGUI, date(2015, 12, 3), 2736, "unverified"),
        (ZIGUI, date(2021, 1, 1), 6000, "unverified"),
        (ZIGUI, TODAY, 8700, "unverified"),
    ],
)
def test_income_lines(policy: Policy, place: str, on: date, yuan: int, status: str) -> None:
    found = policy.value("income.line", place=place, on=on)
    assert (found.value, found.status) == (yuan * YUAN, status)


def test_an_income_line_holds_on_every_day_since_2011(policy: Policy) -> None:
    for year in range(2011, 2031):
        for on in (date(year, 1, 1), date(year, 12, 31)):
            assert value(policy, "income.line", ZIGUI, on) > 0


def test_income_standards(policy: Policy) -> None:
    assert value(policy, "income.standard", on=date(2010, 1, 1)) == 2300 * YUAN
    assert value(policy, "income.standard", on=date(2013, 12, 31)) == 2736 * YUAN
    assert value(policy, "income.window") == 12


def test_zigui_pools_three_million_a_key_village(policy: Policy) -> None:
    floor = value(policy, "pooling.village_floor", ZIGUI)
    wan = 10_000 * YUAN
    assert floor == {"扶贫": 100 * wan, "发改": 40 * wan, "财政": 10 * wan, "行业": 150 * wan}
    assert sum(floor.values()) == value(policy, "pooling.village_total", ZIGUI) == 300 * wan
    assert value(policy, "pooling.household_floor", ZIGUI) == wan


def test_twenty_central_items_fifteen_of_them_read(policy: Policy) -> None:
    on = date(2017, 1, 1)
    keys = [key for key in policy.keys if key.startswith("funds.central.item_")]
    found = [policy.value(key, place=ZIGUI, on=on) for key in keys]
    assert [item.value["no"] for item in found] == list(range(1, 21))
    assert [item.value["no"] for item in found if item.status == "verified"] == list(range(1, 16))
    assert value(policy, "funds.item_count", on=on) == 20
    by_item = value(policy, "funds.purposes_by_item", on=on)
    assert [item["item"] for item in by_item] == list(range(1, 21))
    purposes = set(value(policy, "funds.purposes"))
    assert {name for item in by_item for name in item["purposes"]} - purposes == {"*"}
    assert set(value(policy, "funds.industry_purposes")) <= purposes
    assert set(value(policy, "funds.management_purposes")) <= purposes


def test_the_negative_list_has_nine_classes(policy: Policy) -> None:
    assert len(value(policy, "funds.forbidden_uses")) == value(policy, "funds.forbidden_count") == 9


@pytest.mark.parametrize(("year", "share"), [(2022, "0.55"), (2023, "0.60"), (2026, "0.60")])
def test_industry_share_by_year(policy: Policy, year: int, share: str) -> None:
    assert str(value(policy, "funds.industry_share_at_least", ZIGUI, date(year, 6, 1))) == share
    assert str(value(policy, "funds.management_share_at_most", ZIGUI)) == "0.01"


def test_payment_cut_offs_and_factors(policy: Policy) -> None:
    shares = [item["share"] for item in value(policy, "funds.paid_by_quarter_end")]
    assert shares == sorted(shares)
    factors = value(policy, "funds.allocation_factors")
    assert sum(Decimal(item["share"]) for item in factors) == 1


@pytest.mark.parametrize(("scheme", "total"), [("south_shaanxi", 1002), ("national", 24)])
def test_deprivation_weights_are_whole(policy: Policy, scheme: str, total: int) -> None:
    indicators = value(policy, f"deprivation.{scheme}")
    assert all(type(each["weight"]) is int and each["weight"] > 0 for each in indicators)
    assert sum(each["weight"] for each in indicators) == total
    assert len({each["id"] for each in indicators}) == len(indicators)
    for each in indicators:
        assert policy.definitions[each["condition"]].grain is Table.HOUSEHOLD
    cutoff = value(policy, f"deprivation.{scheme}_cutoff")
    assert 0 < cutoff["numerator"] <= cutoff["denominator"]


def test_the_scheme_in_use_exists(policy: Policy) -> None:
    assert f"deprivation.{value(policy, 'screening.deprivation_scheme')}" in policy.keys


def test_south_shaanxi_weights_as_printed(policy: Policy) -> None:
    found: dict[str, list[int]] = {}
    for each in value(policy, "deprivation.south_shaanxi"):
        found.setdefault(each["dimension"], []).append(each["weight"])
    assert found == {"收入": [250], "教育": [125, 125], "健康": [125, 125], "生活水平": [42] * 6}


def test_six_classes_with_conditions_and_measures(policy: Policy) -> None:
    classes = value(policy, "classes")
    assert len({each["id"] for each in classes}) == 6
    for each in classes:
        assert each["condition"] in policy.definitions
        assert each["measures"] and set(each["measures"]) <= set(HELP)


def test_the_risk_matrix_is_what_the_checks_ask(policy: Policy) -> None:
    by_risk = families(value(policy, "measures.by_risk"), "risk")
    by_fact = families(value(policy, "measures.by_fact"), "fact")
    checks = {"因病": 1, "因学": 2, "因残": 3, "因安全住房": 4, "因安全饮水": 6}
    assert set(by_risk) == set(checks)
    for risk, number in checks.items():
        when = rule(policy, f"5_18_00{number}")
        assert f'"{risk}" in risks' in when
        assert set(re.findall(r"\w+_help", when)) == set(by_risk[risk])
    for fact, number in {"dropout": 5, "uninsured_member": 7}.items():
        when = rule(policy, f"5_18_00{number}")
        assert fact in when
        assert set(re.findall(r"\w+_help", when)) == set(by_fact[fact])


def test_every_risk_but_other_has_measures(policy: Policy) -> None:
    both = families(value(policy, "measures.by_risk"), "risk") | families(
        value(policy, "measures.by_risk_local"), "risk"
    )
    assert set(both) == set(codes.RISK) - {"其他"}
    assert {name for names in both.values() for name in names} <= set(HELP)
    assert value(policy, "measures.development") == DEVELOPMENT_HELP


def test_code_lists_speak_the_words_of_the_books(policy: Policy) -> None:
    def words(key: str) -> set[str]:
        return {item["zh"] for item in value(policy, key)}

    assert words("codes.risk") == set(codes.RISK)
    assert words("codes.disaster") == set(codes.DISASTER)
    assert words("codes.monitored_class") == set(codes.MONITORED_CLASS)
    compulsory = {
        item["zh"] for item in value(policy, "codes.risk") if "subtype_compulsory" in item
    }
    assert compulsory == {"因自然灾害", "其他"}


def test_facts_named_in_tables_exist(policy: Policy) -> None:
    facts = {fact.name for table in FACTS.values() for fact in table}
    assert set(families(value(policy, "measures.by_fact"), "fact")) <= facts


def test_thresholds_of_a_check_and_of_screening_agree(policy: Policy) -> None:
    def number(check_id: str, name: str) -> Any:
        check = next(check for check in policy.all_checks if check.id == check_id)
        return check.parameters[name].node.values[0]

    assert value(policy, "screening.school_age_at_least") == number("5_15_016", "min_age")
    assert value(policy, "screening.school_age_at_most") == number("5_15_016", "max_age")
    assert value(policy, "screening.labour_share_at_most") == number("5_18_008", "share")
    assert value(policy, "monitoring.months_to_removal") == number("2_11_002", "min_months")
    assert value(policy, "monitoring.months_to_first_measure") == number("1_11_010", "max_months")
