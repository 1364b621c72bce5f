"""How a file is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How to read a file; what is None is detected."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header_line: int | None = None
    sheet: str | None = None

    def __post_init__(self) -> None:
        for name, value in self.__dict__.items():
            kind = int if name == "header_line" else str
            if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
                raise ValueError(f"{name} is {value!r}")

    def to_json(self) -> dict[str, Any]:
        """Return what was asked for, without what is detected."""
        return {k: v for k, v in self.__dict__.items() if v is not None}
