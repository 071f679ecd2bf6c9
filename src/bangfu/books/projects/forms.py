"""Forms of projects: the proposal, terms, stages, reports, results, meetings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.cases.forms import MOST_PHOTOS, PhotosField
from bangfu.books.projects.actions.building import Offer, Paper
from bangfu.books.projects.actions.year import Promise
from bangfu.books.projects.models import Contribution, Meeting, Mode, TeamMember
from bangfu.core.errors import InputError
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan
from bangfu.core.projects.targets import Target
from bangfu.files.uploads import Sort, take
from bangfu.web import speech
from bangfu.web.forms import Form, date_field

_MODES = (
    (Mode.CLAIMS, speech.later("报账制", "by claims")),
    (Mode.RELIEF, speech.later("以工代赈", "work for relief")),
    (Mode.AFTER, speech.later("先建后补", "built first, subsidised after")),
    (Mode.AWARD, speech.later("以奖代补", "award in place of subsidy")),
)
_NATURES = (
    ("新建", speech.later("新建", "new")),
    ("改建", speech.later("改建", "rebuilt")),
    ("扩建", speech.later("扩建", "enlarged")),
    ("续建", speech.later("续建", "continued")),
)


def _line(zh: str, en: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=speech.later(zh, en), max_length=300, **more)


def _lines(zh: str, en: str, rows: int = 3, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=speech.later(zh, en), max_length=4000, widget=widget, **more)


def _yuan(zh: str, en: str, **more: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"})
    return forms.DecimalField(
        label=speech.later(zh, en),
        decimal_places=2,
        max_digits=14,
        min_value=Decimal("0.01"),
        widget=widget,
        **more,
    )


def fen(value: Decimal | None) -> int | None:
    """Yuan of a form as whole fen."""
    return None if value is None else fen_from_yuan(value)


class ProposalForm(Form):
    """The eleven fields of a project, what it is paid by, and where it lies."""

    name = _line("项目名称", "Name of the project")
    purpose = _line("类别（用途）", "Category (purpose)")
    nature = forms.ChoiceField(label=speech.later("建设性质", "Nature"), choices=_NATURES)
    location = _line("实施地点", "Where it is built")
    schedule = _line("时间进度", "When it is built")
    department = _line("责任单位", "Responsible unit")
    task = _lines("建设任务", "What is built", 2)
    cost = _yuan("资金规模（元）", "Amount needed (yuan)")
    financing = _line("筹资方式", "Financing")
    beneficiaries = _line(
        "受益对象（用顿号分开；空着表示全体村民）",
        "For whom (with 、 between; empty means everybody)",
        required=False,
    )
    beneficiary_households = forms.IntegerField(
        label=speech.later("受益户数", "Households that gain"), min_value=1, required=False
    )
    performance_target = _lines(
        "绩效目标（没有绩效目标不能入库）",
        "Performance target (without one a project is not admitted)",
        2,
        required=False,
        help_text=speech.later(
            "写成数字，例如：受益农户42户，满意度95%以上",
            "In numbers, for example: 受益农户42户，满意度95%以上",
        ),
    )
    mechanism = _lines(
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
    need = _lines("为什么要做这个项目", "Why the village needs it", 2)

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

    need = _lines("为什么再报", "Why it is proposed again")


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


class PaperField(forms.FileField):
    """A paper: a PDF, or a photo of it."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return take(file.name, file.read(), [Sort.DOCUMENT, Sort.PHOTO])
        except InputError as refused:
            raise ValidationError(speech.say(refused.text)) from refused


class PapersForm(Form):
    """A form that asks for papers, a field each."""

    def __init__(self, *arguments: Any, asked: Sequence[str] = (), **options: Any) -> None:
        self.asked = tuple(asked)
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        for number, kind in enumerate(self.asked):
            self.fields[f"paper_{number}"] = PaperField(
                label=speech.later(f"{kind}（PDF 或照片）", f"{kind} (PDF or photo)"),
                required=False,
            )

    def papers(self) -> list[Paper]:
        """The papers that were sent."""
        given = ((kind, self.cleaned_data[f"paper_{n}"]) for n, kind in enumerate(self.asked))
        return [Paper(kind, upload) for kind, upload in given if upload]


