"""Answers that nobody's endpoint gave: refusals for the rate, errors from within, and nonsense."""

import json

from werkzeug.wrappers import Response

from sandbox.bigcommerce.refusals import Refusal
from sandbox.faults.rules import ENVELOPES
from sandbox.tiktok.gateway import envelope
from sandbox.tiktok.platform import Platform

GARBAGE = b'{"code": 0, "message": "Success", "data": {"product_id": "17300'
ERROR_PAGE = b"""<!doctype html><html><head><title>We'll be right back</title></head>
<body><h1>We'll be right back</h1><p>Something went wrong on our side.</p></body></html>"""


def throttled(tiktok: Platform | None, retry_after: float | None) -> Response:
    """429; without `retry_after` no header says how long to wait (BigCommerce: the store itself is overloaded)."""
    wait = "" if retry_after is None else f"{retry_after:.0f}"
    if tiktok is not None:
        answer: Response = envelope(tiktok, 36009002, "Too many requests", None, 429)
        answer.headers.update({"Retry-After": wait} if wait else {})
        return answer
    answer = refused(429, "Too many requests")
    answer.headers.update({"X-Retry-After": wait} if wait else {})
    return answer


def failed(tiktok: Platform | None, amount: float) -> Response:
    """5xx as the platform words it: TikTok Shop's have no body, its inner troubles are envelopes of HTTP 200."""
    if tiktok is None:
        return refused(500 if amount in ENVELOPES else int(amount), "Something went wrong on our side.")
    if amount in ENVELOPES:
        return envelope(tiktok, int(amount), "Internal error, try again", None)
    return Response(b"", int(amount), headers={"Date": envelope(tiktok, 0, "", None).headers["Date"]})


def refused(status: int, title: str) -> Response:
    return Response(json.dumps(Refusal(status, title).body()), status, content_type="application/json")


def garbage() -> Response:
    return Response(GARBAGE, 200, content_type="application/json")


def error_page() -> Response:
    return Response(ERROR_PAGE, 200, content_type="text/html; charset=utf-8")
