"""One exception for everything the platform refuses."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A body code with its HTTP status; `data` goes into the envelope as it is."""

    def __init__(self, code: int, message: str, status: int = 200, data: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.data = data


INVALID = 98001004
"""A parameter that cannot be read (names parameter, reason, expected value)."""


def invalid(parameter: str, reason: str) -> Refusal:
    return Refusal(INVALID, f"Invalid parameter {parameter}: {reason}")
