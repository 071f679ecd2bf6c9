"""Template words of the house. `{% t "农户" "Households" %}` is the one way to write a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import format_html

from bangfu.core.language import Text
from bangfu.web import codes, speech

register = template.Library()

register.filter("say", speech.say)
register.filter("yuan", speech.yuan)
register.filter("wan", speech.wan)
register.filter("day", speech.day)
register.filter("month", speech.month)
register.filter("masked", speech.masked)
register.filter("word", codes.words)
register.filter("listed", speech.listed)


@register.simple_tag
def t(zh: str, en: str, **values: object) -> str:
    """A sentence in the page's language; `{name}` is filled from the keyword arguments, escaped."""
    sentence = Text(zh, en).to(speech.current())
    return format_html(sentence, **values) if values else sentence


@register.simple_tag
def icon(name: str) -> str:
    """A symbol of icons.svg; it says nothing to a screen reader, the words beside it do."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], **changes: object) -> str:
    """The page's own address with some of its query changed; an empty value takes a key away."""
    query: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def yesno_word(value: bool | None) -> str:
    """Yes or no in the page's language; unknown is a dash."""
    if value is None:
        return speech.NOTHING
    return speech.say(Text("是", "yes") if value else Text("否", "no"))


@register.inclusion_tag("web/due.html")
def due(day: date | None, today: date) -> dict[str, object]:
    """A due date in words and colour: how many days are left, or how late it is."""
    left = None if day is None else (day - today).days
    return {"day": day, "left": left, "late": -left if left is not None and left < 0 else 0}


@register.inclusion_tag("web/dash.html")
def missing(zh: str, en: str) -> dict[str, str]:
    """A value that is not there: a dash, and why."""
    return {"why": Text(zh, en).to(speech.current())}
