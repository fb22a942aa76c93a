"""Body code and HTTP status to a branch of the error tree: the code decides, the status is a hint (reference 1.5)."""

import math
from collections.abc import Mapping
from typing import Any

from clients.errors import ClientError, ItemError, Refused, Throttled, Unauthorised, Unreachable, Unreadable

EXPIRED = "105002"
NO_PERMISSION = "105005"
GROUP = "36009004"  # many causes: bad token, app key, timestamp, unexpected cipher (reference 1.10)
STALE = frozenset({GROUP, "106001"})  # what a wrong clock looks like; refused before anything was applied
BRANCHES: dict[str, type[ClientError]] = {
    "101000": Unauthorised,  # token or cipher of another user or shop
    "105001": Unauthorised,  # deauthorized
    EXPIRED: Unauthorised,
    NO_PERMISSION: Unauthorised,  # the scope was not granted
    "106001": Unauthorised,  # signature: the app's secret is not the one TikTok knows
    "36004001": Unauthorised,  # refresh token ended
    "36004004": Unauthorised,  # auth code used or ended
    "36004005": Unauthorised,  # no such authorization
    "36009002": Throttled,
    "12052109": Throttled,  # the merchant's own request count
    "36009003": Unreachable,  # internal error
    "36009007": Unreachable,  # gateway timeout
    "33001002": Unreachable,  # internal error of the product services
    "10037002": Unreachable,  # order services: try again (reference 5.1)
    "10037003": Unreachable,
    "10037004": Unreachable,
    "25001028": Unreachable,  # after-sales: another change holds the lock (reference 7.5)
    "25001058": Unreachable,  # a service behind it failed
    "25007002": Unreachable,  # its database
    "25020008": Unreachable,  # internal error
}
SANE_WAIT = 3600.0  # seconds; a longer Retry-After is a mistake and is not believed


def branch(status: int, code: str, message: str) -> type[ClientError]:
    """The branch an unsuccessful answer belongs to. Unknown codes are refusals."""
    if code in BRANCHES:
        return BRANCHES[code]
    if status == 429:
        return Throttled
    if status >= 500 or status in (408, 499):
        return Unreachable
    if code == GROUP:
        named = message.lower()
        about_us = status in (401, 403) or "token" in named or "app_key" in named or "app key" in named
        return Unauthorised if about_us else Refused
    if status in (401, 403) and code in ("", "0"):
        return Unauthorised
    if 400 <= status < 500 or code not in ("", "0"):
        return Refused
    return Unreadable


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header that can be believed."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and 0 <= seconds <= SANE_WAIT else None


def failure(
    status: int, code: str, message: str, headers: Mapping[str, str], details: list[ItemError], **facts: Any
) -> ClientError:
    """The exception for an answer that was not a success."""
    kind = branch(status, code, message)
    facts |= {"status": status, "code": "" if code == "0" else code}
    text = message or "no reason was given"
    if kind is Throttled:
        return Throttled(text, retry_after=retry_after(headers), **facts)
    if kind is Unauthorised:
        return Unauthorised(text, expired=code == EXPIRED, permission=code == NO_PERMISSION, **facts)
    if kind is Refused:
        return Refused(text, details=details, **facts)
    return kind(text, **facts)


def item_errors(data: Any, clean: Any = str) -> list[ItemError]:
    """`data.errors[]` of batch calls, nested ones included (reference 1.5). Unexpected shapes give nothing."""
    rows = data.get("errors") if isinstance(data, dict) else None
    return [_item(row, clean) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _item(row: dict[str, Any], clean: Any) -> ItemError:
    detail = row.get("detail")
    detail = detail if isinstance(detail, dict) else {}
    kind, subject = _subject(detail) or _subject(row) or ("", "")
    extra = detail.get("extra_errors") or row.get("extra_errors") or []
    nested = tuple(_item(inner, clean) for inner in extra if isinstance(inner, dict)) if isinstance(extra, list) else ()
    return ItemError(str(row.get("code", "")), clean(str(row.get("message") or "")), subject, kind, nested)


def _subject(source: dict[str, Any]) -> tuple[str, str] | None:
    for name in ("sku_id", "product_id", "warehouse_id"):
        if source.get(name):
            return name, str(source[name])
    return next(((name, str(value)) for name, value in source.items() if name.endswith("_id") and value), None)
