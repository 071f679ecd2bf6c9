"""Forms of accounts."""

from __future__ import annotations

from django import forms

from bangfu.core.language import Text
from bangfu.web.forms import Form
from bangfu.web.speech import later, say


class LoginForm(Form):
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
