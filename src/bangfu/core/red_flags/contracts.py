"""Candidates of contracts and payments: paid early or too much, together, alike, related, near a limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise

from bangfu.core.language import Text
from bangfu.core.red_flags.candidates import Among, Candidate, Counted
from bangfu.core.red_flags.facts import (
    Contract,
    County,
    HouseholdPayment,
    Payment,
    Project,
    Relation,
)
from bangfu.core.red_flags.model import Asked, Kind, Row
from bangfu.core.red_flags.parties import party, same

Paid = tuple[Contract, Payment]
# Signed together: the contract and its project.
Signed = tuple[Contract, Project]


def contract_row(contract: Contract) -> Row:
    """A contract as evidence."""
    text = Text(f"{contract.label}，{contract.payee}", f"{contract.label}, {contract.payee}")
    return Row(Kind.CONTRACT, contract.key, text, contract.fen, contract.signed_on)


def payment_row(payment: Payment) -> Row:
    """A payment as evidence."""
    text = Text(f"支付凭证 {payment.voucher}", f"voucher {payment.voucher}")
    return Row(Kind.PAYMENT, payment.key, text, payment.fen, payment.day)


def contracts_by_project(county: County) -> dict[str, list[Contract]]:
    """The contracts of each project that has any."""
    found: dict[str, list[Contract]] = defaultdict(list)
    for contract in county.contracts:
        found[contract.project].append(contract)
    return dict(found)


def contract_payments(county: County, asked: Asked) -> Iterator[Candidate]:
    """Each contract with what is paid of it."""
    of_project = contracts_by_project(county)
    for project in county.projects:
        for contract in of_project.get(project.key, []):
            yield Candidate(
                Kind.PROJECT,
                project.key,
                project.label,
                project.place_code,
                {
                    "number": contract.number,
                    "owed_fen": contract.fen - contract.released,
                    "paid_fen": contract.paid,
                },
                partial(_contract_and_payments, [contract], contract.payments),
                project.department,
                contract.number,
            )


def _contract_and_payments(contracts: Sequence[Contract], payments: Sequence[Payment]) -> list[Row]:
    return [*map(contract_row, contracts), *map(payment_row, payments)]


def project_payments(
    county: County, asked: Asked, among: Among[tuple[Project, Payment]]
) -> Iterator[Candidate]:
    """Each project with the payments that count, and its contracts."""
    of_project = contracts_by_project(county)
    rows = [
        Counted({"day": payment.day, "accepted_on": project.accepted_on}, (project, payment))
        for project in county.projects
        for contract in of_project.get(project.key, [])
        for payment in contract.payments
    ]
    by_project: dict[str, list[tuple[Project, Payment]]] = {}
    for project, payment in among(rows):
        by_project.setdefault(project.key, []).append((project, payment))
    share = _before_acceptance(asked)
    for paid in by_project.values():
        project, payments = paid[0][0], [payment for _, payment in paid]
        contracts = of_project[project.key]
        yield Candidate(
            Kind.PROJECT,
            project.key,
            project.label,
            project.place_code,
            {
                "afterwards": project.afterwards,
                "fen": sum(payment.fen for payment in payments),
                "contracted_fen": sum(one.fen - one.released for one in contracts),
                "share_before": share,
            },
            partial(_contract_and_payments, () if project.afterwards else contracts, payments),
            project.department,
            words={"accepted": _when_accepted(project)},
        )


def accepted(county: County, asked: Asked) -> Iterator[Candidate]:
    """Each project with all that is paid on its contracts and what was accepted."""
    of_project = contracts_by_project(county)
    for project in county.projects:
        contracts = of_project.get(project.key, [])
        payments = [payment for contract in contracts for payment in contract.payments]
        yield Candidate(
            Kind.PROJECT,
            project.key,
            project.label,
            project.place_code,
            {
                "paid_fen": sum(payment.fen for payment in payments),
                "accepted_fen": project.accepted,
            },
            partial(_contract_and_payments, (), payments),
            project.department,
        )


def _when_accepted(project: Project) -> Text:
    if project.accepted_on is None:
        return Text("尚未验收", "not accepted yet")
    return Text(f"{project.accepted_on} 才验收", f"accepted only on {project.accepted_on}")


def _before_acceptance(asked: Asked) -> Fraction:
    """The share of a contract that may be paid before acceptance: the steps before the last."""
    steps = asked.get("projects.payment_steps")
    return sum((Fraction(step["share"]) for step in steps[:2]), Fraction(0))


def contracts_together(county: County, asked: Asked, among: Among[Signed]) -> Iterator[Candidate]:
    """The contracts that count of one payee, or of one village and purpose, that were signed within so many
    days: as many as there are, each set once."""
    days = asked.get("red_flags.split_days")
    projects = {project.key: project for project in county.projects}
    rows = [
        Counted(
            {
                "contract_fen": contract.fen,
                "method": project.tender.method if project.tender else None,
            },
            (contract, project),
        )
        for contract in county.contracts
        if (project := projects.get(contract.project)) is not None
    ]
    groups: dict[tuple[str, str], list[Signed]] = defaultdict(list)
    for contract, project in among(rows):
        groups["payee", party(contract.payee, contract.payee_code)].append((contract, project))
        groups["work", f"{project.place_code} {project.purpose}"].append((contract, project))
    told: set[frozenset[str]] = set()
    for (how, name), group in groups.items():
        for found in _within(sorted(group, key=lambda s: (s[0].signed_on, s[0].key)), days):
            keys = frozenset(contract.key for contract, _ in found)
            if keys not in told:
                told.add(keys)
                yield _together(found, how, name)


def _within(signed: Sequence[Signed], days: int) -> Iterator[Sequence[Signed]]:
    """The runs signed within `days` of their first, none of them part of another."""
    until = 0
    for start, (first, _) in enumerate(signed):
        end = start
        while end < len(signed) and (signed[end][0].signed_on - first.signed_on).days <= days:
            end += 1
        if end > until:
            until = end
            yield signed[start:end]


def _together(found: Sequence[Signed], how: str, name: str) -> Candidate:
    contracts = [contract for contract, _ in found]
    first, project = found[0]
    shared = (
        Text(f"同一收款单位“{first.payee}”", f'one payee, "{first.payee}",')
        if how == "payee"
        else Text(
            f"同一村同一类别“{project.purpose}”",
            f'one village and one purpose, "{project.purpose}",',
        )
    )
    return Candidate(
        Kind.PROJECT,
        project.key,
        project.label,
        project.place_code,
        {
            "contracts": len(contracts),
            "fen": sum(contract.fen for contract in contracts),
            "first_on": contracts[0].signed_on,
            "last_on": contracts[-1].signed_on,
        },
        partial(_contract_and_payments, contracts, ()),
        project.department,
        f"{how} {name} {first.number}",
        {"shared": shared},
    )


def equal_payments(
    county: County, asked: Asked, among: Among[tuple[Paid, Paid]]
) -> Iterator[Candidate]:
    """The payments of one sum to one payee: those that count beside the one before them, and it."""
    by_sum: dict[tuple[str, int], list[Paid]] = defaultdict(list)
    for contract in county.contracts:
        who = party(contract.payee, contract.payee_code)
        for payment in contract.payments:
            by_sum[who, payment.fen].append((contract, payment))
    for paid in by_sum.values():
        paid.sort(key=lambda one: (one[1].day, one[1].key))
    rows = [
        Counted({"days_apart": (other[1].day - one[1].day).days}, (one, other))
        for paid in by_sum.values()
        for one, other in pairwise(paid)
    ]
    close: dict[tuple[str, int], list[tuple[Paid, Paid]]] = defaultdict(list)
    for one, other in among(rows):
        close[party(one[0].payee, one[0].payee_code), one[1].fen].append((one, other))
    for (who, fen), pairs in close.items():
        payments = {payment.key: payment for pair in pairs for _, payment in pair}
        contract = pairs[0][0][0]
        yield Candidate(
            Kind.PAYEE,
            who,
            contract.payee,
            county.code,
            {"payee": contract.payee, "payments": len(payments), "fen": fen},
            partial(_contract_and_payments, (), list(payments.values())),
            about=f"{fen} {contract.number}",
        )


def term_payments(county: County, asked: Asked) -> Iterator[Candidate]:
    """What each recipient was paid of each aid for each term."""
    by_term: dict[tuple[str, str, str], list[HouseholdPayment]] = defaultdict(list)
    for payment in county.households:
        by_term[payment.who, payment.scheme, payment.term].append(payment)
    for (who, scheme, term), paid in by_term.items():
        yield Candidate(
            Kind.HOUSEHOLD,
            paid[0].household,
            paid[0].household,
            paid[0].place_code,
            {
                "scheme": scheme,
                "term": term,
                "payments": len(paid),
                "fen": sum(payment.fen for payment in paid),
            },
            partial(_household_rows, paid),
            about=f"{scheme} {term} {who}",
        )


def _household_rows(paid: Sequence[HouseholdPayment]) -> list[Row]:
    return [
        Row(
            Kind.HOUSEHOLD,
            payment.household,
            Text(f"{payment.scheme} {payment.term}", f"{payment.scheme} {payment.term}"),
            payment.fen,
            payment.day,
        )
        for payment in paid
    ]


def declared_relation(county: County, asked: Asked) -> Iterator[Candidate]:
    """Each contract with a relation to its payee that somebody who decided about it has declared."""
    if not county.relations:
        return
    projects = {project.key: project for project in county.projects}
    for contract in county.contracts:
        project = projects.get(contract.project)
        if project is None:
            continue
        deciders = _deciders(county, project, contract)
        payee = contract.payee, contract.payee_code
        for relation in county.relations:
            if relation.decider in deciders and same((relation.party, relation.party_code), payee):
                yield _related(contract, project, relation)


def _related(contract: Contract, project: Project, relation: Relation) -> Candidate:
    return Candidate(
        Kind.CONTRACT,
        contract.key,
        contract.label,
        project.place_code,
        {
            "payee": contract.payee,
            "decider": relation.decider,
            "what": relation.what,
            "fen": contract.fen,
            "signed_on": contract.signed_on,
            "until": relation.until,
        },
        partial(_relation_rows, contract, relation),
        project.department,
        relation.decider,
    )


def _relation_rows(contract: Contract, relation: Relation) -> list[Row]:
    text = Text(
        f"{relation.decider}：{relation.party}，{relation.what}",
        f"{relation.decider}: {relation.party}, {relation.what}",
    )
    return [contract_row(contract), Row(Kind.RELATION, relation.key, text, day=relation.since)]


def _deciders(county: County, project: Project, contract: Contract) -> set[str]:
    """Everybody who decided about a contract: who admitted, planned, tendered, signed, checked and paid."""
    found = set(county.deciders.get(project.key, ())) | {contract.recorded_by}
    if project.tender is not None:
        found.add(project.tender.actor)
    return found | {name for payment in contract.payments for name in payment.deciders}


def contract_and_limit(county: County, asked: Asked) -> Iterator[Candidate]:
    """Each contract beside each limit from which more would be asked."""
    unit = asked.get("red_flags.round_to")
    known = [(key, asked.value(key)) for key in asked.get("red_flags.limits")]
    projects = {project.key: project for project in county.projects}
    for contract in county.contracts:
        project = projects.get(contract.project)
        if project is None:
            continue
        for key, limit in known:
            if limit is None:
                continue
            yield Candidate(
                Kind.CONTRACT,
                contract.key,
                contract.label,
                project.place_code,
                {
                    "fen": contract.fen,
                    "limit_fen": limit.value,
                    "beyond_round_fen": contract.fen % unit,
                },
                partial(_contract_and_payments, [contract], ()),
                project.department,
                key,
                {"limit": limit.title},
            )
