"""How the V3 API says no: one exception, turned into the documented error object (reference 8.2)."""

from typing import Any

from flask import Response, jsonify, request

STATUS_PAGE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"


class Refusal(Exception):
    """Raised anywhere in an endpoint; `errors` maps a field to what is wrong with it."""

    def __init__(self, status: int, title: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.errors = errors or {}

    def body(self) -> dict[str, Any]:
        return {"status": self.status, "title": self.title, "type": STATUS_PAGE, "errors": self.errors}


def refuse(refusal: Refusal) -> Response:
    """The error object of V3, or the array of V2."""
    if "/v2/" in request.path:
        row: dict[str, Any] = {"status": refusal.status, "message": refusal.title}
        answer = jsonify([{**row, "details": refusal.errors} if refusal.errors else row])
    else:
        answer = jsonify(refusal.body())
    answer.status_code = refusal.status
    return answer


def not_found(what: str, identity: object) -> Refusal:
    return Refusal(404, f"A {what} was not found with an id of {identity}.")


def invalid(errors: dict[str, str]) -> Refusal:
    return Refusal(422, "JSON data is missing or invalid", errors)
