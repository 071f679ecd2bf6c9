"""Template words of the accounts. `{{ claim.checked_by|who }}` is the one way to write who did something."""

from __future__ import annotations

from django import template

from bangfu.books.accounts.queries import display_names

register = template.Library()


@register.filter
def who(username: str | None) -> str:
    """The name of an account; the user name of one that is no more, nothing for nobody."""
    return display_names([username]).get(username, username) if username else ""
