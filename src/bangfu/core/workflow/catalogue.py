"""The procedures and lists of conditions that the policy states, asked for a place and a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.core.places import contains, prefix
from bangfu.core.workflow.model import Criteria, Procedure, Role


@dataclass(frozen=True)
class Procedures:
    """Everything the procedure files state together."""

    roles: Sequence[Role] = ()
    all: Sequence[Procedure] = ()
    criteria: Sequence[Criteria] = ()

    @cached_property
    def by_id(self) -> dict[str, Procedure]:
        """Every procedure by its id."""
        return {procedure.id: procedure for procedure in self.all}

    @cached_property
    def role(self) -> dict[str, Role]:
        """Every role by its id."""
        return {role.id: role for role in self.roles}

    @cached_property
    def kinds(self) -> dict[str, Procedure]:
        """One procedure a kind, in the order of the files: for its names."""
        return {procedure.kind: procedure for procedure in reversed(list(self.all))}

    def find(self, kind: str, *, place: str, on: date) -> Procedure:
        """The procedure of a kind for a place on a day, the most specific place first.

        Raises UsageError when none is in force there.
        """
        fit = [
            each
            for each in self.all
            if each.kind == kind and contains(each.place, place) and each.period.covers(on)
        ]
        if not fit:
            raise UsageError(
                Text(
                    f"{place} 在 {on} 没有“{kind}”程序。",
                    f'There is no procedure "{kind}" for {place} on {on}.',
                )
            )
        return max(fit, key=lambda each: len(prefix(each.place)))

    def list(self, purpose: str, *, place: str, on: date) -> Criteria:
        """The list of conditions for a purpose. Raises UsageError when none is in force there."""
        fit = [
            each
            for each in self.criteria
            if each.purpose == purpose and contains(each.place, place) and each.period.covers(on)
        ]
        if not fit:
            raise UsageError(
                Text(
                    f"{place} 在 {on} 没有“{purpose}”条件清单。",
                    f'There is no list of conditions "{purpose}" for {place} on {on}.',
                )
            )
        return max(fit, key=lambda each: len(prefix(each.place)))
