"""The V3 envelope: data, pagination with links that are only query strings, and field lists (reference 3.1)."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from sandbox.bigcommerce.refusals import Refusal
from sandbox.state import Document


def paging(maximum: int = 250, cap: int | None = None) -> tuple[int, int]:
    """(page, limit) of the request; `cap` silently lowers the limit as the real API does for options and modifiers."""
    page, limit = whole("page", 1), whole("limit", 50)
    errors = {}
    if page < 1:
        errors["page"] = "page must be at least 1"
    if not 1 <= limit <= maximum:
        errors["limit"] = f"limit must be between 1 and {maximum}"
    if errors:
        raise Refusal(422, "Invalid query parameters", errors)
    return page, min(limit, cap) if cap else limit


def whole(name: str, default: int) -> int:
    value = request.args.get(name)
    if value in (None, ""):
        return default
    try:
        return int(str(value))
    except ValueError:
        raise Refusal(422, "Invalid query parameters", {name: f"{name} must be an integer"}) from None


def listing(
    rows: Sequence[Any], show: Callable[[Any], Document], maximum: int = 250, cap: int | None = None
) -> Response:
    """One page of `rows`, each shown by `show`."""
    page, limit = paging(maximum, cap)
    shown = [trim(show(row)) for row in rows[(page - 1) * limit : page * limit]]
    return jsonify({"data": shown, "meta": {"pagination": pagination(len(rows), len(shown), page, limit)}})


def pagination(total: int, count: int, page: int, limit: int) -> Document:
    pages = max(1, -(-total // limit))
    links = {"current": link(page, limit)}
    if page > 1:
        links["previous"] = link(page - 1, limit)
    if page < pages:
        links["next"] = link(page + 1, limit)
    return {
        "total": total,
        "count": count,
        "per_page": limit,
        "current_page": page,
        "total_pages": pages,
        "links": links,
    }


def link(page: int, limit: int) -> str:
    asked = {**request.args.to_dict(), "page": str(page), "limit": str(limit)}
    return "?" + urlencode(asked, safe=":,")


def trim(row: Document) -> Document:
    """Apply `include_fields` and `exclude_fields`; the id always comes."""
    wanted, unwanted = comma("include_fields"), comma("exclude_fields")
    if wanted:
        included = comma("include")
        return {key: value for key, value in row.items() if key == "id" or key in wanted or key in included}
    if unwanted:
        return {key: value for key, value in row.items() if key == "id" or key not in unwanted}
    return row


def numbers(name: str) -> set[int]:
    """The ids of a comma list."""
    try:
        return {int(part) for part in comma(name)}
    except ValueError:
        raise Refusal(422, "Invalid query parameters", {name: f"{name} must be integers"}) from None


def comma(name: str) -> list[str]:
    return [part for part in request.args.get(name, "").split(",") if part]


def one(data: Any, meta: Mapping[str, Any] | None = None, status: int = 200) -> Response:
    answer = jsonify({"data": data, "meta": dict(meta or {})})
    answer.status_code = status
    return answer


def nothing() -> Response:
    return Response(status=204)


def sent() -> object:
    """The JSON of the request; 415 for another kind of body."""
    if request.content_length and not request.is_json:
        raise Refusal(415, "The body must be application/json")
    value = request.get_json(silent=True)
    if b"\\ud" in request.get_data().lower():
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Refusal(400, "Input is invalid: half a character") from None
    return value


def body() -> Document:
    """The JSON object of the request."""
    value = sent()
    if not isinstance(value, dict):
        raise Refusal(400, "Input is invalid: a JSON object was expected")
    return value


def body_list() -> list[Document]:
    value = sent()
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refusal(400, "Input is invalid: a JSON array of objects was expected")
    return value
