"""What the books do when a step with an effect passes. Each takes all the cases of one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max

from bangfu.books.assistance.actions import agree_measure
from bangfu.books.cases import subjects
from bangfu.books.cases.evidence import INCOMES
from bangfu.books.cases.models import Case, Registration
from bangfu.books.cases.rules import label
from bangfu.books.cases.subjects import Effect, Row
from bangfu.books.households import recognition
from bangfu.books.households.models import Person, VillageProfile
from bangfu.core.errors import ConflictError
from bangfu.core.facts.dictionary import AFTER_REMOVAL, HELP, plain
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.periods import month_of
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.model import Procedure

# The families of measures by the words that the procedure offers.
_FAMILY = {plain(Table.HOUSEHOLD)[name].zh: name for name in HELP}


# The answers that each effect reads.
READS: Mapping[str, Sequence[str]] = {
    "monitor": ("monitored_class", "risks", "disaster_subtype", "risk_other_note"),
    "agree_measures": ("measures", "content", "responsible"),
    "remove_risk": ("removal_mode", *AFTER_REMOVAL),
}


def carry_out(
    effect: str,
    *,
    by: str,
    cases: Sequence[Case],
    answers: Mapping[int, Row],
    policy: Policy,
    today: date,
) -> None:
    """Do what the step's effect says for every case, or raise and leave nothing done."""
    known = {**_EFFECTS, **subjects.effects()}
    known[effect](by, cases, answers, policy, today)


def read_by(effect: str) -> Sequence[str]:
    """The answers that an effect reads."""
    return {**READS, **subjects.reads()}.get(effect, ())


def refusal(procedure: Procedure, case_household: Any) -> Text | None:
    """Why a case of this procedure makes no sense for a household as it stands; None when it does."""
    effects = {step.effect for step in procedure.steps}
    household = case_household
    watched = household.monitored_class is not None and household.risk_removed is not True
    if "monitor" in effects and watched:
        return Text(
            f"该户已是监测对象（{household.monitored_class}），风险未消除，不需要重复识别。",
            f"This household is monitored already ({household.monitored_class}) and its risk is open.",
        )
    if "remove_risk" in effects and not watched:
        return Text(
            "该户不是风险未消除的监测对象。",
            "This household is no monitoring object with an open risk.",
        )
    if "remove_risk" in effects and household.no_labour_guaranteed:
        return Text(
            "该户是整户无劳动力兜底保障户：持续跟踪监测，不推动消除。若已有劳动力，先更正户信息。",
            "Nobody in this household can work and the safety net carries it: it is tracked, not pushed "
            "out. If somebody can work now, correct the household first.",
        )
    registered = Registration.objects.filter(household_id=household.pk, exited_on=None).exists()
    if "register" in effects and registered:
        return Text("该户已建档立卡。", "This household is in the register already.")
    if "exit_household" in effects and not registered:
        return Text(
            "该户不在建档立卡名册中，没有退出可办。", "This household is not in the register."
        )
    return None


def _monitor(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    found = {
        str(case.household_id): recognition.Recognition(
            answers[case.pk]["monitored_class"],
            answers[case.pk]["risks"],
            answers[case.pk].get("disaster_subtype"),
            answers[case.pk].get("risk_other_note"),
        )
        for case in cases
    }
    recognition.recognise(by=by, found=found, month=month_of(today), reason=_reason(cases))


def _agree_measures(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    for case in cases:
        given = answers[case.pk]
        for words in given["measures"]:
            agree_measure(
                by=by,
                household_no=str(case.household_id),
                family=_FAMILY[words],
                content=given.get("content") or words,
                responsible=given["responsible"],
                agreed_on=today,
                case_no=str(case.pk),
                today=today,
            )


def _remove_risk(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    members: dict[str, int] = {}
    for no in Person.objects.filter(household_id__in=[c.household_id for c in cases]).values_list(
        "household_id", flat=True
    ):
        members[no] = members.get(no, 0) + 1
    found = {}
    for case in cases:
        given = dict(answers[case.pk])
        gains = sum(given[f"after_{name}"] for name in INCOMES[:4])
        given["after_net_income"] = gains - given["after_business_cost"]
        given["after_income_per_head"] = (
            given["after_net_income"] // members[str(case.household_id)]
        )
        found[str(case.household_id)] = given
    recognition.remove_risk(by=by, found=found, month=month_of(today), reason=_reason(cases))


def _register(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    Registration.objects.bulk_create(
        Registration(
            household_id=str(case.household_id),
            place_code=case.place_code,
            case=case,
            registered_on=today,
        )
        for case in cases
    )


def _exit_household(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    for case in cases:
        Registration.objects.filter(household_id=case.household_id, exited_on=None).update(
            exited_on=today, exit_case=case
        )
    numbers = [str(case.household_id) for case in cases]
    recognition.exit_poverty(by=by, numbers=numbers, reason=_reason(cases))


def _exit_village(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    for case in cases:
        sheets = VillageProfile.objects.filter(place_code=case.place_code)
        newest = sheets.aggregate(newest=Max("year"))["newest"]
        if not sheets.filter(year=newest).update(exited=True):
            raise ConflictError(
                Text(
                    "本村没有行政村表，无法登记出列。", "This village has no sheet to record it on."
                )
            )


def _exit_county(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    """The case itself is the county's record: its decision, its figures and its evidence."""


def _reason(cases: Sequence[Case]) -> str:
    return label(cases[0]) if len(cases) == 1 else f"{len(cases)} cases"


_EFFECTS: dict[str, Effect] = {
    "monitor": _monitor,
    "agree_measures": _agree_measures,
    "remove_risk": _remove_risk,
    "register": _register,
    "exit_household": _exit_household,
    "exit_village": _exit_village,
    "exit_county": _exit_county,
}
