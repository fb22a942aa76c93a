"""An unsuccessful answer of BigCommerce to a branch of the error tree (reference 8.1 and 8.2)."""

import math
from collections.abc import Mapping
from typing import Any

from clients.errors import ClientError, ItemError, Refused, Throttled, Unauthorised, Unreachable, Unreadable
from clients.exchange import remark
from clients.reading import NotUnderstood, parse
from clients.transport import Answer

SANE_WAIT = 3600.0
OVERLOADED_PAUSE = 30.0  # a 429 without headers: the store itself is overloaded, so wait for a whole window


def number(headers: Mapping[str, str], name: str) -> float | None:
    """A header as a finite, non-negative number."""
    try:
        value = float(headers.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to the next window, from whichever header tells; absurd ones are not believed."""
    window = number(headers, "X-Rate-Limit-Time-Reset-Ms")
    seconds = window / 1000 if window is not None else None
    if seconds is None:
        seconds = number(headers, "X-Retry-After")
    if seconds is None:
        seconds = number(headers, "Retry-After")
    return seconds if seconds is not None and seconds <= SANE_WAIT else None


def failure(answer: Answer, secrets: tuple[str, ...], **facts: Any) -> ClientError:
    """The exception for an answer that was not a success."""
    status = answer.status
    text, code, details = _explanation(answer.body, secrets)
    facts |= {"status": status, "code": code}
    if status == 429:
        return Throttled(text, retry_after=retry_after(answer.headers), **facts)
    if status in (401, 403):
        return Unauthorised(text, **facts)
    if status == 507 or (400 <= status < 500 and status not in (408, 499)):  # 507: a limit of the plan
        return Refused(text, details=details, **facts)
    if status >= 500 or status in (408, 499):
        return Unreachable(text, unknown=True, **facts)
    return Unreadable(f"unexpected status: {text}", **facts)


def _explanation(body: bytes, secrets: tuple[str, ...]) -> tuple[str, str, list[ItemError]]:
    """Text, code and nested refusals of V3 objects, V2 arrays, OAuth errors and plain text alike."""
    try:
        value = parse(body)
    except NotUnderstood:
        text = body[:2000].decode("utf-8", "replace")
        return ("no reason was given" if "<" in text else remark(text, secrets, 200)) or "no reason was given", "", []
    if isinstance(value, list):
        value = next((row for row in value if isinstance(row, dict)), {})
    if not isinstance(value, dict):
        return "no reason was given", "", []
    named = (value.get(name) for name in ("title", "message", "error_description", "error"))
    title = str(next((text for text in named if text), ""))
    details = [
        ItemError("", remark(message if isinstance(message, str) else str(message), secrets), str(field), "field")
        for field, message in _fields(value.get("errors") or value.get("details"))
    ]
    text = "; ".join([title, *(f"{row.subject}: {row.message}" for row in details[:5])]).strip("; ")
    return remark(text, secrets) or "no reason was given", str(value.get("code") or ""), details


def _fields(errors: Any) -> list[tuple[str, Any]]:
    if isinstance(errors, dict):
        return list(errors.items())
    if isinstance(errors, list):
        return [(str(index), row) for index, row in enumerate(errors)]
    return []
