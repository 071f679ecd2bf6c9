"""Every address of the site with who gets it, for the suites that walk all of them.

Addresses come from the site itself; who gets which stands in attacks/pages.toml (its README says how).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bangfu.books.accounts.actors import Actor
from bangfu.books.walls.scope import DataClass

Entry = Mapping[str, Any]
PAGES: Mapping[str, Entry] = tomllib.loads(
    (Path(__file__).parents[1] / "integration" / "attacks" / "pages.toml").read_text("utf-8")
)
# Addresses that answer with something else than a page: a file, a part of a page, a description for programs.
NO_PAGES = {
    "households-export",
    "household-card",
    "task_file",
    "task_state",
    "batch_state",
    "case-photo",
    "claim-paper",
    "project-file",
    "notice-print",
    "bulletin-pdf",
    "watch-finding-file",
    "inspection-file",
    *(
        f"{language}:open-{file}"
        for language in ("public", "public-en")
        for file in ("feed", "oc4ids", "fiscal", "workbook", "draw-list", "seals")
    ),
    "api:api-root",
    "api:openapi-json",
}


def views(patterns: Any = None, inside: str = "") -> dict[str, Callable[..., Any]]:
    """The view of every address, by name; an address without a name is told by its pattern, and fails."""
    found: dict[str, Callable[..., Any]] = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            space = f"{inside}{pattern.namespace}:" if pattern.namespace else inside
            found |= views(pattern.url_patterns, space)
        elif isinstance(pattern, URLPattern):
            found[inside + (pattern.name or str(pattern.pattern))] = pattern.callback
    return found


def names() -> set[str]:
    """The name of every address."""
    return set(views())


def pages() -> set[str]:
    """The names of all addresses that answer a reader with a page."""
    return {
        name
        for name in names() - NO_PAGES
        if not PAGES[name].get("post") and not PAGES[name].get("api")
    }


def app_of(view: Callable[..., Any]) -> str:
    """The app that a view belongs to; empty when it is of none."""
    _, books, app = f"{getattr(view, 'func', view).__module__}..".split(".")[:3]
    return app if books == "books" else ""


def allowed(entry: Entry, role: str, actor: Actor) -> bool:
    """Whether an actor in a role gets an address."""
    words = entry["roles"].split()
    held = actor.classes
    return (
        "ALL" in words
        or "OPEN" in words
        or role in words
        or ("PERSONS" in words and DataClass.PERSONS in held)
        or ("SUMS" in words and DataClass.SUMS in held)
        or ("MONEY" in words and DataClass.MONEY in held)
        or (
            "PERSONS_ABOVE_VILLAGE" in words
            and DataClass.PERSONS in held
            and not role.startswith("village")
        )
    )


def address(name: str, entry: Entry, things: Mapping[str, Any]) -> str:
    """The address by that name, of the things its arguments stand for."""
    arguments = entry.get("arguments", {})
    return reverse(name, kwargs={name: things[thing] for name, thing in arguments.items()})
