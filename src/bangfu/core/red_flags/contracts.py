"""Flags of contracts and payments: paid too early or too much, split, twice, to a relation, just below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from bangfu.core.language import Text
from bangfu.core.red_flags.facts import (
    Contract,
    County,
    HouseholdPayment,
    Payment,
    Project,
    Relation,
)
from bangfu.core.red_flags.model import Asked, Flag, Kind, Row, yuan
from bangfu.core.red_flags.parties import party, same

Paid = tuple[Contract, Payment]


def contract_row(contract: Contract) -> Row:
    """A contract as evidence."""
    text = Text(f"{contract.label}，{contract.payee}", f"{contract.label}, {contract.payee}")
    return Row(Kind.CONTRACT, contract.key, text, contract.fen, contract.signed_on)


def payment_row(payment: Payment) -> Row:
    """A payment as evidence."""
    text = Text(f"支付凭证 {payment.voucher}", f"voucher {payment.voucher}")
    return Row(Kind.PAYMENT, payment.key, text, payment.fen, payment.day)


def paid_early(county: County, asked: Asked) -> Iterator[Flag]:
    """Paid before acceptance what may only be paid after it, beyond the contract, or beyond what was
    accepted."""
    of_project: dict[str, list[Contract]] = defaultdict(list)
    for contract in county.contracts:
        of_project[contract.project].append(contract)
    share = _before_acceptance(asked)
    for project in county.projects:
        contracts = of_project[project.key]
        paid = [payment for contract in contracts for payment in contract.payments]
        for about, reason, rows in (
            *_beyond_contract(contracts),
            *_too_early(project, contracts, paid, share),
            *_beyond_accepted(project, paid),
        ):
            yield Flag(
                "paid_early",
                Kind.PROJECT,
                project.key,
                project.label,
                project.place_code,
                reason,
                rows,
                project.department,
                about,
            )


def _before_acceptance(asked: Asked) -> Fraction:
    """The share of a contract that may be paid before acceptance: the steps before the last."""
    steps = asked.get("projects.payment_steps")
    return sum((Fraction(step["share"]) for step in steps[:2]), Fraction(0))


Found = tuple[str, Text, list[Row]]


def _beyond_contract(contracts: Iterable[Contract]) -> Iterator[Found]:
    for contract in contracts:
        most = contract.fen - contract.released
        if contract.paid > most:
            yield (
                f"contract {contract.number}",
                Text(
                    f"合同 {contract.number} 金额 {yuan(most)} 元，已支付 {yuan(contract.paid)} 元，"
                    f"超出 {yuan(contract.paid - most)} 元。",
                    f"Contract {contract.number} is for {yuan(most)} yuan; {yuan(contract.paid)} are "
                    f"paid, {yuan(contract.paid - most)} too many.",
                ),
                [contract_row(contract), *map(payment_row, contract.payments)],
            )


def _too_early(
    project: Project, contracts: Sequence[Contract], paid: Sequence[Payment], share: Fraction
) -> Iterator[Found]:
    early = [p for p in paid if project.accepted_on is None or p.day < project.accepted_on]
    fen = sum(payment.fen for payment in early)
    accepted = Text(
        f"{project.accepted_on} 才验收" if project.accepted_on else "尚未验收",
        f"accepted only on {project.accepted_on}" if project.accepted_on else "not accepted yet",
    )
    if project.afterwards and fen > 0:
        yield (
            "before acceptance",
            Text(
                f"先建后补、以奖代补项目{accepted.zh}，已支付 {yuan(fen)} 元。",
                f"It is paid after acceptance and {accepted.en}; {yuan(fen)} yuan are paid already.",
            ),
            [payment_row(one) for one in early],
        )
        return
    signed = sum(contract.fen - contract.released for contract in contracts)
    if not signed or fen <= share * signed:
        return
    yield (
        "before acceptance",
        Text(
            f"项目{accepted.zh}，已支付 {yuan(fen)} 元，超过合同 {yuan(signed)} 元的 {share * 100} %。",
            f"The project is {accepted.en}; {yuan(fen)} yuan are paid, more than {share * 100} % of "
            f"the {yuan(signed)} contracted.",
        ),
        [*map(contract_row, contracts), *map(payment_row, early)],
    )


def _beyond_accepted(project: Project, paid: Sequence[Payment]) -> Iterator[Found]:
    fen = sum(payment.fen for payment in paid)
    if project.accepted is not None and fen > project.accepted:
        yield (
            "beyond accepted",
            Text(
                f"验收认定 {yuan(project.accepted)} 元，已支付 {yuan(fen)} 元，"
                f"超出 {yuan(fen - project.accepted)} 元。",
                f"{yuan(project.accepted)} yuan were accepted; {yuan(fen)} are paid, "
                f"{yuan(fen - project.accepted)} too many.",
            ),
            [payment_row(one) for one in paid],
        )


def split_contracts(county: County, asked: Asked) -> Iterator[Flag]:
    """Contracts below the tender limit that together reach it: one payee, or one village and purpose, within
    so many days, and none of them tendered as duty asks."""
    limit, days = asked.get("projects.tender_from"), asked.get("red_flags.split_days")
    duty = set(asked.get("projects.tender_methods_of_duty"))
    projects = {project.key: project for project in county.projects}
    groups: dict[tuple[str, str], list[Contract]] = defaultdict(list)
    for contract in county.contracts:
        project = projects.get(contract.project)
        if project is None or contract.fen >= limit:
            continue
        if project.tender is not None and project.tender.method in duty:
            continue
        groups["payee", party(contract.payee, contract.payee_code)].append(contract)
        groups["work", f"{project.place_code} {project.purpose}"].append(contract)
    told: set[frozenset[str]] = set()
    for (how, name), group in groups.items():
        for found in _reaching(sorted(group, key=lambda c: (c.signed_on, c.key)), limit, days):
            keys = frozenset(contract.key for contract in found)
            if keys not in told:
                told.add(keys)
                yield _split(county, found, projects, limit, how, name)


def _reaching(contracts: Sequence[Contract], limit: int, days: int) -> Iterator[list[Contract]]:
    """The largest runs of two and more contracts within `days` whose sums reach `limit`."""
    until = -1
    for start, first in enumerate(contracts):
        end = start
        while end < len(contracts) and (contracts[end].signed_on - first.signed_on).days <= days:
            end += 1
        run = list(contracts[start:end])
        if end > until and len(run) > 1 and sum(contract.fen for contract in run) >= limit:
            until = end
            yield run


def _split(
    county: County,
    found: Sequence[Contract],
    projects: dict[str, Project],
    limit: int,
    how: str,
    name: str,
) -> Flag:
    fen = sum(contract.fen for contract in found)
    first, last = found[0].signed_on, found[-1].signed_on
    shared = projects[found[0].project]
    same_as = (
        Text(f"同一收款单位“{found[0].payee}”", f'one payee, "{found[0].payee}",')
        if how == "payee"
        else Text(
            f"同一村同一类别“{shared.purpose}”", f'one village and one purpose, "{shared.purpose}",'
        )
    )
    return Flag(
        "split_contracts",
        Kind.PROJECT,
        shared.key,
        shared.label,
        shared.place_code,
        Text(
            f"{same_as.zh}在 {first} 至 {last} 签了 {len(found)} 份合同，每份低于招标限额 {yuan(limit)} 元，"
            f"合计 {yuan(fen)} 元。",
            f"Of {same_as.en} {len(found)} contracts were signed from {first} to {last}, each below the "
            f"tender limit of {yuan(limit)} yuan, together {yuan(fen)}.",
        ),
        [contract_row(contract) for contract in found],
        shared.department,
        f"{how} {name} {found[0].number}",
    )


def paid_twice(county: County, asked: Asked) -> Iterator[Flag]:
    """The same payee paid the same amount twice within so many days; a person paid twice under one scheme
    for one term."""
    days = asked.get("red_flags.twice_days")
    by_sum: dict[tuple[str, int], list[Paid]] = defaultdict(list)
    for contract in county.contracts:
        for payment in contract.payments:
            who = party(contract.payee, contract.payee_code)
            by_sum[who, payment.fen].append((contract, payment))
    for (who, fen), paid in by_sum.items():
        paid.sort(key=lambda one: (one[1].day, one[1].key))
        close = [
            (one, other)
            for one, other in pairwise(paid)
            if (other[1].day - one[1].day).days <= days
        ]
        if fen <= 0 or not close:
            continue
        rows = {payment.key: payment for pair in close for _, payment in pair}
        contract = close[0][0][0]
        yield Flag(
            "paid_twice",
            Kind.PAYEE,
            who,
            contract.payee,
            county.code,
            Text(
                f"“{contract.payee}”在 {days} 天内收到 {len(rows)} 笔同为 {yuan(fen)} 元的支付。",
                f'"{contract.payee}" was paid {yuan(fen)} yuan {len(rows)} times within {days} days.',
            ),
            [payment_row(one) for one in rows.values()],
            about=f"{fen} {contract.number}",
        )
    yield from _household_twice(county)


def _household_twice(county: County) -> Iterator[Flag]:
    by_term: dict[tuple[str, str, str], list[HouseholdPayment]] = defaultdict(list)
    for payment in county.households:
        by_term[payment.who, payment.scheme, payment.term].append(payment)
    for (who, scheme, term), paid in by_term.items():
        if len(paid) < 2:
            continue
        fen = sum(payment.fen for payment in paid)
        yield Flag(
            "paid_twice",
            Kind.HOUSEHOLD,
            paid[0].household,
            paid[0].household,
            paid[0].place_code,
            Text(
                f"同一对象“{scheme}”{term} 发放了 {len(paid)} 次，共 {yuan(fen)} 元。",
                f'One recipient was paid "{scheme}" of {term} {len(paid)} times, {yuan(fen)} yuan.',
            ),
            [
                Row(
                    Kind.HOUSEHOLD,
                    payment.household,
                    Text(f"{scheme} {term}", f"{scheme} {term}"),
                    payment.fen,
                    payment.day,
                )
                for payment in paid
            ],
            about=f"{scheme} {term} {who}",
        )


def related_payee(county: County, asked: Asked) -> Iterator[Flag]:
    """A payee to whom somebody who decided about the project has a declared relation."""
    if not county.relations:
        return
    projects = {project.key: project for project in county.projects}
    for contract in county.contracts:
        project = projects.get(contract.project)
        if project is None:
            continue
        deciders = _deciders(county, project, contract)
        for relation in county.relations:
            if relation.decider not in deciders or not _holds(relation, contract.signed_on):
                continue
            if not same(
                (relation.party, relation.party_code), (contract.payee, contract.payee_code)
            ):
                continue
            yield Flag(
                "related_payee",
                Kind.CONTRACT,
                contract.key,
                contract.label,
                project.place_code,
                Text(
                    f"收款单位“{contract.payee}”是经办人 {relation.decider} 申报的关系方（{relation.what}），"
                    f"合同 {yuan(contract.fen)} 元。",
                    f'The payee "{contract.payee}" is one to whom {relation.decider}, who decided here, '
                    f"has declared a relation ({relation.what}); {yuan(contract.fen)} yuan.",
                ),
                [
                    contract_row(contract),
                    Row(
                        Kind.RELATION,
                        relation.key,
                        Text(
                            f"{relation.decider}：{relation.party}，{relation.what}",
                            f"{relation.decider}: {relation.party}, {relation.what}",
                        ),
                        day=relation.since,
                    ),
                ],
                project.department,
                relation.decider,
            )


def _deciders(county: County, project: Project, contract: Contract) -> set[str]:
    """Everybody who decided about a contract: who admitted, planned, tendered, signed, checked and paid."""
    found = set(county.deciders.get(project.key, ())) | {contract.recorded_by}
    if project.tender is not None:
        found.add(project.tender.actor)
    return found | {name for payment in contract.payments for name in payment.deciders}


def _holds(relation: Relation, day: date) -> bool:
    return relation.until is None or day <= relation.until


def round_sums(county: County, asked: Asked) -> Iterator[Flag]:
    """Round contract sums just below a limit from which more would be asked."""
    below, unit = asked.get("red_flags.below_limit"), asked.get("red_flags.round_to")
    projects = {project.key: project for project in county.projects}
    for contract in county.contracts:
        for key in asked.get("red_flags.limits"):
            limit = asked.value(key)
            project = projects.get(contract.project)
            if limit is None or project is None or contract.fen % unit:
                continue
            least = Fraction(limit.value) * (1 - Fraction(below))
            if not least <= contract.fen < limit.value:
                continue
            yield Flag(
                "round_sums",
                Kind.CONTRACT,
                contract.key,
                contract.label,
                project.place_code,
                Text(
                    f"合同金额整 {yuan(contract.fen)} 元，比限额 {yuan(limit.value)} 元"
                    f"（{limit.title.zh}）只低 {yuan(limit.value - contract.fen)} 元。",
                    f"The contract is for a round {yuan(contract.fen)} yuan, only "
                    f"{yuan(limit.value - contract.fen)} below the limit of {yuan(limit.value)} "
                    f"({limit.title.en}).",
                ),
                [contract_row(contract)],
                project.department,
                key,
            )
