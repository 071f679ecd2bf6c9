"""Whether a place is called by pinyin or its initials: "maoping" and "mp" are 茅坪镇."""

from __future__ import annotations

from functools import lru_cache

from bangfu.core.names import Sounds, sounds
from bangfu.core.sheets.locate import short_name

# One letter is the beginning of too many names.
FEWEST = 2


def sounds_like(name: str, sound: str) -> bool:
    """Whether a place's name holds these lower-case letters, or begins with these initials."""
    if len(sound) < FEWEST:
        return False
    heard = _heard(name)
    return any(sound in reading for reading in heard.pinyin.split()) or any(
        reading.startswith(sound) for reading in heard.initials.split()
    )


@lru_cache(maxsize=20_000)
def _heard(name: str) -> Sounds:
    return sounds(short_name(name))
