import pytest
from attack_ground import Attack, prepare


@pytest.fixture
def attack(client_as) -> Attack:
    """Two counties and an operator of every role in one of them."""
    return prepare(client_as)
