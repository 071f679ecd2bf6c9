"""The form of a step, made from what its procedure asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.cases.models import Case
from bangfu.books.cases.picking import CaseField
from bangfu.books.cases.standing import Given
from bangfu.core.errors import InputError
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan
from bangfu.core.workflow.model import Criteria, Decides, Field, Kind, Step
from bangfu.files.uploads import Sort, Upload, take
from bangfu.web import codes, speech
from bangfu.web.forms import Form, date_field

YES_NO = (("yes", speech.later("是", "yes")), ("no", speech.later("否", "no")))
PASSING = (
    ("pass", speech.later("通过", "It passes")),
    ("reject", speech.later("不通过，结束", "It does not pass; end it")),
)
CONDITION = "condition_"
WHY = "_why"
CONFIRMED = "confirmed"
MOST_PHOTOS = 9
PER_MILLE = 1000


class _Photos(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos, each read and written anew."""

    widget = _Photos
    sorts: ClassVar[tuple[Sort, ...]] = (Sort.PHOTO,)

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        files = [file for file in (data or []) if file] if isinstance(data, list) else [data]
        files = [super(PhotosField, self).clean(file, initial) for file in files]
        files = [file for file in files if file]
        if self.required and not files:
            raise ValidationError(self.error_messages["required"])
        if len(files) > MOST_PHOTOS:
            raise ValidationError(
                speech.say(Text(f"最多 {MOST_PHOTOS} 个。", f"At most {MOST_PHOTOS} files."))
            )
        try:
            return [take(file.name, file.read(), self.sorts) for file in files]
        except InputError as refused:
            raise ValidationError(speech.say(refused.text)) from refused


def _label(text: Text) -> Any:
    return speech.later(text.zh, text.en)


def _yes_no(text: Text, required: bool) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_label(text),
        choices=YES_NO,
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=required,
        widget=forms.RadioSelect,
    )


def _field(field: Field) -> forms.Field:
    label, required = _label(field.text), field.required
    if field.kind is Kind.YES_NO:
        return _yes_no(field.text, required)
    if field.kind is Kind.DAY:
        return date_field(field.text.zh, field.text.en, required=required)
    if field.kind is Kind.NUMBER:
        return forms.IntegerField(label=label, required=required, min_value=0)
    if field.kind is Kind.MONEY:
        return forms.DecimalField(
            label=label,
            required=required,
            decimal_places=2,
            max_digits=14,
            min_value=0,
            widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
        )
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        choices = [(each, codes.word(each)) for each in field.choices]
        if field.kind is Kind.CHOICES:
            return forms.MultipleChoiceField(
                label=label,
                required=required,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
            )
        if not required:
            choices.insert(0, ("", speech.later("不填", "none")))
        return forms.ChoiceField(
            label=label, required=required, choices=choices, widget=forms.RadioSelect
        )
    if field.kind is Kind.PHOTO:
        return PhotosField(
            label=label,
            required=required,
            widget=_Photos(attrs={"accept": "image/*", "capture": "environment"}),
        )
    rows = {"widget": forms.Textarea(attrs={"rows": 3})} if field.kind is Kind.TEXT else {}
    return forms.CharField(label=label, required=required, max_length=2000, **rows)


