"""Two configurations laid beside each other, value by value."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SAME_MEANING = ("causeway",)  # sections that say where a file comes from


@dataclass(frozen=True, slots=True)
class Difference:
    """One value. Empty: not there on that side."""

    path: tuple[str, ...]
    before: str
    after: str

    @property
    def where(self) -> str:
        return " › ".join(self.path)


def between(before: Mapping[str, Any], after: Mapping[str, Any], only_named: bool = False) -> list[Difference]:
    """Sorted by place. `only_named`: what the second does not speak of stays as it is."""
    return sorted(_walk((), before, after, only_named), key=lambda one: one.path)


def _walk(path: tuple[str, ...], before: Any, after: Any, only_named: bool) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {*after, *(() if only_named else before)}:
            if path or name not in SAME_MEANING:
                yield from _walk((*path, str(name)), before.get(name), after.get(name), only_named)
    elif isinstance(after, Mapping) and before is None and after:
        for name, value in after.items():
            yield from _walk((*path, str(name)), None, value, only_named)
    elif isinstance(before, Mapping) and after is None and before:
        for name, value in before.items():
            yield from _walk((*path, str(name)), value, None, only_named)
    elif before != after and not (before in (None, {}, []) and after in (None, {}, [])):
        yield Difference(path, shown(before), shown(after))


def shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
