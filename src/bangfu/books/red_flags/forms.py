"""Forms of red flags: filters, what is said of one, a declared relation."""

from __future__ import annotations

from django import forms

from bangfu.web import speech
from bangfu.web.forms import Form

DISMISS, FINDING = "dismiss", "finding"


class SayForm(Form):
    """What somebody who looked says of a flag."""

    act = forms.ChoiceField(
        label=speech.later("怎样处理", "What becomes of it"),
        choices=(
            (DISMISS, speech.later("已核实，排除", "checked: dismiss it")),
            (FINDING, speech.later("转督查", "take it to an inspection")),
        ),
        widget=forms.RadioSelect,
        initial=DISMISS,
    )
    reason = forms.CharField(
        label=speech.later(
            "理由，或督查事项编号", "Why, or the number of the inspection's finding"
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RelationForm(Form):
    """A relation that somebody who decides declares."""

    decider = forms.CharField(
        label=speech.later("申报人（登录账号）", "Who declares (account)"), max_length=150
    )
    party = forms.CharField(label=speech.later("关系单位名称", "The firm it is to"), max_length=200)
    party_code = forms.CharField(
        label=speech.later("统一社会信用代码（可不填）", "Credit code (optional)"),
        max_length=18,
        required=False,
    )
    what = forms.CharField(
        label=speech.later(
            "什么关系，如：配偶任职、本人持股", "What relation, e.g. spouse employed there"
        ),
        max_length=200,
    )
