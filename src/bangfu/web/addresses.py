"""Addresses of pages, found quickly: a page has a score of links, and Django works each out anew."""

from __future__ import annotations

from functools import cache

from django.urls import NoReverseMatch, reverse

# Digits, so that it fits a view that asks for a number too; nothing else in an address looks like it.
_PLACE = "9070605040302010"


def address_of(view: str, *arguments: object) -> str:
    """The address of a view, as Django's `reverse` gives it. NoReverseMatch when there is none."""
    texts = [str(each) for each in arguments]
    # Numbers need no quoting, and fit wherever another number fits.
    pattern = (
        _pattern(view, len(texts)) if all(t.isascii() and t.isdigit() for t in texts) else None
    )
    if pattern is None:
        return reverse(view, args=arguments)
    return "".join(part for pair in zip(pattern, [*texts, ""], strict=True) for part in pair)


@cache
def _pattern(view: str, count: int) -> list[str] | None:
    """What stands around the arguments of a view's address; None where it does not take any number."""
    try:
        parts = reverse(view, args=[_PLACE] * count).split(_PLACE)
    except NoReverseMatch:
        return None
    return parts if len(parts) == count + 1 else None
