"""Fields for things that have a code: picked by what they are called, or the code typed or pasted.

A field says what a text means (`found`). While somebody types, the page's `datalist` is filled from an
address that asks the same of the server; without script the text is sent as it is, and when it does not
name one thing, the page comes back with what fits in the list. What was taken is shown by name and code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bangfu.core.language import Text
from bangfu.web import speech

MOST = 10
NAMED = 5
LONGEST = 120
_HEADER = "HX-Trigger-Name"


@dataclass(frozen=True, slots=True)
class Pick:
    """A thing to choose: its code, and how a person reads it, the code last."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a text may mean: the one thing it names outright, and up to `MOST` that fit it.

    `fitting` holds `meant` where there is one.
    """

    meant: Pick | None = None
    fitting: tuple[Pick, ...] = ()

    @classmethod
    def outright(cls, pick: Pick) -> Found:
        """One thing and no other."""
        return cls(pick, (pick,))


def options_of(picks: tuple[Pick, ...], text: str) -> SafeString:
    """The content of a datalist for what was typed.

    Browsers hide the options that hold it neither as value nor as label, so that what was found by
    pinyin, or by words that stand apart, gets a label with it.
    """
    return format_html_join(
        "",
        "<option {}></option>",
        (
            (
                format_html('value="{}"', pick.label)
                if text.lower() in pick.label.lower()
                else format_html('value="{0}" label="{0} ({1})"', pick.label, text),
            )
            for pick in picks
        ),
    )


def doubt(fitting: tuple[Pick, ...], look_up: Text) -> Text:
    """What to do about a text that names no one thing: up to `NAMED` that fit, or where to look."""
    if not fitting:
        return Text(f"没有找到。{look_up.zh}", f"Nothing found. {look_up.en}")
    named = [pick.label for pick in fitting[:NAMED]]
    more = len(fitting) > NAMED
    zh, en = "；".join(named), "; ".join(named)
    return Text(
        f"请从列表中选一个，或填代码。相符的有：{zh}{' 等' if more else ''}。",
        f"Choose one from the list, or type its code. These fit: {en}{' and more' if more else ''}.",
    )


def typed(request: HttpRequest) -> str:
    """What stands in the field that asks for suggestions; it is sent in a body, never in an address."""
    name = request.headers.get(_HEADER, "q")
    return request.POST.get(name, "")[:LONGEST].replace("\x00", "").strip()


def suggested(found: Found, text: str) -> HttpResponse:
    """The suggestions for a text; none once it is all that the one thing is called."""
    done = found.meant is not None and found.meant.label == text
    return HttpResponse("" if done else options_of(found.fitting, text))


class PickInput(forms.TextInput):
    """A line with a list of suggestions, which the browser shows and the keyboard reaches."""

    options: tuple[Pick, ...] = ()
    address = ""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The line and its list as HTML, escaped."""
        own = dict(attrs or {})
        listed = f"{own.get('id') or name}_suggested"
        asks = {
            "list": listed,
            "autocomplete": "off",
            "hx-post": self.address,
            "hx-params": name,
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{listed}",
        }
        line = super().render(name, value, {**asks, **own}, renderer)
        return format_html(
            '{}<datalist id="{}">{}</datalist>',
            line,
            listed,
            options_of(self.options, str(value or "").strip()),
        )


class _Picked(forms.BoundField):
    """Shows what was taken, or stands there from the start, as name and code; else what was typed."""

    field: PickField

    def value(self) -> Any:
        written = super().value()
        if self.form.is_bound:
            picked = self.field.picked
        else:
            picked = self.field.found(str(written)).meant if written else None
        return written if picked is None else picked.label


class PickField(forms.CharField):
    """Gives the code of the thing that was picked.

    `SUGGESTIONS` names the view that answers while somebody types, `LOOK_UP` says where to look for what
    was not found.
    """

    widget = PickInput
    SUGGESTIONS = ""
    LOOK_UP = Text("", "")
    picked: Pick | None = None

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", LONGEST)
        super().__init__(**options)

    @property
    def look_up(self) -> Text:
        """Where to look for what was not found."""
        return self.LOOK_UP

    def asked(self) -> dict[str, str]:
        """What the address of the suggestions is told of this field."""
        return {}

    def found(self, text: str) -> Found:
        """What a text may mean, within what the actor may see."""
        raise NotImplementedError

    def address(self) -> str:
        """Where suggestions are asked for."""
        more = self.asked()
        return reverse(self.SUGGESTIONS) + (f"?{urlencode(more)}" if more else "")

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> _Picked:
        self.widget.address = self.address()
        return _Picked(form, self, field_name)

    def clean(self, value: Any) -> str:
        """The code. ValidationError naming up to `NAMED` things that fit, or where to look it up."""
        text: str = super().clean(value)
        if not text:
            return ""
        found = self.found(text)
        self.widget.options = found.fitting
        self.picked = found.meant
        if found.meant is None:
            raise ValidationError(speech.say(doubt(found.fitting, self.look_up)))
        return found.meant.key


class PickByKindField(PickField):
    """What is picked depends on the choice in the field `by`: `kinds` says how, choice by choice.

    Under any other choice the text is taken as it was typed.
    """

    def __init__(self, *, by: str, kinds: Mapping[str, PickField], **options: Any) -> None:
        self.by, self.kinds, self.kind = by, kinds, ""
        super().__init__(**options)

    def __deepcopy__(self, memo: dict[int, Any]) -> PickByKindField:
        own: PickByKindField = super().__deepcopy__(memo)
        own.kinds = {kind: deepcopy(field, memo) for kind, field in self.kinds.items()}
        return own

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> _Picked:
        self.kind = str(form[self.by].value() or "")
        addresses = {kind: field.address() for kind, field in self.kinds.items()}
        self.widget.address = next(iter(addresses.values()))
        # The page's script asks at the address of what is chosen at that moment.
        self.widget.attrs |= {"data-pick-by": self.by, "data-pick-at": json.dumps(addresses)}
        return _Picked(form, self, field_name)

    def found(self, text: str) -> Found:
        """What the field of the chosen kind finds."""
        field = self.kinds.get(self.kind)
        return field.found(text) if field else Found.outright(Pick(text, text))

    @property
    def look_up(self) -> Text:
        field = self.kinds.get(self.kind)
        return field.look_up if field else super().look_up
