"""Forms of supervision: the plan, its seed, visits, findings and the acts about them, the bulletin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from bangfu.books.cases.forms import PhotosField
from bangfu.books.households.picking import HouseholdField
from bangfu.books.places.picking import PlaceField, PlacesForm
from bangfu.books.supervision.actions import About, Sizes
from bangfu.books.supervision.models import Severity, SubjectKind
from bangfu.core.places import Level
from bangfu.files.uploads import Sort
from bangfu.web.forms import Form, date_field
from bangfu.web.picking import PickByKindField
from bangfu.web.speech import later

SEVERITIES = (
    (Severity.ORDINARY.value, later("一般", "ordinary")),
    (Severity.SERIOUS.value, later("较重", "serious")),
    (Severity.GRAVE.value, later("严重", "grave")),
)
SUBJECTS = (
    (SubjectKind.PROJECT.value, later("项目（编号）", "a project (number)")),
    (SubjectKind.PAYMENT.value, later("支付（凭证号）", "a payment (voucher)")),
    (SubjectKind.HOUSEHOLD.value, later("农户", "a household")),
    (SubjectKind.VILLAGE.value, later("村", "a village")),
)


class EvidenceField(PhotosField):
    """Photos and PDF papers that show something."""

    sorts = (Sort.PHOTO, Sort.DOCUMENT)


def _words(zh: str, en: str, rows: int = 3, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=later(zh, en), max_length=4000, widget=widget, **more)


def _count(zh: str, en: str) -> forms.IntegerField:
    return forms.IntegerField(label=later(zh, en), min_value=0, max_value=500)


class PlanForm(Form):
    """A quarter's plan: when, how many, and which public number will be the seed."""

    year = forms.IntegerField(label=later("年度", "Year"), min_value=2011, max_value=2199)
    quarter = forms.TypedChoiceField(
        label=later("季度", "Quarter"), choices=[(n, str(n)) for n in range(1, 5)], coerce=int
    )
    villages_by_risk = _count("按风险抽几个村", "Villages by risk")
    villages_by_lot = _count("随机抽几个村", "Villages by lot")
    projects_by_risk = _count("按风险抽几个项目", "Projects by risk")
    projects_by_lot = _count("随机抽几个项目", "Projects by lot")
    seed_source = forms.CharField(
        label=later("用哪个公开数作种子", "Which public number will be the seed"),
        help_text=later(
            "写明今天还没有产生的数，例如：中国福利彩票双色球第 2026143 期开奖号码。",
            "One that does not exist yet today, for example the numbers of lottery draw 2026143.",
        ),
        max_length=200,
    )

    def sizes(self) -> Sizes:
        """How many are drawn."""
        given = self.cleaned_data
        return Sizes(
            given["villages_by_risk"],
            given["villages_by_lot"],
            given["projects_by_risk"],
            given["projects_by_lot"],
        )


class AcceptanceForm(Form):
    """A round of looking at what waits for acceptance: which public number will be the seed."""

    seed_source = forms.CharField(
        label=later("用哪个公开数作种子", "Which public number will be the seed"),
        help_text=later(
            "写明今天还没有产生的数。抽几个由政策定。",
            "One that does not exist yet today. How many are drawn, policy says.",
        ),
        max_length=200,
    )


class SeedForm(Form):
    """The seed, once it is known."""

    # Lottery numbers are long runs of digits.
    NUMBERS = frozenset({"seed"})
    seed = forms.CharField(label=later("种子", "The seed"), max_length=100)


class VisitForm(Form):
    """What was seen."""

    visited_on = date_field("督查日期", "Day of the inspection")
    inspectors = forms.CharField(label=later("督查人员", "Who inspected"), max_length=300)
    seen = _words("看了什么，情况怎样", "What was looked at, and how it stands", 4)
    papers = EvidenceField(
        label=later("照片或材料（可多选）", "Photos or papers (several)"), required=False
    )


