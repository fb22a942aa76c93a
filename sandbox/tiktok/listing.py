"""Pages of a list that changes while it is read: a page token remembers the last row, not a number of rows."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.refusal import INVALID, Refusal

Document = dict[str, Any]


def pages(
    call: Call,
    rows: Iterable[Document],
    *,
    fields: tuple[str, ...],
    key: str = "id",
    maximum: int = 100,
    minimum: int = 1,
    size: int | None = None,
    order: str = "DESC",
    sort_required: bool = False,
    code: int = INVALID,
) -> tuple[list[Document], int, str]:
    """(this page's rows, how many there are, next page token). `size` None: page_size is required."""
    field = call.query.get("sort_field") or ("" if sort_required else fields[0])
    if field not in fields:
        raise Refusal(code, f"sort_field must be {' or '.join(fields)}")
    direction = (call.query.get("sort_order") or order).upper()
    if direction not in {"ASC", "DESC"}:
        raise Refusal(code, "sort_order must be ASC or DESC")
    length = _size(call, minimum, maximum, size, code)
    found = sorted(rows, key=_place(field, key), reverse=direction == "DESC")
    total = len(found)
    if token := call.query.get("page_token", ""):
        last = _decoded(token, code)
        place = _place(field, key)
        found = [row for row in found if (place(row) < last if direction == "DESC" else place(row) > last)]
    page = found[:length]
    following = _encoded(_place(field, key)(page[-1])) if len(found) > length else ""
    return page, total, following


def _place(field: str, key: str) -> Callable[[Document], tuple[int, int]]:
    return lambda row: (int(row[field]), int(row[key]))


def _size(call: Call, minimum: int, maximum: int, default: int | None, code: int) -> int:
    given = call.query.get("page_size", "")
    if not given and default is not None:
        return default
    if not given.isascii() or not given.isdigit() or not minimum <= int(given) <= maximum:
        raise Refusal(code, f"page_size must be between {minimum} and {maximum}")
    return int(given)


def _encoded(place: tuple[int, int]) -> str:
    return base64.b64encode(json.dumps(place).encode()).decode()


def _decoded(token: str, code: int) -> tuple[int, int]:
    try:
        first, second = json.loads(base64.b64decode(token, validate=True))
        return int(first), int(second)
    except (binascii.Error, ValueError, TypeError):
        raise Refusal(code, "page_token is not valid") from None


def between(body: Document, names: tuple[str, ...], code: int = INVALID) -> Callable[[Document], bool]:
    """Whether a row lies inside `<name>_ge` and `<name>_lt` of every named time."""
    bounds: list[tuple[str, int | None, int | None]] = []
    for name in names:
        low, high = (_moment(body, f"{name}_{end}", code) for end in ("ge", "lt"))
        if low is not None and high is not None and low > high:
            raise Refusal(code, f"{name} ends before it begins")
        if low is not None or high is not None:
            bounds.append((name, low, high))
    return lambda row: all(
        (low is None or row[name] >= low) and (high is None or row[name] < high) for name, low, high in bounds
    )


def _moment(body: Document, name: str, code: int) -> int | None:
    value = body.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)  # query parameters are text
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refusal(code, f"{name} must be a number of seconds")
    return value


def chosen(
    body: Document, names: dict[str, str], maximum: int = 100, code: int = INVALID
) -> Callable[[Document], bool]:
    """Whether a row's field is in each list of the body: {name in the body: field of the row}."""
    tests: list[tuple[str, set[str]]] = []
    for name, field in names.items():
        value = body.get(name)
        if value is None or value == []:
            continue
        if not isinstance(value, list) or len(value) > maximum:
            raise Refusal(code, f"{name} takes a list of at most {maximum} entries")
        tests.append((field, {str(entry) for entry in value}))
    return lambda row: all(str(row.get(field)) in values for field, values in tests)