class StepForm(Form):
    """What a step asks: its fields in groups, the conditions that people answer, and the judgement."""

    def __init__(
        self, *arguments: Any, step: Step, listed: Criteria | None = None, **options: Any
    ) -> None:
        self.step = step
        self.by_hand = [item for item in listed.items if not item.evidence] if listed else []
        self.base_fields = self._fields()
        super().__init__(*arguments, **options)

    def _fields(self) -> dict[str, forms.Field]:
        fields = {field.id: _field(field) for field in self.step.fields}
        for item in self.by_hand:
            fields[CONDITION + item.id] = _yes_no(item.text, False)
            fields[CONDITION + item.id + WHY] = forms.CharField(
                label=speech.later(f"{item.text.zh}：依据", f"{item.text.en}: what it rests on"),
                required=False,
                max_length=500,
            )
        if self.step.decides is Decides.VOTES:
            fields[CONFIRMED] = forms.BooleanField(
                label=speech.later(
                    "票数无误，个案就此结束", "The votes are right; the case ends here"
                ),
                help_text=speech.later(
                    "勾选后再送一次；照片要重新选。",
                    "Tick it and send again; choose the photos anew.",
                ),
                required=False,
            )
        if self.step.decides is Decides.PERSON:
            fields["passes"] = forms.ChoiceField(
                label=speech.later("结论", "Judgement"), choices=PASSING, widget=forms.RadioSelect
            )
            fields["reason"] = forms.CharField(
                label=speech.later("说明（不通过时必填）", "Why (needed when it does not pass)"),
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        return fields

    def groups(self) -> list[tuple[Text | None, list[forms.BoundField]]]:
        """The fields under the heading of their group, in order; what confirms that the case ends only
        once that was asked."""
        found: list[tuple[str, list[forms.BoundField]]] = []
        for name in self.fields:
            if name == CONFIRMED and not (self[name].errors or self[name].data):
                continue
            field = self.step.field(name)
            head = field.group if field else ("conditions" if name.startswith(CONDITION) else "")
            if not found or found[-1][0] != head:
                found.append((head, []))
            found[-1][1].append(self[name])
        return [(_heading(head), fields) for head, fields in found]

    def given(self, data: Mapping[str, Any]) -> Given:
        """What was filled in, as the verb takes it."""
        answers: dict[str, Any] = {}
        photos: dict[str, list[Upload]] = {}
        for field in self.step.fields:
            value = data.get(field.id)
            if field.kind is Kind.PHOTO:
                photos[field.id] = value or []
            elif value not in (None, "", []):
                answers[field.id] = _typed(field, value)
        judged = {
            item.id: (data[CONDITION + item.id], data[CONDITION + item.id + WHY].strip())
            for item in self.by_hand
            if data[CONDITION + item.id] is not None
        }
        return Given(
            answers,
            judged,
            photos,
            passes=data.get("passes", "pass") == "pass",
            reason=data.get("reason", ""),
            confirmed=data.get(CONFIRMED, False),
        )


def _heading(head: str) -> Text | None:
    if head == "conditions":
        return Text("条件（写明依据）", "Conditions (say what each rests on)")
    zh, slash, en = head.partition(" / ")
    return Text(zh, en if slash else zh) if head else None


def _typed(field: Field, value: Any) -> Any:
    if field.kind is Kind.MONEY:
        return fen_from_yuan(Decimal(value))
    return tuple(value) if field.kind is Kind.CHOICES else value


class ReasonForm(Form):
    """An act on a case that needs a reason."""

    reason = forms.CharField(
        label=speech.later("原因", "Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReturnForm(ReasonForm):
    """Send a case back: where to, and why."""

    step = forms.ChoiceField(
        label=speech.later("退回到", "Back to"), choices=(), widget=forms.RadioSelect
    )

    field_order = ("step", "reason")

    def __init__(self, *arguments: Any, steps: tuple[Step, ...], **options: Any) -> None:
        self.steps = steps
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        choices = [(step.id, speech.say(step.text)) for step in self.steps]
        self.fields["step"].choices = choices  # type: ignore[attr-defined]


class MergeForm(ReasonForm):
    """Merge into another case."""

    keep = CaseField(label=speech.later("保留的个案", "The case to keep"))

    field_order = ("keep", "reason")

    def __init__(self, *arguments: Any, case: Case, **options: Any) -> None:
        self.case = case
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["keep"].beside = self.case  # type: ignore[attr-defined]


class QuotaForm(Form):
    """Split the scale of the year over the villages."""

    total = forms.IntegerField(
        label=speech.later("全县规模（人）", "Quota of the county (persons)"), min_value=0
    )
    incidence = forms.CharField(
        label=speech.later(
            "各乡镇估计发生率（‰，可不填；每行：乡镇代码 千分数）",
            "Estimated incidence by township (per mille, optional; a line each: code number)",
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *arguments: Any, townships: Collection[str] = (), **options: Any) -> None:
        self.townships = townships
        super().__init__(*arguments, **options)

    def clean_incidence(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in self.cleaned_data["incidence"].splitlines():
            parts = line.replace(",", " ").replace("，", " ").split()
            if not parts:
                continue
            wrong = self._wrong(parts, found)
            if wrong is not None:
                raise ValidationError(speech.say(wrong))
            found[parts[0]] = int(parts[1])
        return found

    def _wrong(self, parts: list[str], found: Collection[str]) -> Text | None:
        """Why a line is no township of the county, not named before, with its incidence."""
        line = " ".join(parts)
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
            return Text(
                f"这一行不对：{line}。每行写乡镇代码和千分数，中间空一格。",
                f"This line is not right: {line}. Write a township's code, a space and a number.",
            )
        code, permille = parts
        if code not in self.townships:
            return Text(
                f"{code} 不是本县的乡镇代码。请核对。",
                f"{code} is no code of a township of this county. Check it.",
            )
        if code in found:
            return Text(f"{code} 写了两次，只留一行。", f"{code} is there twice; keep one line.")
        if len(permille) > len(str(PER_MILLE)) or int(permille) > PER_MILLE:
            return Text(
                f"这一行不对：{line}。发生率按千分数写，最多 {PER_MILLE}。",
                f"This line is not right: {line}. Incidence is per mille, at most {PER_MILLE}.",
            )
        return None
