"""Template words of the house. `{% t "农户" "Households" %}` is the one way to write a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.template.defaulttags import url as django_url
from django.templatetags.static import static
from django.utils.html import escape, format_html

from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.web import codes, speech
from bangfu.web.addresses import address_of

register = template.Library()

register.filter("say", speech.say)
register.filter("count", speech.count)
register.filter("yuan", speech.yuan)
register.filter("wan", speech.wan)
register.filter("day", speech.day)
register.filter("month", speech.month)
register.filter("masked", speech.masked)
register.filter("word", codes.words)
register.simple_tag(codes.fact)
register.filter("listed", speech.listed)
register.filter("short", lambda name: short_name(name or ""))


@register.simple_tag
def t(zh: str, en: str, **values: object) -> str:
    """A sentence in the page's language; `{name}` is filled from the keyword arguments, escaped."""
    sentence = Text(zh, en).to(speech.current())
    return format_html(sentence, **values) if values else sentence


class Sentence(template.Node):
    """A sentence without values: both languages are known when the template is read, and a page has a
    hundred of them."""

    def __init__(self, zh: str, en: str, name: str | None) -> None:
        self._zh, self._en, self._name = zh, en, name

    def render(self, context: template.Context) -> str:
        """The sentence in the page's language, or nothing when it is kept under a name."""
        said = self._zh if (context.get("lang") or speech.current()) == "zh" else self._en
        if self._name is None:
            return said
        context[self._name] = said
        return ""


_with_values = register.tags["t"]


@register.tag("t")
def _sentence(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """`t` as above; where nothing is left to fill in, as a `Sentence`."""
    node = _with_values(parser, token)
    if node.kwargs or any(part.is_var or part.filters for part in node.args):
        return node  # type: ignore[no-any-return]
    zh, en = (part.var for part in node.args)
    return Sentence(zh, en, node.target_var)


class Address(template.Node):
    """An address of a view of ours, by its arguments in their order."""

    def __init__(self, view: str, arguments: list[template.base.FilterExpression]) -> None:
        self._view, self._arguments = view, arguments

    def render(self, context: template.Context) -> str:
        """The address, escaped."""
        return escape(address_of(self._view, *(each.resolve(context) for each in self._arguments)))


@register.tag("url")
def _url(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Django's `url`; quickly for a view of the site with arguments by their place, which most are."""
    node = django_url(parser, token)
    view = node.view_name.var
    if node.kwargs or node.asvar or not isinstance(view, str) or ":" in view:
        return node
    return Address(view, node.args)


@register.tag("static")
def _static(_: template.base.Parser, token: template.base.Token) -> template.Node:
    """The address of a file of ours, which is known when the template is read."""
    _name, path = token.split_contents()
    return template.base.TextNode(escape(static(path.strip("\"'"))))


_ICON = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'


@register.simple_tag
def icon(name: str) -> str:
    """A symbol of icons.svg; it says nothing to a screen reader, the words beside it do."""
    return format_html(_ICON, static("icons.svg"), name)


_of_any_name = register.tags["icon"]


@register.tag("icon")
def _icon(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """`icon` as above; where its name is written out, as text that is known when the template is read."""
    node = _of_any_name(parser, token)
    [name] = node.args
    return node if name.is_var else template.base.TextNode(icon(name.var))


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], **changes: object) -> str:
    """The page's own address with some of its query changed; an empty value takes a key away."""
    query: QueryDict = context["request"].GET
    kept = [(key, value) for key, values in query.lists() if key not in changes for value in values]
    added = [(key, str(value)) for key, value in changes.items() if value not in (None, "")]
    return f"?{urlencode(kept + added)}"


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
