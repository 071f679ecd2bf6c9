"""What policy gives a scheme in a place and a term."""

from __future__ import annotations

from datetime import date

from bangfu.core.payments.amounts import Limits
from bangfu.core.payments.schemes import Scheme
from bangfu.core.policy.resolve import Policy


def limits_of(policy: Policy, scheme: Scheme, *, place: str, on: date, today: date) -> Limits:
    """What policy gives a scheme in a place: the values of the term's first day; of one that has none
    that day (a scheme "once" in a life) those of today."""
    day = max(on, scheme.period.start or on) if scheme.term != "once" else today

    def value(key: str) -> int | None:
        return policy.value(key, place=place, on=day).value if key else None

    return Limits(
        policy.value(scheme.rate, place=place, on=day).value, value(scheme.most), value(scheme.cap)
    )
