"""Forms of accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from bangfu.books.accounts.models import Grant, Role
from bangfu.books.journal.words import VERBS
from bangfu.books.places.picking import PlaceField, PlacesForm
from bangfu.core.language import Text
from bangfu.web.forms import Form, date_field
from bangfu.web.speech import later, say


class LoginForm(Form):
    NUMBERS = frozenset({"username"})

    username = forms.CharField(
        label=later("用户名", "User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=later("密码", "Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(Form):
    code = forms.CharField(
        label=later("动态口令（或恢复码）", "One-time code (or a recovery code)"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}
        ),
    )


def _new_password() -> forms.CharField:
    return forms.CharField(
        label=later("新密码（至少 10 位）", "New password (10 characters or more)"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class OwnPasswordForm(Form):
    current = forms.CharField(
        label=later("现在的密码", "Current password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = _new_password()
    again = forms.CharField(
        label=later("再输一次新密码", "New password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(
                say(Text("两次输入的新密码不一样。", "The two new passwords differ."))
            )
        return again


class OperatorForm(PlacesForm):
    NUMBERS = frozenset({"id_number"})

    username = forms.RegexField(
        r"^[A-Za-z0-9._-]{3,150}$",
        label=later("用户名（字母、数字）", "User name (letters, digits)"),
        max_length=150,
    )
    display_name = forms.CharField(label=later("姓名", "Name"), max_length=100)
    place_code = PlaceField(label=later("所属地方", "Place it belongs to"))
    id_number = forms.CharField(
        label=later(
            "身份证号（认出同一人的两个账号）", "ID number (tells two accounts of one person)"
        ),
        required=False,
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = _new_password()


def _roles() -> list[tuple[str, str]]:
    return [
        (role.code, say(Text(role.name_zh, role.name_en)))
        for role in Role.objects.order_by("level", "code")
    ]


class GrantForm(PlacesForm):
    role = forms.ChoiceField(label=later("角色", "Role"), choices=_roles)
    place_code = PlaceField(label=later("地方", "Place"))
    valid_from = date_field("从", "From")
    valid_to = date_field(
        "到（不含这天；长期不填）", "Until (not included; empty: open)", required=False
    )
    reason = forms.CharField(label=later("原因", "Reason"), max_length=200)


class TokenForm(Form):
    name = forms.CharField(label=later("用途", "What it is for"), max_length=100)
    grants = forms.MultipleChoiceField(
        label=later("用哪些角色", "In which roles"), widget=forms.CheckboxSelectMultiple
    )
    reads_only = forms.BooleanField(label=later("只读", "Reads only"), required=False, initial=True)
    valid_to = date_field("到（不含这天）", "Until (not included)")

    def __init__(
        self,
        *arguments: Any,
        grants: Iterable[Grant],
        names: Mapping[str, str],
        **options: Any,
    ) -> None:
        self._choices = [
            (
                str(grant.pk),
                say(Text(grant.role.name_zh, grant.role.name_en))
                + f" {names.get(grant.place_code, grant.place_code)}",
            )
            for grant in grants
        ]
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["grants"].choices = self._choices  # type: ignore[attr-defined]


class ReasonForm(Form):
    reason = forms.CharField(label=later("原因", "Reason"), max_length=200)


class PasswordForm(Form):
    password = _new_password()


class JournalFilter(Form):
    actor = forms.CharField(label=later("谁（用户名）", "Who (user name)"), required=False)
    verb = forms.ChoiceField(
        label=later("做了什么", "What"),
        required=False,
        choices=[
            ("", later("全部", "all")),
            *((code, later(text.zh, text.en)) for code, text in VERBS.items()),
        ],
    )
    subject = forms.CharField(label=later("对象", "Subject"), required=False)
    since = date_field("从", "From", required=False)
    until = date_field("到", "To", required=False)


class RenameForm(Form):
    name = forms.CharField(label=later("新名称", "New name"), max_length=100)
    reason = forms.CharField(label=later("依据", "Ground"), max_length=200)


class MergeForm(PlacesForm):
    into = PlaceField(label=later("并入", "Into"))
    on = date_field("从哪天起", "From which day")
    reason = forms.CharField(label=later("依据", "Ground"), max_length=200)


class RecodeForm(Form):
    new_code = forms.CharField(
        label=later("新代码（12 位）", "New code (12 digits)"), max_length=12
    )
    on = date_field("从哪天起", "From which day")
    reason = forms.CharField(label=later("依据", "Ground"), max_length=200)
