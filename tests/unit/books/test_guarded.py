"""Keys and sealed values, without a database."""

from __future__ import annotations

import os
import stat

import pytest

from bangfu.books.walls import keys
from bangfu.books.walls.guarded import opened, sealed, token, tokeniser
from bangfu.core.errors import UsageError

NUMBER = "420527199001011234"


@pytest.fixture(autouse=True)
def key():
    before = list(keys._in_use)
    keys.use(keys.load({"BANGFU_KEY": keys.generate()}, production=True))
    yield keys.current()
    keys._in_use[:] = before


def test_a_value_opens_again_and_only_for_its_column():
    [first, missing, again] = sealed([NUMBER, None, NUMBER], "certificate")
    assert missing is None
    assert first == again
    assert NUMBER.encode() not in first
    assert opened(first, "certificate") == NUMBER
    with pytest.raises(ValueError, match="altered or moved"):
        opened(first, "phone")
    with pytest.raises(ValueError, match="altered or moved"):
        opened(first[:-1] + bytes([first[-1] ^ 1]), "certificate")


def test_one_value_in_two_columns_seals_differently():
    assert sealed([NUMBER], "phone") != sealed([NUMBER], "certificate")


def test_tokens_are_equal_for_equal_values_under_one_key(key):
    assert token(NUMBER) == tokeniser()(NUMBER)
    assert token(NUMBER) != token(NUMBER[::-1])
    assert len(token(NUMBER)) == 64
    former = token(NUMBER)
    keys.use(keys.load({"BANGFU_KEY": keys.generate()}, production=True))
    assert token(NUMBER) != former


def test_rotation_opens_what_the_former_key_sealed(key):
    [old] = sealed([NUMBER], "phone")
    new = keys.load({"BANGFU_KEY": keys.generate()}, production=True)
    keys.use(keys.Keys((*new.keys, *key.keys)))
    assert opened(old, "phone") == NUMBER
    keys.use(new)
    with pytest.raises(UsageError, match="another key"):
        opened(old, "phone")


def test_production_without_a_key_does_not_start(tmp_path):
    with pytest.raises(UsageError, match="BANGFU_KEY"):
        keys.load({"XDG_CONFIG_HOME": str(tmp_path)}, production=True)
    assert list(tmp_path.iterdir()) == []


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path):
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    first = keys.load(environ, production=False)
    assert keys.load(environ, production=False) == first
    path = tmp_path / "bangfu" / "key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["key"]


def test_the_environment_wins_over_the_file(tmp_path):
    written = keys.generate()
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "BANGFU_KEY": written}
    assert keys.load(environ, production=False) == keys.load(
        {"BANGFU_KEY": written}, production=True
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("written", ["short", "a" * 43, "!" * 44, ","])
def test_a_bad_key_is_named_and_not_shown(written):
    with pytest.raises(UsageError, match="BANGFU_KEY") as caught:
        keys.load({"BANGFU_KEY": written}, production=True)
    assert written not in str(caught.value) or written == ","


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="BANGFU_KEY"):
        keys.load({"XDG_CONFIG_HOME": str(tmp_path)}, production=False)
