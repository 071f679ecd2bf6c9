"""Forms of the policy pages and of the what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bangfu.core.language import Text
from bangfu.core.money import FEN_PER_YUAN, MAX_FEN
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.types import Type
from bangfu.core.policy.units import UNITS
from bangfu.web.forms import Form
from bangfu.web.speech import later, say

# What a what-if may move beside the weights and the cut-off: a line, thresholds, a share.
MOVABLE = (
    "income.line",
    "screening.medical_threshold",
    "screening.medical_share",
    "screening.water_litres_at_least",
    "screening.water_minutes_at_most",
    "screening.water_shortage_days_at_most",
)
SCHEME = "screening.deprivation_scheme"
WEIGHT = "weight_"
CUTOFF = "cutoff"
MOST_WEIGHT = 1000


class PolicyFilter(Form):
    """What to look for, where, and on which day; all in the address."""

    q = forms.CharField(
        label=later("查找", "Find"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    place = forms.ChoiceField(label=later("地方", "Place"), required=False)
    on = forms.DateField(
        label=later("日期", "Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *arguments: Any, places: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["place"].choices = places  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Present:
    """The values in force that a what-if starts from: scalars by key, the scheme's rows, its cut-off."""

    scalars: Mapping[str, Any]
    scheme: str
    rows: Sequence[Mapping[str, Any]]
    cutoff: Fraction

    @classmethod
    def of(cls, policy: Policy, *, place: str, on: date) -> Present:
        """As policy has them; UsageError when one is missing."""
        scheme = str(policy.value(SCHEME, place=place, on=on).value)
        cutoff = policy.value(f"deprivation.{scheme}_cutoff", place=place, on=on).value
        return cls(
            {key: policy.value(key, place=place, on=on).value for key in MOVABLE},
            scheme,
            policy.value(f"deprivation.{scheme}", place=place, on=on).value,
            Fraction(cutoff["numerator"], cutoff["denominator"]),
        )


class WhatIfForm(Form):
    """The values to move. A field left as it is changes nothing."""

    def __init__(
        self, *arguments: Any, policy: Policy, present: Present, on: date, **options: Any
    ) -> None:
        self._policy, self._present, self._on = policy, present, on
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        """A field a value, filled with what is in force."""
        for key in MOVABLE:
            value = self._policy.in_force(key, self._on)[0]
            unit = UNITS[value.unit.name]
            self.fields[key] = forms.DecimalField(
                label=_label(value.title, unit.zh, value.unit.name),
                initial=_written(self._present.scalars[key], unit.type),
                required=False,
                min_value=0,
                max_value=MAX_FEN // FEN_PER_YUAN if unit.type is Type.MONEY else 100_000,
                decimal_places=2 if unit.type in (Type.MONEY, Type.DECIMAL) else 0,
            )
        for row in self._present.rows:
            title = self._policy.definitions[row["condition"]].text
            self.fields[f"{WEIGHT}{row['id']}"] = forms.IntegerField(
                label=_label(title, "权重", "weight"),
                initial=row["weight"],
                required=False,
                min_value=1,
                max_value=MOST_WEIGHT,
            )
        self.fields[CUTOFF] = forms.CharField(
            label=later("多维贫困临界值（分数，如 1/3）", "Poverty cut-off (a fraction, e.g. 1/3)"),
            initial=str(self._present.cutoff),
            required=False,
            max_length=20,
        )

    def clean_cutoff(self) -> Fraction | None:
        """A share above 0 and up to 1."""
        written = self.cleaned_data[CUTOFF].strip()
        if not written:
            return None
        try:
            found = Fraction(written)
        except (ValueError, ZeroDivisionError):
            found = Fraction(0)
        if not 0 < found <= 1 or found.denominator > MOST_WEIGHT:
            told = Text(
                "请填大于 0、不超过 1 的分数，如 1/3 或 0.4。",
                "A fraction above 0 and up to 1, such as 1/3 or 0.4.",
            )
            raise ValidationError(say(told))
        return found

    def changes(self) -> dict[str, Any]:
        """What differs from what is in force, by policy key, in the unit rules reckon in."""
        given, present = self.cleaned_data, self._present
        found: dict[str, Any] = {}
        for key in MOVABLE:
            kind = UNITS[self._policy.in_force(key, self._on)[0].unit.name].type
            if given[key] is not None:
                value = _reckoned(given[key], kind)
                if value != present.scalars[key]:
                    found[key] = value
        rows = tuple(
            {**row, "weight": given[f"{WEIGHT}{row['id']}"] or row["weight"]}
            for row in present.rows
        )
        if list(rows) != list(present.rows):
            found[f"deprivation.{present.scheme}"] = rows
        cutoff = given[CUTOFF]
        if cutoff is not None and cutoff != present.cutoff:
            found[f"deprivation.{present.scheme}_cutoff"] = {
                "numerator": cutoff.numerator,
                "denominator": cutoff.denominator,
            }
        return found


def _label(title: Text, zh: str, en: str) -> Any:
    return later(f"{title.zh}（{zh}）", f"{title.en} ({en})")


def _written(value: Any, kind: Type | None) -> Decimal:
    return Decimal(value) / FEN_PER_YUAN if kind is Type.MONEY else Decimal(value)


def _reckoned(value: Decimal, kind: Type | None) -> int | Decimal:
    if kind is Type.MONEY:
        return int(value * FEN_PER_YUAN)
    return value if kind is Type.DECIMAL else int(value)
