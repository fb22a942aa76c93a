"""How a view answers: the fragment to HTMX, the page to everyone else; after a write the fragment or a redirect."""

import json
from collections.abc import Iterable
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request

from blueprints import cookies

TONES = ("success", "info", "warning", "danger")


def partial() -> bool:
    """Whether HTMX asks for a fragment (not a boosted link, not a page restored from history)."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(template: str, fragment: str = "", status: int = 200, **data: Any) -> Response:
    """The fragment file when HTMX asks and there is one, else the whole page."""
    small = bool(fragment) and partial()
    response = make_response(render_template(fragment if small else template, **data), status)
    response.vary.add("HX-Request")
    if not small and g.get("note_shown"):
        cookies.drop(response, cookies.NOTE + g.store_hash)
    return response


def fragment(markup: str) -> Response:
    """A fragment that is rendered already."""
    response = make_response(markup)
    response.vary.add("HX-Request")
    return response


def done(
    location: str,
    *,
    fragment: str = "",
    event: str | Iterable[str] = "",
    toast: str = "",
    tone: str = "success",
    action: str = "",
    url: str = "",
    status: int = 200,
    **data: Any,
) -> Response:
    """After a write: HTMX gets the changed fragment, or is sent to `location`; everyone else a 303.

    `event` (one name or several) tells other regions of the page to refresh. The toast may carry one thing to press.
    """
    note = note_of(toast, tone, action, url) if toast else None
    if partial() and fragment:
        response = make_response(render_template(fragment, **data), status)
        trigger(response, event, note)
    elif partial():
        response = make_response("", status)
        response.headers["HX-Redirect"] = location
        _keep(response, note)
    else:
        response = make_response(redirect(location, 303))
        _keep(response, note)
    response.vary.add("HX-Request")
    return response


def note_of(text: str, tone: str = "success", action: str = "", url: str = "") -> dict[str, str]:
    if tone not in TONES:
        raise ValueError(f"A toast is one of {TONES}, not {tone!r}.")
    return {"text": text, "tone": tone, "action": action, "url": url}


def trigger(response: Response, event: str | Iterable[str], note: dict[str, str] | None = None) -> None:
    """Names events for the browser; a toast is the event `toast`."""
    names = [event] if isinstance(event, str) else list(event)
    events: dict[str, Any] = {name: True for name in names if name}
    if note:
        events["toast"] = note
    if events:
        response.headers["HX-Trigger"] = json.dumps(events)  # ASCII: header values are


def _keep(response: Response, note: dict[str, str] | None) -> None:
    if note and g.get("store_hash"):
        cookies.put_note(response, g.store_hash, note)
