"""The policy folder as it is shipped, read once."""

from pathlib import Path

import pytest

from bangfu.core.policy.documents import Document
from bangfu.core.policy.reading import load
from bangfu.core.policy.resolve import Policy

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def policy_files() -> dict[str, str]:
    """Text of every policy file by its path inside the repository."""
    files = sorted((ROOT / "policy").rglob("*.toml"))
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


@pytest.fixture(scope="session")
def policy(policy_files: dict[str, str]) -> Policy:
    """The policy of this repository; every unit, period, source, name and type is checked here."""
    return load(Document(label, text) for label, text in policy_files.items())


@pytest.fixture(scope="session")
def catalogue_ids() -> list[str]:
    """Every row of the catalogue, in its order."""
    return (ROOT / "tests" / "data" / "catalogue_ids.txt").read_text().split()
