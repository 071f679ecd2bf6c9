"""Who runs a command, and what that operator may see and do in the books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bangfu.books.accounts import queries as accounts
from bangfu.books.places.queries import names
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.site import clock
from bangfu.site.operators import named_operator
from bangfu.site.start import setup_django

As = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="以哪个操作员的身份；缺省为系统用户名 / which operator; the system's user if absent",
    ),
]
ALL = (DataClass.PERSONS, DataClass.SUMS, DataClass.MONEY)


@contextmanager
def working(
    operator: str | None,
    *,
    place_code: str,
    purpose: str,
    classes: tuple[DataClass, ...] = ALL,
    writes: bool = False,
) -> Iterator[str]:
    """One transaction in the books as the web role, inside the operator's scope; yields the operator.

    Raises UsageError when the operator has no grant that reaches the place for these classes of data, and
    for a place that the books do not know.
    """
    name, scope = named(
        operator, place_code=place_code, purpose=purpose, classes=classes, writes=writes
    )
    with within(scope, by=name, reason=purpose):
        yield name


def named(
    operator: str | None,
    *,
    place_code: str,
    purpose: str,
    classes: tuple[DataClass, ...] = ALL,
    writes: bool = False,
) -> tuple[str, Scope]:
    """The operator and the scope that the books give at a place, for what is read outside them.

    Raises UsageError as `working` does.
    """
    setup_django()
    today = clock.today()
    name = operator or named_operator(today)
    scope = accounts.scope_of(
        name,
        on=today,
        purpose=purpose,
        classes=classes,
        place_code=place_code,
        writes=writes,
    )
    if place_code != NATION and place_code not in names([place_code]):
        raise UsageError(
            Text(
                f"账上没有这个地方：{place_code}。请核对区划代码；新地方先用 bangfu places 导入。",
                f"The books know no place {place_code}. Check the code; "
                "new places are loaded with bangfu places.",
            )
        )
    return name, scope
