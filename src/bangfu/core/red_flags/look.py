"""All rules over a county, in the order in which pages show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from bangfu.core.policy.resolve import Policy
from bangfu.core.red_flags import contracts, money, records, tenders
from bangfu.core.red_flags.facts import County
from bangfu.core.red_flags.model import Asked, Flag, Rule

RULES: dict[str, Callable[[County, Asked], Iterable[Flag]]] = {
    "idle_money": money.idle_money,
    "slow_payment": money.slow_payment,
    "paid_early": contracts.paid_early,
    "split_contracts": contracts.split_contracts,
    "frequent_winner": tenders.frequent_winner,
    "rotating_bidders": tenders.rotating_bidders,
    "related_payee": contracts.related_payee,
    "paid_twice": contracts.paid_twice,
    "wrong_purpose": money.wrong_purpose,
    "negative_wording": records.negative_wording,
    "short_notice": records.short_notice,
    "low_growth": money.low_growth,
    "low_village": money.low_village,
    "unused_fund": money.unused_fund,
    "round_sums": contracts.round_sums,
    "after_the_fact": records.after_the_fact,
}

# The values that a rule reckons with; where one of them is not in force, neither is the rule.
NEEDS: dict[str, tuple[str, ...]] = {
    "idle_money": ("red_flags.idle_days",),
    "slow_payment": ("funds.paid_by_quarter_end",),
    "paid_early": ("projects.payment_steps",),
    "split_contracts": (
        "projects.tender_from",
        "projects.tender_methods_of_duty",
        "red_flags.split_days",
    ),
    "frequent_winner": ("red_flags.winner_tenders", "red_flags.winner_share"),
    "rotating_bidders": ("red_flags.rotation_tenders",),
    "paid_twice": ("red_flags.twice_days",),
    "negative_wording": ("red_flags.negative_words", "funds.forbidden_exceptions"),
    "short_notice": ("projects.notice_days",),
    "low_growth": ("pooling.growth_at_least",),
    "low_village": ("pooling.village_total",),
    "unused_fund": ("red_flags.unused_days",),
    "round_sums": ("red_flags.below_limit", "red_flags.round_to", "red_flags.limits"),
    "after_the_fact": ("red_flags.recorded_late_days",),
}


def rules(policy: Policy, *, place: str, on: date) -> dict[str, Rule]:
    """The rules in force for a place on a day, by id."""
    asked = Asked(policy, place, on)
    ready = [n for n in RULES if all(asked.value(key) is not None for key in NEEDS.get(n, ()))]
    found = {name: asked.rule(name) for name in ready}
    return {name: rule for name, rule in found.items() if rule is not None}


def look(county: County, policy: Policy) -> list[Flag]:
    """Every flag of a county, rule by rule. A rule that the policy does not state there, with its values, is not run."""
    asked = Asked(policy, county.code, county.on)
    in_force = rules(policy, place=county.code, on=county.on)
    return [flag for name in in_force for flag in RULES[name](county, asked)]
