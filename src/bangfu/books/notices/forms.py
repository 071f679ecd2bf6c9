"""Forms of notices, for the office and for the public."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.notices.models import LONGEST_GROUNDS
from bangfu.core import identity
from bangfu.core.language import Text
from bangfu.core.notices import looks_personal
from bangfu.web.forms import Form, date_field
from bangfu.web.speech import later, say

_NUMBER = Text("请不要写证件、电话或银行卡号码。", "Leave out ID, phone and bank numbers here.")
_RECEIPT = re.compile(r"[2-9A-HJ-NP-Z]{12}")


class _Objection(Form):
    NUMBERS = frozenset({"phone"})

    grounds = forms.CharField(
        label=later("对哪一户、有什么异议", "Which household, and what is wrong"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_GROUNDS,
    )
    objector = forms.CharField(
        label=later("姓名（可不填）", "Name (optional)"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"data-nodraft": ""}),
    )
    phone = forms.CharField(
        label=later("手机号（可不填）", "Mobile number (optional)"),
        help_text=later(
            "只用来把结果告诉您，加密保存，不公开。",
            "Used to tell you the result only; kept encrypted, never shown in public.",
        ),
        required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "tel", "data-nodraft": ""}
        ),
    )

    def clean_grounds(self) -> str:
        grounds: str = self.cleaned_data["grounds"]
        if looks_personal(grounds):
            raise ValidationError(say(_NUMBER))
        return grounds

    def clean_phone(self) -> str:
        phone = re.sub(r"[\s-]", "", self.cleaned_data["phone"])
        if phone and not identity.is_mobile(phone):
            raise ValidationError(
                say(Text("应为 11 位手机号。", "This is not a mobile number of 11 digits."))
            )
        return phone


class PublicObjectionForm(_Objection):
    """An objection from the public page. `submission` tells one that is sent twice."""

    submission = forms.RegexField(r"^[0-9A-Za-z]{32}$", widget=forms.HiddenInput)


class ObjectionForm(_Objection):
    """An objection that came by word or on paper, entered by a cadre."""

    received_on = date_field("收到日期", "Received on")


class ReceiptForm(Form):
    """The number of a receipt, written with or without its dashes."""

    receipt = forms.CharField(label=later("回执号", "Receipt number"), max_length=30)

    def clean_receipt(self) -> str:
        signs = re.sub(r"[\s-]", "", self.cleaned_data["receipt"]).upper()
        if not _RECEIPT.fullmatch(signs):
            raise ValidationError(
                say(
                    Text(
                        "回执号是 12 个字母和数字，如 7K3M-9QXD-2WFA。",
                        "A receipt number has 12 letters and digits, like 7K3M-9QXD-2WFA.",
                    )
                )
            )
        return "-".join(signs[at : at + 4] for at in (0, 4, 8))


class WithdrawForm(Form):
    """Why a notice is taken off the board."""

    reason = forms.CharField(
        label=later("撤回原因", "Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )


class AnswerForm(Form):
    """The answer to an objection, which whoever holds its receipt reads."""

    upheld = forms.TypedChoiceField(
        label=later("结论", "Result"),
        choices=[
            ("yes", later("异议成立", "the objection is right")),
            ("no", later("异议不成立", "the objection is not right")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=later("答复", "Answer"),
        help_text=later(
            "持回执的人会看到这段话，请不要写他人的病情和证件号码。",
            "Whoever holds the receipt reads this: nothing of health, no numbers.",
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
    )


class ContactForm(Form):
    """Why the objector's telephone is looked up."""

    reason = forms.CharField(label=later("查看原因", "Reason"), max_length=200)