class StageForm(PapersForm):
    """A stage done: when, its papers, and what a tender or a start tell."""

    done_on = date_field("办理日期", "Day it was done")
    method = forms.ChoiceField(label=speech.later("采购方式", "Way of procurement"), choices=())
    party = _line("承建单位", "Who builds it")
    amount = _yuan("合同价（元）", "Contract price (yuan)")
    offers = _lines(
        "投标（报价）单位，包括承建单位：每行一家，可加逗号和报价（元）",
        "Who offered, the builder too: a line each, then a comma and the price in yuan if known",
        4,
        required=False,
    )
    labour = _yuan("劳务报酬（元）", "Labour pay (yuan)", required=False)
    note = _lines("说明", "Note", 2, required=False)

    def __init__(
        self, *arguments: Any, methods: Sequence[str] = (), labour: bool = False, **options: Any
    ) -> None:
        self.methods, self.with_labour = methods, labour
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        super().prepare()
        if not self.methods:
            for name in ("method", "party", "amount", "offers"):
                del self.fields[name]
        else:
            self.fields["method"].choices = [(each, each) for each in self.methods]  # type: ignore[attr-defined]
        if not self.with_labour:
            del self.fields["labour"]

    def clean_offers(self) -> list[Offer]:
        found = []
        for line in self.cleaned_data["offers"].splitlines():
            name, _, price = line.replace("，", ",").partition(",")
            if not name.strip():
                continue
            try:
                fen_offered = fen_from_yuan(price) if price.strip() else None
            except ValueError:
                raise ValidationError(
                    speech.say(Text(f"报价不对：{line}", f"This price is not right: {line}"))
                ) from None
            found.append(Offer(name.strip(), fen_offered))
        return found

    def told(self) -> dict[str, Any]:
        """What was filled in, as the verb takes it."""
        given = self.cleaned_data
        return {
            "done_on": given["done_on"],
            "method": given.get("method", ""),
            "party": given.get("party", ""),
            "amount_fen": fen(given.get("amount")),
            "labour_fen": fen(given.get("labour")),
            "offers": given.get("offers", ()),
            "note": given["note"],
            "papers": self.papers(),
        }


