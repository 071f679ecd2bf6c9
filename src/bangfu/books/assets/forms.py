"""The form by which a project is handed over."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.assets.actions import Left
from bangfu.books.assets.models import Asset
from bangfu.books.projects.forms import PapersForm
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan
from bangfu.web import speech

_KINDS = {kind.label: kind for kind in Asset.Kind}


class HandOverForm(PapersForm):
    """What a project left behind, a line an asset."""

    assets = forms.CharField(
        label=speech.later(
            "资产（每行：名称｜类别｜原值元｜坐落｜所有权人｜管护人，管护人可空）",
            "Assets (a line each: name | class | yuan | place | owner | keeper, who may be empty)",
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=8000,
        help_text=speech.later(
            "类别：公益性、经营性、到户类",
            "Classes: 公益性 (public), 经营性 (productive), 到户类 (to households)",
        ),
    )

    def clean_assets(self) -> list[Left]:
        return [_left(line) for line in self.cleaned_data["assets"].splitlines() if line.strip()]

    def left(self) -> list[Left]:
        """The assets that were written down."""
        found: list[Left] = self.cleaned_data["assets"]
        return found


def _left(line: str) -> Left:
    parts: list[Any] = [part.strip() for part in re.split(r"[|｜]", line)]
    parts += [""] * (6 - len(parts))
    try:
        name, kind, yuan, location, owner, keeper = parts
        fen = fen_from_yuan(Decimal(yuan.replace(",", "")))
        return Left(name, _KINDS[kind], fen, location, owner, keeper)
    except (ValueError, ArithmeticError, KeyError) as fault:
        raise ValidationError(
            speech.say(Text(f"这一行不对：{line}", f"This line is not right: {line}"))
        ) from fault
