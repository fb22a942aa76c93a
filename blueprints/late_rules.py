"""Addresses that are compiled for building when one is first built: most of an app's start went into the others."""

from collections.abc import Callable

from werkzeug.routing import Rule


class LateRule(Rule):
    """A route whose matching is ready at once and whose building is made ready by its first `url_for`."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: Callable[..., tuple[str, str]] | None = None
        compile_now = super()._compile_builder

        def build(self: "LateRule", **values: object) -> tuple[str, str]:
            nonlocal made
            if made is None:
                made = compile_now(append_unknown)
            return made(self, **values)

        return build
