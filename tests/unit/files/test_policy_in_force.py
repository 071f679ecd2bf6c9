"""A server reads the policy once, and again when a file has changed."""

import shutil

import pytest

from bangfu.core.errors import InputError
from bangfu.files import policy_folder
from bangfu.files.policy_folder import ROOT, policy_in_force


@pytest.fixture
def seconds(monkeypatch) -> list[float]:
    """The seconds that a test lets pass."""
    passed = [1_000.0]
    monkeypatch.setattr(policy_folder, "monotonic", lambda: passed[0])
    return passed


def test_a_changed_file_is_read_within_a_second(tmp_path, monkeypatch, seconds):
    folder = tmp_path / "policy"
    shutil.copytree(ROOT / "policy", folder)
    monkeypatch.setenv("BANGFU_POLICY", str(folder))
    first = policy_in_force()
    seconds[0] += 5
    assert policy_in_force() is first, "nothing changed, nothing is read"
    with (folder / "sources.toml").open("a", encoding="utf-8") as file:
        file.write("\n# a remark\n")
    assert policy_in_force() is first
    seconds[0] += 1
    second = policy_in_force()
    assert second is not first
    (folder / "sources.toml").write_text("nonsense =", encoding="utf-8")
    seconds[0] += 1
    for _ in range(2):
        with pytest.raises(InputError, match="policy files"):
            policy_in_force()


def test_another_folder_is_another_policy(tmp_path, monkeypatch, seconds):
    first = policy_in_force()
    shutil.copytree(ROOT / "policy", tmp_path / "policy")
    monkeypatch.setenv("BANGFU_POLICY", str(tmp_path / "policy"))
    assert policy_in_force() is not first
