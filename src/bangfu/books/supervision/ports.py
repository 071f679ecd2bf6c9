"""What later apps tell supervision. Each says it once, when it is loaded:

ports.tell_open_flags(counted)        # in the app's `ready`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

# By kind ("project", "village") and key (number, code), how many red flags of a county are open.
OpenFlags = Callable[[str], Mapping[tuple[str, str], int]]
_TOLD: list[OpenFlags] = []


def tell_open_flags(counted: OpenFlags) -> None:
    """Say who counts the open red flags of a county, by its code."""
    assert not _TOLD, "red flags are counted in one place"
    _TOLD.append(counted)


def open_flags(county: str) -> Mapping[tuple[str, str], int]:
    """The open red flags of a county; none while nobody counts them."""
    return _TOLD[0](county) if _TOLD else {}


def flags_are_told() -> bool:
    """Whether somebody counts red flags, so that a page can say why there are none."""
    return bool(_TOLD)
