"""Parts of pages that stay the same for a while, such as the choices of a filter: made once, kept for seconds."""

import time
from collections.abc import Callable, Hashable

from flask import current_app
from markupsafe import Markup

from models import reach

SECONDS = 20.0
MOST = 500  # parts of one process


def kept(key: Hashable, make: Callable[[], str]) -> Markup:
    """What `make` rendered for this key at most twenty seconds ago. The key names the store;
    shops that are hidden from the person are part of it."""
    parts: dict[Hashable, tuple[float, Markup]] = current_app.extensions.setdefault("kept", {})
    key = (key, reach.hidden.get())
    now = time.monotonic()
    found = parts.get(key)
    if found is None or found[0] < now:
        if len(parts) >= MOST:
            parts.clear()
        found = parts[key] = (now + SECONDS, Markup(make()))  # noqa: S704 - a rendered template
    return found[1]


def forget() -> None:
    """All is rendered anew: what choices are made of has changed. Other processes follow in seconds."""
    current_app.extensions.pop("kept", None)
