"""Text in the two languages of the product.

Every sentence a user can read is a `Text`: Chinese first, English complete. Nothing here knows which
language is wanted; the edge (terminal, page, document) asks `text.to(lang)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label, in Chinese and in English."""

    zh: str
    en: str

    def to(self, lang: Lang) -> str:
        """The sentence in `lang`."""
        return self.zh if lang == "zh" else self.en

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"
