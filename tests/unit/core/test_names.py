"""Pinyin and initials of names."""

import pytest

from bangfu.core.names import sounds


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("王小明", "wangxiaoming", "wxm"),
        ("单小明", "shanxiaoming", "sxm"),
        ("曾国", "zengguo", "zg"),
        ("吕梁", "lvliang", "ll"),
        ("买买提·江", "maimaitijiang", "mmtj"),
        ("𠮷野", "𠮷ye", "𠮷y"),
    ],
)
def test_every_reading_is_there(name, pinyin, initials):
    found = sounds(name)
    assert pinyin in found.pinyin.split()
    assert initials in found.initials.split()


def test_nothing_sounds_like_nothing():
    assert sounds(" ").pinyin == ""
