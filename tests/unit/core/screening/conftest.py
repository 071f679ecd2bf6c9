"""The setting of a screening, as the shipped policy states it."""

from __future__ import annotations

from datetime import date

import pytest
from lib.policies import shipped

from bangfu.core.screening.setting import Setting, setting


@pytest.fixture(scope="session")
def made() -> Setting:
    return setting(shipped(), place="420527000000", on=date(2026, 10, 1))
