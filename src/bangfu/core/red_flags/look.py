"""The rules in force, what their signs are asked of, and the flag that a sign raises when it fires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.red_flags import contracts, money, records, tenders
from bangfu.core.red_flags.candidates import Among, Candidate
from bangfu.core.red_flags.facts import County
from bangfu.core.red_flags.model import Asked, Flag, Rule
from bangfu.core.red_flags.sentences import sentence_of
from bangfu.core.red_flags.signs import Sign

# Every subject that signs can be asked of, and what puts its candidates together.
WHOLE: Mapping[str, Callable[[County, Asked], Iterable[Candidate]]] = {
    "cut_off": money.cut_off,
    "contract_payments": contracts.contract_payments,
    "accepted": contracts.accepted,
    "wins": tenders.wins,
    "same_bidders": tenders.same_bidders,
    "declared_relation": contracts.declared_relation,
    "term_payments": contracts.term_payments,
    "piece": money.piece,
    "wording": records.wording,
    "notices": records.notices,
    "growth": money.growth,
    "village_money": money.village_money,
    "line": money.line,
    "contract_and_limit": contracts.contract_and_limit,
    "contract_days": records.contract_days,
}
# Those whose candidates are put together from the rows that a sign lets count.
OF_ROWS: Mapping[str, Callable[[County, Asked, Among[Any]], Iterable[Candidate]]] = {
    "waiting_money": money.waiting_money,
    "project_payments": contracts.project_payments,
    "contracts_together": contracts.contracts_together,
    "equal_payments": contracts.equal_payments,
    "projects_together": records.projects_together,
    "terms_changed": records.terms_changed,
}


def rules(policy: Policy, *, place: str, on: date) -> dict[str, Rule]:
    """The rules in force for a place on a day, by id, in the order of their signs in the policy.

    A rule whose entry, or one of whose values, is not in force is not there.
    """
    asked = Asked(policy, place, on)
    found = {}
    for name, signs in _signs(asked).items():
        needed = (key for sign in signs for key in sign.needs)
        rule = asked.rule(name, signs)
        if rule is not None and all(asked.value(key) is not None for key in needed):
            found[name] = rule
    return found


def _signs(asked: Asked) -> dict[str, tuple[Sign, ...]]:
    """The signs in force by rule: of each, what the most specific place says."""
    in_force: dict[tuple[str, str], Sign | None] = {}
    for sign in asked.policy.signs:
        name = sign.rule, sign.id
        in_force[name] = asked.sign(in_force.get(name), sign)
    by_rule: dict[str, tuple[Sign, ...]] = {}
    for found in in_force.values():
        if found is not None:
            by_rule[found.rule] = (*by_rule.get(found.rule, ()), found)
    return by_rule


def candidates(sign: Sign, county: County, asked: Asked, among: Among[Any]) -> Iterable[Candidate]:
    """What a sign is asked of in a county; `among` leaves the rows that it lets count."""
    name = sign.subject.name
    if name in OF_ROWS:
        return OF_ROWS[name](county, asked, among)
    return WHOLE[name](county, asked)


def flag(sign: Sign, candidate: Candidate, values: Mapping[Node, object]) -> Flag:
    """The flag of a candidate for which a sign fires; `values` are those of its sentence."""
    return Flag(
        sign.rule,
        candidate.kind,
        candidate.key,
        candidate.label,
        candidate.place_code,
        sentence_of(sign, candidate.words, values),
        candidate.rows(),
        candidate.department,
        " ".join(part for part in (sign.matter, candidate.about) if part),
    )
