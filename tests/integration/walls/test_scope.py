"""The walls under attack: what a role sees without a scope, after one, beside one."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError

from bangfu.books.journal.actions import write
from bangfu.books.journal.models import Entry

VILLAGE, OTHER = "420527101200", "420527102201"


def _write(place_code: str = VILLAGE) -> None:
    write(by="tester", place_code=place_code, verb="test.write", subject="nothing")


def test_no_scope_no_rows(as_web):
    with as_web():
        _write()
        assert Entry.objects.count() == 1
    assert Entry.objects.count() == 0


def test_insert_outside_the_scope_is_refused(as_web, scope_of):
    with pytest.raises(ProgrammingError, match="row-level security"), as_web(scope_of(OTHER)):
        _write()