class FindingForm(PlacesForm):
    """What is wrong, with whom, how gravely; a household is chosen by those who see `persons`."""

    subject_kind = forms.ChoiceField(label=later("问题对象", "About"), choices=SUBJECTS)
    subject = PickByKindField(
        label=later("哪一个", "Which one"),
        by="subject_kind",
        kinds={
            SubjectKind.HOUSEHOLD.value: HouseholdField(),
            SubjectKind.VILLAGE.value: PlaceField(level=Level.VILLAGE),
        },
        help_text=later(
            "项目填编号，支付填凭证号；农户和村输入名称后选择。",
            "A project's number, a payment's voucher; households and villages: type a name, choose.",
        ),
    )
    what = _words("问题是什么", "What is wrong")
    spot = forms.CharField(
        label=later("具体位置（可不填）", "Where exactly (optional)"),
        max_length=200,
        required=False,
    )
    severity = forms.ChoiceField(label=later("轻重", "Severity"), choices=SEVERITIES)
    evidence = EvidenceField(
        label=later("照片或材料（可多选）", "Photos or papers (several)"), required=False
    )

    def __init__(self, *arguments: Any, persons: bool, **options: Any) -> None:
        self.persons = persons
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        super().prepare()
        if not self.persons:
            household = SubjectKind.HOUSEHOLD.value
            del self.fields["subject"].kinds[household]  # type: ignore[attr-defined]
            offered = [each for each in SUBJECTS if each[0] != household]
            self.fields["subject_kind"].choices = offered  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """What was filled in, as the verb takes it."""
        given = self.cleaned_data
        return {
            "about": About(SubjectKind(given["subject_kind"]), given["subject"]),
            "what": given["what"],
            "spot": given["spot"],
            "severity": Severity(given["severity"]),
            "evidence": given["evidence"],
        }


class OrderForm(Form):
    """What is to be put right, by whom, until when."""

    demand = _words("整改要求", "What is to be done")
    answers_role = forms.ChoiceField(label=later("由谁整改（角色）", "Who answers (role)"))
    unit = forms.CharField(label=later("责任单位或责任人", "Unit or person"), max_length=100)
    due_on = date_field(
        "整改期限（空着为政策最长期限）", "Until (empty: the longest policy allows)", required=False
    )

    def __init__(self, *arguments: Any, roles: Sequence[tuple[str, str]], **options: Any) -> None:
        self._roles = roles
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["answers_role"].choices = list(self._roles)  # type: ignore[attr-defined]


class AnswerForm(Form):
    """What was done, and what shows it."""

    said = _words("整改情况", "What was done")
    evidence = EvidenceField(
        label=later("照片或材料（至少一个）", "Photos or papers (at least one)")
    )


class RecheckForm(Form):
    """What the second look came to."""

    passes = forms.TypedChoiceField(
        label=later("复查结论", "Result"),
        choices=[
            ("yes", later("已整改到位", "it is put right")),
            ("no", later("没有到位，继续整改", "it is not; go on")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    said = _words("复查情况", "What was seen")
    evidence = EvidenceField(
        label=later("照片或材料（可不附）", "Photos or papers (optional)"), required=False
    )


class CloseForm(Form):
    """Why it may be closed."""

    said = _words("销号意见", "Why it may be closed", 2)


class HalfForm(Form):
    """Which half of a year a bulletin is of."""

    year = forms.IntegerField(label=later("年度", "Year"), min_value=2011, max_value=2199)
    half = forms.TypedChoiceField(
        label=later("半年", "Half"),
        choices=[(1, later("上半年", "first")), (2, later("下半年", "second"))],
        coerce=int,
    )


class BulletinForm(Form):
    """The bulletin's own words, until it is issued."""

    title = forms.CharField(label=later("标题", "Title"), max_length=200)
    body = forms.CharField(
        label=later("正文", "Text"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=later(
            "空一行另起一段；以“一、”开头的行是小标题。",
            "An empty line begins a paragraph; a line that begins with 一、 is a heading.",
        ),
    )


class IssueForm(Form):
    """The number under which a bulletin is issued."""

    number = forms.CharField(
        label=later("文号", "Number"),
        max_length=60,
        help_text=later("例如：秭督通〔2026〕2号", "For example 秭督通〔2026〕2号"),
    )
