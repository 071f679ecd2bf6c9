"""The form that takes a pasted sentence or table."""

from __future__ import annotations

from django import forms

from bangfu.web import speech
from bangfu.web.forms import Form


class NumbersForm(Form):
    """A published text whose numbers are checked. Nothing of it is kept."""

    text = forms.CharField(
        label=speech.later(
            "粘贴一句话、一段话或一张表（从 Excel 复制即可）",
            "Paste a sentence, a text, or a table (as copied from a workbook)",
        ),
        max_length=50_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
