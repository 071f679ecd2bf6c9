"""Errors a user can cause, with the exit code each ends a command with.

A `UserError` is shown without a traceback: what is wrong, where, and what to do next. Anything else
that escapes is a fault of ours (exit code 5) and is reported whole, never swallowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bangfu.core.language import Text

EXIT_USAGE = 2
EXIT_INPUT = 3
EXIT_CONFLICT = 4
EXIT_FAULT = 5


class UserError(Exception):
    """Base of every error that is shown to a user as a sentence."""

    exit_code = EXIT_USAGE

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class UsageError(UserError):
    """The command was called wrongly: an option, a path, a date."""

    exit_code = EXIT_USAGE


class ForbiddenError(UsageError):
    """Whoever acts holds no role that allows this."""


class NotFoundError(UsageError):
    """There is no such thing, or it is not the actor's to see: the two are never told apart."""


class UnavailableError(UsageError):
    """Something the product stands on is away for now: the database, the disk. Nothing was lost."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the input.

    `where` is what a person can find: "户信息!C17", "policy/income.toml:12:5", "$.projects[3].cost_fen".
    `value` is what stands there, as text, already masked when it is personal.
    """

    where: str
    text: Text
    value: str = ""
    rule: str = ""

    @property
    def place(self) -> str:
        """`where` as a person is told it: "" for a verb's own name of what it was given ("reason")."""
        own = self.where.isascii() and self.where.isidentifier() and self.where.islower()
        return "" if own else self.where


class InputError(UserError):
    """The input does not pass. Carries every problem found, not only the first."""

    exit_code = EXIT_INPUT

    def __init__(self, text: Text, problems: Sequence[Problem] = ()) -> None:
        super().__init__(text)
        self.problems = tuple(problems)


class ConflictError(UserError):
    """The rules contradict one another, or the books refuse the act (posted twice, overdrawn)."""

    exit_code = EXIT_CONFLICT
