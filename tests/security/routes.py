"""The app's own map, turned into requests. A new route is covered by every test here the day it is added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.security.world import WORDS, Side

SAFE = ("GET", "HEAD", "OPTIONS")
# Views that change something when opened, because platforms and browsers come to them by GET; each proves who calls.
WRITING = {"entry.auth", "entry.load", "entry.uninstall", "entry.remove_user", "tiktok_callback.arrive"}


@dataclass(frozen=True)
class Way:
    """One method of one route."""

    endpoint: str
    method: str
    rule: Rule

    def address(self, side: Side, ids: Mapping[str, Any] | None = None) -> str:
        """The route's address in a store, with that store's ids or those given."""
        return self._built({**(side.ids if ids is None else ids), "store_hash": side.hash})

    def address_outside(self) -> str:
        """The address of a route that names no store."""
        return self._built({})

    def _built(self, known: dict[str, Any]) -> str:
        known = {**WORDS, **known}
        unknown = self.rule.arguments - known.keys()
        assert not unknown, f"{self.rule}: say in tests/security/world.py which row {sorted(unknown)} name"
        built = self.rule.build(known, append_unknown=False)
        assert built is not None, f"{self.rule} cannot be built from {known}"
        return built[1]

    @property
    def rows(self) -> list[str]:
        """The arguments that name rows of a store."""
        return sorted(self.rule.arguments - WORDS.keys() - {"store_hash"})


def ways(app: Flask, *methods: str, tenant: bool = True) -> Iterator[Way]:
    """Every route that takes one of the methods; `tenant`: those below a store, else those outside."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if ("store_hash" in rule.arguments) is tenant:
            for method in sorted(rule.methods or ()):
                if method in methods:
                    yield Way(rule.endpoint, method, rule)
