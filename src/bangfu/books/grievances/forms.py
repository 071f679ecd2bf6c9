"""Forms of grievances, for the public and for the office."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.grievances.models import LONGEST, Kind, Link
from bangfu.books.households.picking import HouseholdField
from bangfu.core import identity
from bangfu.core.language import Text
from bangfu.core.notices import looks_personal
from bangfu.web.forms import Form
from bangfu.web.picking import PickByKindField
from bangfu.web.speech import later, say

KINDS = {
    Kind.HOUSEHOLD: Text("到户帮扶、识别", "help to households, recognition"),
    Kind.PROJECT: Text("项目建设", "a project"),
    Kind.PAYMENT: Text("资金发放", "money paid out"),
    Kind.CONDUCT: Text("干部作风", "conduct of cadres"),
    Kind.OTHER: Text("其他", "something else"),
}
LINKS = {
    Link.HOUSEHOLD: Text("农户", "household"),
    Link.PROJECT: Text("项目（编号）", "project (number)"),
    Link.PAYMENT: Text("支付（凭证号）", "payment (voucher)"),
}
_CODE = re.compile(r"[2-9A-HJ-NP-Z]{12}")
Choices = Sequence[tuple[str, Any]]


def _words(zh: str, en: str, most: int = 2000, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 6})
    return forms.CharField(label=later(zh, en), max_length=most, widget=widget, **more)


class _Grievance(Form):
    NUMBERS = frozenset({"phone"})

    about_place = forms.ChoiceField(label=later("哪里的事", "Where it is about"))
    kind = forms.ChoiceField(
        label=later("什么事", "What it is about"),
        choices=[(kind.value, later(text.zh, text.en)) for kind, text in KINDS.items()],
    )
    words = _words("请写明时间、地点和经过", "When, where and what happened", LONGEST)
    against = forms.CharField(
        label=later("反映的是谁（可不填）", "Whom it complains about (optional)"),
        help_text=later(
            "写姓名，几个人用顿号隔开。被反映的人看不到这件信访。",
            "Names, with 、 between. Those named do not see this grievance.",
        ),
        required=False,
        max_length=200,
    )
    complainant = forms.CharField(
        label=later("您的姓名（可不填）", "Your name (optional)"),
        help_text=later(
            "加密保存，只有承办人凭理由能看。", "Kept encrypted; only who deals with it may look."
        ),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"data-nodraft": ""}),
    )
    phone = forms.CharField(
        label=later("手机号（可不填）", "Mobile number (optional)"),
        required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "tel", "data-nodraft": ""}
        ),
    )

    def __init__(self, *arguments: Any, spots: Choices, **options: Any) -> None:
        self._spots = spots
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["about_place"].choices = list(self._spots)  # type: ignore[attr-defined]

    def clean_words(self) -> str:
        return _no_numbers(self.cleaned_data["words"])

    def clean_phone(self) -> str:
        phone = re.sub(r"[\s-]", "", self.cleaned_data["phone"])
        if phone and not identity.is_mobile(phone):
            raise ValidationError(
                say(Text("应为 11 位手机号。", "This is not a mobile number of 11 digits."))
            )
        return phone


class PublicForm(_Grievance):
    """A grievance from the public page. `submission` tells one that is sent twice."""

    submission = forms.RegexField(r"^[0-9A-Za-z]{32}$", widget=forms.HiddenInput)


class EnterForm(_Grievance):
    """One that came by letter, visit or telephone."""


class ReceiptForm(Form):
    """Number and secret of a receipt, written with or without dashes."""

    number = forms.CharField(label=later("信访编号", "Number"), max_length=30)
    secret = forms.CharField(label=later("查询码", "Secret code"), max_length=30)

    def clean_number(self) -> str:
        return _signs(self.cleaned_data["number"])

    def clean_secret(self) -> str:
        return _signs(self.cleaned_data["secret"])


def _no_numbers(said: str) -> str:
    if looks_personal(said):
        raise ValidationError(
            say(
                Text(
                    "请不要写证件、电话或银行卡号码。",
                    "Leave out ID, phone and bank numbers here.",
                )
            )
        )
    return said


def _signs(written: str) -> str:
    signs = re.sub(r"[\s-]", "", written).upper()
    if not _CODE.fullmatch(signs):
        raise ValidationError(
            say(
                Text(
                    "是 12 个字母和数字，如 7K3M-9QXD-2WFA。",
                    "It has 12 letters and digits, like 7K3M-9QXD-2WFA.",
                )
            )
        )
    return "-".join(signs[at : at + 4] for at in (0, 4, 8))


class AppealForm(ReceiptForm):
    """Why an answer is appealed, with number and secret again."""

    appeal = _words("为什么不同意答复", "Why you do not agree with the answer")

    def clean_appeal(self) -> str:
        return _no_numbers(self.cleaned_data["appeal"])


class AcceptForm(Form):
    """To whom a grievance goes, whom it is about, what it belongs to."""

    answers_role = forms.ChoiceField(label=later("交给谁办（角色）", "Who answers (role)"))
    place = forms.ChoiceField(label=later("在哪里办", "Where it is dealt with"))
    unit = forms.CharField(label=later("承办单位", "Unit"), max_length=100)
    against = forms.CharField(
        label=later("被反映人的账号（空格隔开，可不填）", "Accounts it is about (optional)"),
        help_text=later(
            "填了以后，这些人的所有账号都看不到这件信访。",
            "Every account of these people then sees nothing of it.",
        ),
        required=False,
        max_length=400,
    )
    link_kind = forms.ChoiceField(
        label=later("关联（可不选）", "It belongs to (optional)"),
        choices=[
            ("", later("不关联", "nothing")),
            *((link.value, later(text.zh, text.en)) for link, text in LINKS.items()),
        ],
        required=False,
    )
    link_key = PickByKindField(
        label=later("关联哪一个", "Which one"),
        by="link_kind",
        kinds={Link.HOUSEHOLD.value: HouseholdField()},
        help_text=later(
            "农户输入姓名、拼音、村名或户编号后选择；项目填编号，支付填凭证号。",
            "A household: type a name, pinyin, village or number, and choose; "
            "a project's number, a payment's voucher.",
        ),
        required=False,
    )
    said = _words("交办意见（可不填）", "Note (optional)", required=False)

    def __init__(self, *arguments: Any, roles: Choices, spots: Choices, **options: Any) -> None:
        self._roles, self._spots = roles, spots
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["answers_role"].choices = list(self._roles)  # type: ignore[attr-defined]
        self.fields["place"].choices = list(self._spots)  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """What was filled in, as the verb takes it."""
        given = self.cleaned_data
        key = given["link_key"]
        return {
            "answers_role": given["answers_role"],
            "place": given["place"],
            "unit": given["unit"],
            "against": given["against"].split(),
            "link": (Link(given["link_kind"]), key) if given["link_kind"] else None,
            "said": given["said"],
        }


class RefuseForm(Form):
    """Why a grievance is not taken up."""

    reason = _words("不予受理的理由（反映人能看到）", "Why not (whoever filed it reads this)")


class AnswerForm(Form):
    """The answer, which whoever holds the receipt reads."""

    upheld = forms.TypedChoiceField(
        label=later("结论", "Result"),
        choices=[
            ("yes", later("属实或部分属实", "it is right, or partly")),
            ("no", later("不属实", "it is not right")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = _words(
        "答复（反映人能看到，不写他人的病情和证件号码）",
        "Answer (whoever filed it reads this: nothing of health, no numbers)",
    )


class LookForm(Form):
    """Why the complainant is looked up."""

    reason = forms.CharField(label=later("查看原因", "Reason"), max_length=200)
