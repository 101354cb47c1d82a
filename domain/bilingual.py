"""A short text that the content itself carries in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One meaning, written natively in Chinese and in English."""

    zh: str
    en: str

    def of(self, language: Literal["zh", "en"]) -> str:
        """The text in a language."""
        return self.zh if language == "zh" else self.en
