"""The sandbox as a soak runs it: every picture shows the same, because drawing thousands proves nothing and takes the
time of one processor."""

from typing import Any

from sandbox import create_app as create_sandbox
from sandbox.catalog import pictures

ALIKE = ("mug", "#4f6d7a", "SO")


def create_app() -> Any:
    draw = pictures.draw

    def drawn(_shape: str, _color: str, _initials: str, view: int, *facts: Any, **more: Any) -> bytes:
        return draw(*ALIKE, view, *facts, **more)

    pictures.draw = drawn  # type: ignore[assignment]
    return create_sandbox()
