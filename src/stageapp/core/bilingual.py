"""Configured texts exist in Dutch and in English; pages ask for the one of their reader."""

from __future__ import annotations

from typing import Any, Self, overload

from django.utils.translation import get_language


def in_reader_language(nl: str, en: str) -> str:
    """Return the text in the active language, or the other one where it is empty."""
    if (get_language() or "nl").startswith("en"):
        return en or nl
    return nl or en


class Bilingual:
    """`name = Bilingual()` on a model reads `name_nl` or `name_en`."""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any]) -> str: ...

    def __get__(self, instance: object | None, owner: type[Any]) -> Self | str:
        if instance is None:
            return self
        return in_reader_language(
            getattr(instance, f"{self.name}_nl"), getattr(instance, f"{self.name}_en")
        )
