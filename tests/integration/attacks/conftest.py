from datetime import UTC, datetime

import pytest
from attack_ground import Attack, prepare

from bangfu.site import clock


@pytest.fixture
def attack(client_as, monkeypatch) -> Attack:
    """Two counties and an operator of every role in one of them; pages tell one moment."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 4, tzinfo=UTC))
    return prepare(client_as)
