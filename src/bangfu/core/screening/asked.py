"""What the screening asks of the books, in the rule language: one name a column of its tables.

Every meaning stands in `core.facts.derived` or in `policy/`, as for the checks; nothing here says a
second time what a fact is. The composer computes all of it in one pass over the members.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import ibis.expr.types as ir

from bangfu.core.facts.model import Table
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compile import Asking, Compiler
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.policy.rules.leaves import givens
from bangfu.core.policy.rules.nodes import KEYS, Node
from bangfu.core.policy.rules.parser import parse_value
from bangfu.core.policy.rules.types import Type
from bangfu.core.screening.guarantees import GUARANTEES

# How many members there are, and how many of each kind.
COUNTS: dict[str, str] = {
    "members": "size",
    "out_of_school": "count(members, out_of_school)",
    "no_schooling": "count(members, without_schooling)",
    "uninsured": "uninsured_members",
    "severely_ill": "count(members, severely_ill)",
    "disabled": "disabled_members",
    "able": "able_members",
    "workers": "count(members, works_steadily)",
    "students_beyond": "count(members, beyond_compulsory_school)",
    "on_low_income_aid": "count(members, on_low_income_aid)",
    "on_destitute_aid": "count(members, on_destitute_aid)",
}
# Facts of the books that a reason shows, as they stand.
CARRIED = (
    "out_of_pocket",
    "housing_grade",
    "water_litres",
    "water_minutes",
    "water_shortage_days",
)
# Of a household. The reasons of the guarantees, and the guarantees, are definitions of `policy/`.
OF_HOUSEHOLD: dict[str, str] = {
    **{name: name for name in CARRIED},
    **COUNTS,
    "net_income": "net_income",
    "reference_income": "reference_income",
    "business_income": "business",
    "business_cost": "costs",
    "monitored_open": "monitored_open",
    "below_line": "below_line",
    "reference_below_line": "reference_below_line",
    **{name: name for names in GUARANTEES.values() for name in names},
    **{name: name for name in GUARANTEES},
}
# Of a household of concern, beside its classes.
OF_CONCERN: dict[str, str] = {
    "monitored_open": "monitored_open",
    "helped": "helps is not missing",
}
# Of a person whom a roster may list.
OF_PERSON: dict[str, str] = {
    "certificate_token": "certificate_token",
    "low_income_aid": "low_income_aid",
    "destitute_aid": "destitute_aid",
    "disabled": "disabled",
    "aided": "on_low_income_aid or on_destitute_aid",
    "aided_as_destitute": "on_destitute_aid",
}


def asked(policy: Policy, grain: Table, texts: Mapping[str, str]) -> dict[str, Node]:
    """The texts, typed. Raises KeyError when a definition that the screening names is not there."""
    found = {}
    for name, text in texts.items():
        node, refused = parse_value(text, policy.scope(grain))
        if node is None:
            raise KeyError(f"{name}: {refused[0].text}")
        found[name] = node
    return found


def laid(
    composer: Composer, grain: Table, wanted: Mapping[str, Node], only: ir.Table | None = None
) -> ir.Table:
    """The rows of a grain: their keys, and what is asked of each under its name.

    `only` is a table of keys: other rows are left out.
    """
    view = composer.view(grain, wanted.values(), only)
    compiler = view.compiler(composer.asking)
    columns = {name: _column(compiler, node) for name, node in wanted.items()}
    return view.rows.select(*KEYS[grain], **columns)


def laid_again(
    composer: Composer,
    grain: Table,
    wanted: Mapping[str, Node],
    asking: Asking,
    changed: AbstractSet[str],
) -> ir.Table | None:
    """As `laid`, from what the composer has laid already, but asked with other parameters.

    `changed` are the keys whose values differ. None when one of them stands inside what a row's own
    rows say of it: then that has to be computed from them again.
    """
    named = [given for node in wanted.values() for given in givens(node)]
    if any(keys_of(given) & changed for given in named):
        return None
    view = composer.view(grain, named)
    compiler = view.compiler(asking)
    columns = {name: _column(compiler, node) for name, node in wanted.items()}
    return view.rows.select(*KEYS[grain], **columns)


def keys_of(node: Node) -> frozenset[str]:
    """The policy keys that a node names, however deep."""
    found = (each.key for each in nodes.walk(node) if isinstance(each, nodes.Parameter))
    return frozenset(key for key in found if key)


def _column(compiler: Compiler, node: Node) -> ir.Value:
    """A condition is true or false; a fact as it stands may be missing."""
    if node.type is Type.BOOL and not isinstance(node, nodes.FactRef):
        return compiler.truth(node)
    return compiler.value(node)
