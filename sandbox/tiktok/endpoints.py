"""The table of API endpoints: which method, versions, scope and cipher each takes, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.tiktok.call import Call

Handler = Callable[[Call], dict[str, Any] | None]


@dataclass(frozen=True)
class Endpoint:
    method: str
    category: str
    resource: str
    versions: frozenset[str]
    scope: str
    cipher: bool
    upload: bool
    handler: Handler


class Endpoints:
    """Finds a resource by category and path segments; a fixed segment wins over a parameter."""

    def __init__(self) -> None:
        self.shapes: dict[tuple[str, int], list[tuple[str, list[str]]]] = {}
        self.methods: dict[tuple[str, str], dict[str, Endpoint]] = {}

    def add(
        self,
        method: str,
        path: str,
        versions: str,
        scope: str,
        *,
        cipher: bool = True,
        upload: bool = False,
    ) -> Callable[[Handler], Handler]:
        """`path` is `category/resource` without the version; `versions` is separated by blanks."""
        category, _, resource = path.partition("/")

        def keep(handler: Handler) -> Handler:
            if (category, resource) not in self.methods:
                parts = resource.split("/")
                shapes = self.shapes.setdefault((category, len(parts)), [])
                shapes.append((resource, parts))
                shapes.sort(key=lambda shape: shape[0].count("{"))
            self.methods.setdefault((category, resource), {})[method] = Endpoint(
                method, category, resource, frozenset(versions.split()), scope, cipher, upload, handler
            )
            return handler

        return keep

    def find(self, category: str, path: str) -> tuple[dict[str, Endpoint], dict[str, str]] | None:
        """The endpoints of a resource by method, and the path's parameters; None for an unknown path."""
        segments = path.split("/")
        for resource, parts in self.shapes.get((category, len(segments)), ()):
            pairs = list(zip(parts, segments, strict=True))
            if all(part == segment or part[0] == "{" for part, segment in pairs):
                return self.methods[category, resource], {
                    part[1:-1]: segment for part, segment in pairs if part[0] == "{"
                }
        return None


endpoints = Endpoints()
