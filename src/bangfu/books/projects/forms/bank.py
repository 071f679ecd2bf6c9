"""Forms of the bank: a proposal with its eleven fields, its amendment, its terms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.projects.forms.fields import text_line, text_lines, yuan_field
from bangfu.books.projects.models import Mode
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan
from bangfu.web import codes, speech
from bangfu.web.forms import Form, OfferedInput

_MODES = (
    (Mode.CLAIMS, speech.later("报账制", "by claims")),
    (Mode.RELIEF, speech.later("以工代赈", "work for relief")),
    (Mode.AFTER, speech.later("先建后补", "built first, subsidised after")),
    (Mode.AWARD, speech.later("以奖代补", "award in place of subsidy")),
)
_NATURES = tuple((nature, codes.later(nature)) for nature in ("新建", "改建", "扩建", "续建"))


class ProposalForm(Form):
    """The eleven fields of a project, what it is paid by, and where it lies."""

    name = text_line("项目名称", "Name of the project")
    purpose = text_line(
        "类别（用途）",
        "Category (purpose)",
        widget=OfferedInput,
        help_text=speech.later(
            "从列表中选，或写县里自己的说法。资金只付写明可用于这一类的项目。",
            "Choose from the list, or use the county's own word. Money pays projects of its own purposes only.",
        ),
    )
    nature = forms.ChoiceField(label=speech.later("建设性质", "Nature"), choices=_NATURES)
    location = text_line("实施地点", "Where it is built")
    schedule = text_line("时间进度", "When it is built")
    department = text_line("责任单位", "Responsible unit")
    task = text_lines("建设任务", "What is built", 2)
    cost = yuan_field("资金规模（元）", "Amount needed (yuan)")
    financing = text_line("筹资方式", "Financing")
    beneficiaries = text_line(
        "受益对象（用顿号分开；空着表示全体村民）",
        "For whom (with 、 between; empty means everybody)",
        required=False,
    )
    beneficiary_households = forms.IntegerField(
        label=speech.later("受益户数", "Households that gain"), min_value=1, required=False
    )
    performance_target = text_lines(
        "绩效目标（没有绩效目标不能入库）",
        "Performance target (without one a project is not admitted)",
        2,
        required=False,
        help_text=speech.later(
            "写成数字，例如：受益农户42户，满意度95%以上",
            "In numbers, for example: 受益农户42户，满意度95%以上",
        ),
    )
    mechanism = text_lines(
        "群众参与和带贫减贫机制", "How the masses and the poor take part", 2, required=False
    )
    mode = forms.ChoiceField(
        label=speech.later("资金支付方式", "How it is paid"),
        choices=_MODES,
        initial=Mode.CLAIMS,
        required=False,
    )
    subsidy_percent = forms.DecimalField(
        label=speech.later(
            "补助比例 %（先建后补、以奖代补填写）", "Subsidy in % (where paid afterwards)"
        ),
        required=False,
        min_value=Decimal("0.01"),
        max_value=100,
        decimal_places=2,
    )
    latitude = forms.DecimalField(
        label=speech.later("纬度（可不填）", "Latitude (optional)"),
        required=False,
        min_value=-90,
        max_value=90,
        decimal_places=6,
    )
    longitude = forms.DecimalField(
        label=speech.later("经度（可不填）", "Longitude (optional)"),
        required=False,
        min_value=-180,
        max_value=180,
        decimal_places=6,
    )
    need = text_lines("为什么要做这个项目", "Why the village needs it", 2)

    def __init__(self, *given: Any, purposes: Iterable[str], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["purpose"].widget.offered = purposes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if (given.get("latitude") is None) != (given.get("longitude") is None):
            raise ValidationError(speech.say(Text("经度和纬度要一起填。", "Give both or neither.")))
        return given

    def stated(self) -> dict[str, Any]:
        """What was filled in, as the verb takes it."""
        given = self.cleaned_data
        names = (
            "name",
            "purpose",
            "nature",
            "location",
            "schedule",
            "department",
            "task",
            "financing",
            "beneficiary_households",
            "performance_target",
            "mechanism",
            "latitude",
            "longitude",
        )
        people = [part for part in re.split(r"[、,，]", given["beneficiaries"]) if part.strip()]
        return {
            **{name: given[name] for name in names},
            "cost_fen": fen_from_yuan(given["cost"]),
            "beneficiaries": [part.strip() for part in people] or None,
            "mode": given["mode"] or Mode.CLAIMS,
            "subsidy_share": _share(given["subsidy_percent"]),
        }


def _share(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / 100


class AmendForm(ProposalForm):
    """As the proposal; why it is needed was said in the case."""

    need = None  # type: ignore[assignment]


class NeedForm(Form):
    """Send a proposal again."""

    need = text_lines("为什么再报", "Why it is proposed again")


class TermsForm(Form):
    """How a project is paid, what is retained, where it lies."""

    mode = forms.ChoiceField(label=speech.later("资金支付方式", "How it is paid"), choices=_MODES)
    subsidy_percent = forms.DecimalField(
        label=speech.later("补助比例 %", "Subsidy in %"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=100,
        decimal_places=2,
    )
    retention_percent = forms.DecimalField(
        label=speech.later("质保金 %", "Retention in %"),
        min_value=0,
        max_value=100,
        decimal_places=2,
    )
    latitude = forms.DecimalField(
        label=speech.later("纬度", "Latitude"),
        required=False,
        min_value=-90,
        max_value=90,
        decimal_places=6,
    )
    longitude = forms.DecimalField(
        label=speech.later("经度", "Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        decimal_places=6,
    )

    def terms(self) -> dict[str, Any]:
        """What was filled in, as the verb takes it."""
        given = self.cleaned_data
        both = given["latitude"] is not None and given["longitude"] is not None
        return {
            "mode": Mode(given["mode"]),
            "subsidy_share": _share(given["subsidy_percent"]),
            "retention_share": given["retention_percent"] / 100,
            "position": (given["latitude"], given["longitude"]) if both else None,
        }