class ProgressForm(Form):
    """A report from the site, made on the phone."""

    percent = forms.IntegerField(
        label=speech.later("完成比例（%）", "Done (%)"),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    said = _lines("现场情况", "How the site stands")
    photos = PhotosField(
        label=speech.later("现场照片", "Photos of the site"),
        # No `capture`: a picture taken before, with its place in it, may be chosen too.
        widget=PhotosField.widget(attrs={"accept": "image/*"}),
        help_text=speech.later(
            f"最多 {MOST_PHOTOS} 张；拍照时打开手机定位，时间地点会自动核对",
            f"At most {MOST_PHOTOS}; with the phone's location on, time and place are checked",
        ),
    )


class ContributionForm(Form):
    """What villagers gave themselves."""

    kind = forms.ChoiceField(
        label=speech.later("类别", "Kind"),
        choices=(
            (Contribution.Kind.LABOUR, speech.later("投工", "labour")),
            (Contribution.Kind.CASH, speech.later("筹资", "cash")),
            (Contribution.Kind.MATERIAL, speech.later("投料", "materials")),
        ),
    )
    given_on = date_field("日期", "Day")
    households = forms.IntegerField(label=speech.later("户数", "Households"), min_value=1)
    quantity = forms.DecimalField(
        label=speech.later("数量", "Quantity"),
        min_value=Decimal("0.01"),
        decimal_places=2,
        max_digits=12,
    )
    unit = _line("单位（工日、元、立方米……）", "Unit (days of work, yuan, m³ …)")
    worth = _yuan("折合（元）", "Worth (yuan)")
    note = _line("说明", "Note", required=False)


class WhatForm(Form):
    """Something in words."""

    what = _lines("情况", "What")


class ResultsForm(Form):
    """Each target held against what was reached."""

    def __init__(self, *arguments: Any, targets: Sequence[Target], **options: Any) -> None:
        self.targets = tuple(targets)
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        for number, target in enumerate(self.targets):
            bound = Text("至多", "at most") if target.at_most else Text("至少", "at least")
            self.fields[f"reached_{number}"] = forms.DecimalField(
                label=speech.later(
                    f"{target.name}：实际（目标{bound.zh} {target.number}{target.unit}）",
                    f"{target.name}: reached (target {bound.en} {target.number}{target.unit})",
                ),
                min_value=0,
                decimal_places=2,
                max_digits=14,
            )
            self.fields[f"note_{number}"] = _line(
                f"{target.name}：没有达到的原因",
                f"{target.name}: why it was missed",
                required=False,
            )

    def told(self) -> tuple[dict[str, Decimal], dict[str, str]]:
        """What was reached, and why what was missed was."""
        given = self.cleaned_data
        numbered = list(enumerate(self.targets))
        return (
            {target.name: given[f"reached_{n}"] for n, target in numbered},
            {target.name: given[f"note_{n}"] for n, target in numbered},
        )


class KeyVillagesForm(Form):
    """The list of a year's key villages."""

    villages = _lines(
        "重点村代码（每行一个 12 位代码，可加空格和建档立卡户数）",
        "Codes of key villages (a line each: 12 digits, then the registered households if known)",
        12,
    )

    def clean_villages(self) -> list[tuple[str, int | None]]:
        found = []
        for line in self.cleaned_data["villages"].splitlines():
            parts = line.replace(",", " ").replace("，", " ").split()
            if not parts:
                continue
            numbers = all(part.isascii() and part.isdigit() for part in parts)
            if len(parts) > 2 or len(parts[0]) != 12 or not numbers:
                raise ValidationError(
                    speech.say(Text(f"这一行不对：{line}", f"This line is not right: {line}"))
                )
            found.append((parts[0], int(parts[1]) if len(parts) == 2 else None))
        return found


class PlanForm(Form):
    """A key village's plan in words."""

    plan = _lines("村级规划要点", "What the village's plan is", 5)


class TeamForm(Form):
    """Who leads or helps a village."""

    part = forms.ChoiceField(
        label=speech.later("身份", "Part"),
        choices=(
            (TeamMember.Part.LEADER, speech.later("联村县领导", "county leader")),
            (TeamMember.Part.LEADING_UNIT, speech.later("队长单位", "leading unit")),
            (TeamMember.Part.MEMBER, speech.later("成员单位", "member unit")),
            (TeamMember.Part.ENTERPRISE, speech.later("规模企业", "enterprise")),
        ),
    )
    name = _line("姓名或单位", "Name or unit")
    duty = _lines("帮扶职责和项目", "Duties and projects", 2, required=False)


class MeetingForm(Form):
    """Minutes of a meeting, with what they bind departments to, a line each."""

    kind = forms.ChoiceField(
        label=speech.later("会议", "Meeting"),
        choices=(
            (Meeting.Kind.VILLAGE, speech.later("到村现场办公会（一村一纪要）", "in the village")),
            (Meeting.Kind.YEAR_START, speech.later("年初专题办公会", "at the year's start")),
            (Meeting.Kind.JOINT, speech.later("部门联席会议", "joint meeting of departments")),
        ),
    )
    place_code = forms.RegexField(
        r"^\d{12}$",
        label=speech.later("村或县代码（12 位）", "Code of village or county (12 digits)"),
    )
    held_on = date_field("开会日期", "Day it was held")
    chaired_by = _line("主持人", "Chaired by")
    attended = _lines("参加人员和单位", "Present", 2, required=False)
    decided = _lines("议定事项", "What was decided", 4)
    promises = _lines(
        "落实清单（每行：事项｜责任部门｜金额元｜时限｜项目编号，后三项金额和项目编号可空）",
        "Commitments (a line each: item | department | yuan | deadline | project; yuan and project may be empty)",
        5,
        required=False,
        help_text=speech.later(
            "例如：硬化二组公路｜县交通运输局｜400000｜2026-10-31｜XM20260003",
            "For example: 硬化二组公路|县交通运输局|400000|2026-10-31|XM20260003",
        ),
    )

    def clean_promises(self) -> list[Promise]:
        found = []
        for line in self.cleaned_data["promises"].splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in re.split(r"[|｜]", line)]
            parts += [""] * (5 - len(parts))
            try:
                item, department, yuan, day, project = parts
                amount = fen_from_yuan(Decimal(yuan.replace(",", ""))) if yuan else None
                found.append(
                    Promise(item, department, date.fromisoformat(day), amount, "", project)
                )
            except (ValueError, ArithmeticError) as fault:
                raise ValidationError(
                    speech.say(Text(f"这一行不对：{line}", f"This line is not right: {line}"))
                ) from fault
        return found


class CommitmentForm(Form):
    """A commitment carried out."""

    done_on = date_field("完成日期", "Day it was done")
    done = _yuan("落实金额（元）", "Amount provided (yuan)", required=False)
    outcome = _lines("落实情况", "What came of it")


class ReleaseForm(Form):
    """A commitment released by a joint meeting."""

    meeting_id = forms.IntegerField(
        label=speech.later("联席会议编号", "Number of the joint meeting"), min_value=1
    )
    reason = _lines("原因", "Why")
