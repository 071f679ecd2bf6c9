"""Medical burden: what the household paid itself, against a threshold and against its income."""

from __future__ import annotations

import ibis.expr.types as ir

from bangfu.core.screening.expressions import share_above, true
from bangfu.core.screening.parameters import Parameters


def medical_flags(facts: ir.Table, parameters: Parameters) -> dict[str, ir.Value]:
    """Over a table with `out_of_pocket` and `net_income`, in fen.

    A household without spending has no burden, whatever its income; with spending and an income of
    nothing or less, the share is over any limit.
    """
    spent = facts.out_of_pocket
    return {
        "medical_over_threshold": true(spent >= parameters.medical_threshold),
        "medical_over_share": true(
            (spent > 0) & share_above(spent, facts.net_income, parameters.medical_share)
        ),
    }
