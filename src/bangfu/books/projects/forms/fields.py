"""Fields that the forms of projects share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.projects.actions.papers import Paper
from bangfu.core.errors import InputError
from bangfu.core.money import fen_from_yuan
from bangfu.files.uploads import Sort, take
from bangfu.web import speech
from bangfu.web.forms import Form


def text_line(zh: str, en: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=speech.later(zh, en), max_length=300, **more)


def text_lines(zh: str, en: str, rows: int = 3, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=speech.later(zh, en), max_length=4000, widget=widget, **more)


def yuan_field(zh: str, en: str, **more: Any) -> forms.DecimalField:
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
