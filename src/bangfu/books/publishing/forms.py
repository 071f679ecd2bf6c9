"""The form of publishing."""

from __future__ import annotations

from django import forms

from bangfu.web.forms import Form
from bangfu.web.speech import later


class WithdrawForm(Form):
    """Why something is taken off the public site."""

    reason = forms.CharField(
        label=later("撤下的原因", "Why it is taken off"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )
