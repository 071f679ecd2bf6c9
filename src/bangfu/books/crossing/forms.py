"""Forms of moves and duplicates."""

from __future__ import annotations

from django import forms

from bangfu.books.crossing.models import Finding
from bangfu.books.places.picking import PlaceField, PlacesForm
from bangfu.core.places import Level
from bangfu.web.forms import Form, date_field
from bangfu.web.speech import later


class OfferForm(PlacesForm):
    to_place = PlaceField(
        label=later("迁入村", "Village it moves to"), level=Level.VILLAGE, anywhere=True
    )
    moved_on = date_field("迁移日期", "Day of the move")
    document = forms.CharField(
        label=later("依据文件（户口迁移证等）", "Document (certificate of residence …)"),
        required=False,
        max_length=200,
    )
    reason = forms.CharField(label=later("原因", "Reason"), max_length=500)


class AnswerForm(Form):
    reason = forms.CharField(label=later("理由", "Reason"), max_length=500)


class SettleForm(Form):
    finding = forms.ChoiceField(
        label=later("核实结果", "What was found"),
        choices=[
            (Finding.ONE_PERSON, later("同一人，须改正", "One person; to be corrected")),
            (
                Finding.TWO_PERSONS,
                later("不是同一人，证件号有误", "Two persons; a number is wrong"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=later(
            "说明（以哪一户为准、怎样改正）", "Note (which household stands, what is corrected)"
        ),
        max_length=500,
    )
