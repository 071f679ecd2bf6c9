"""Finding what to follow: by number, name or amount; a kind may be named before it (line:2026-01, 资金：2026-01)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q

from bangfu.books.funds.models import Contract
from bangfu.books.households.queries import number_now
from bangfu.books.tracing.naming import KINDS, scheme_words
from bangfu.books.tracing.queries import Kind, Thing, things
from bangfu.core.money import fen_from_yuan

# So many of a kind are listed; a longer list is searched more narrowly.
LISTED = 20
# The columns of a kind that hold its words, and the one that holds its amount.
_WORDS: dict[Kind, tuple[str, ...]] = {
    Kind.DOCUMENT: ("number", "title"),
    Kind.LINE: ("number", "name"),
    Kind.PROJECT: ("number", "name"),
    Kind.CONTRACT: ("number", "title"),
    Kind.PAYMENT: ("voucher",),
    Kind.PAYEE: ("payee", "payee_code"),
    Kind.ASSET: ("name",),
    Kind.PLAN: ("title",),
}
_AMOUNT: dict[Kind, str] = {
    Kind.PROJECT: "cost_fen",
    Kind.CONTRACT: "fen",
    Kind.CLAIM: "fen",
    Kind.PAYMENT: "fen",
    Kind.ASSET: "value_fen",
}
# Known by their ids alone.
_NUMBERED = (Kind.CLAIM, Kind.POSTING)
_BY_CONTRACT = (Kind.PAYEE, Kind.SCHEME)
_MOST_DIGITS = 18


def search(text: str) -> list[Thing]:
    """Things of the scope that a text means, kind by kind: by number, part of a name, or amount in
    yuan. Nothing for an empty text."""
    kinds, wanted = _asked(text)
    if not wanted:
        return []
    found = [thing for kind in kinds for thing in _of_kind(kind, wanted)]
    exact = [thing for thing in found if wanted in (thing.number, thing.name)]
    # One contract of a payee, or of a scheme, stands for all of them.
    found = [*exact, *(thing for thing in found if thing not in exact)]
    stands = {
        (thing.kind, thing.number, thing.name): thing
        for thing in reversed(found)
        if thing.kind in _BY_CONTRACT
    }
    once = set(stands.values())
    return [thing for thing in found if thing.kind not in _BY_CONTRACT or thing in once]


def exactly(found: Sequence[Thing], text: str) -> list[Thing]:
    """Those of the things found whose number or name is the whole text; all of them when none is."""
    wanted = _asked(text)[1]
    return [thing for thing in found if wanted in (thing.number, thing.name)] or list(found)


def _asked(text: str) -> tuple[tuple[Kind, ...], str]:
    before, colon, after = text.strip().replace("：", ":", 1).partition(":")
    named = next((kind for kind in Kind if before in (kind.value, KINDS[kind].zh)), None)
    if colon and named:
        return (named,), after.strip()
    return tuple(kind for kind in Kind if kind is not Kind.POSTING), text.strip()


def _of_kind(kind: Kind, wanted: str) -> list[Thing]:
    if kind is Kind.POSTING:
        return [Thing(kind, int(wanted), wanted)] if _is_id(wanted) else []
    fits = Q()
    for column in _WORDS.get(kind, ()):
        fits |= Q(**{f"{column}__icontains": wanted})
    if kind in _NUMBERED and _is_id(wanted):
        fits |= Q(pk=int(wanted))
    if kind is Kind.SCHEME:
        fits |= Q(scheme__in=_schemes(wanted))
    if kind is Kind.HOUSEHOLD:  # by its whole number only: persons are not browsed here
        fits |= Q(pk=number_now(wanted))
    fen = _fen(wanted)
    if fen is not None and kind in _AMOUNT:
        fits |= Q(**{_AMOUNT[kind]: fen})
    return things(kind, fits, most=LISTED) if fits else []


def _schemes(wanted: str) -> list[str]:
    """The codes of the schemes that were paid by and that a text means, in either language."""
    codes = Contract.objects.exclude(scheme="").values_list("scheme", flat=True).distinct()
    words = {code: scheme_words(code) for code in codes}
    return [code for code, said in words.items() if wanted in (code, said.zh, said.en)]


def _is_id(wanted: str) -> bool:
    return wanted.isascii() and wanted.isdigit() and len(wanted) <= _MOST_DIGITS


def _fen(wanted: str) -> int | None:
    try:
        return fen_from_yuan(Decimal(wanted.replace(",", "")))
    except (ValueError, ArithmeticError):
        return None
