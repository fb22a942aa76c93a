"""The grant: where the seller says yes, and the exchange of codes for tokens (reference 2.1 and 2.2)."""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from pydantic import BeforeValidator, Field, TypeAdapter

from clients.errors import Unauthorised, Unreachable, Unreadable
from clients.exchange import remark
from clients.reading import Many, Model, NotUnderstood, Text, Whole, parse, read_value
from clients.tiktok.codes import GROUP, failure
from clients.transport import Request, Transport


def _moment(value: Any) -> Any:
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None  # pydantic then names the field


Moment = Annotated[datetime, BeforeValidator(_moment)]


class Tokens(Model):
    """The expiries are absolute moments in UTC; a refresh does not lengthen `refresh_expires_at`."""

    access_token: str = Field(min_length=1, repr=False)
    access_expires_at: Moment = Field(validation_alias="access_token_expire_in")
    refresh_token: str = Field(min_length=1, repr=False)
    refresh_expires_at: Moment = Field(validation_alias="refresh_token_expire_in")
    open_id: str
    seller_name: Text = ""
    region: Text = Field("", validation_alias="seller_base_region")
    user_type: Whole = 0  # 0 seller, 1 creator, 3 partner
    scopes: Many[str] = Field((), validation_alias="granted_scopes")


_TOKENS = TypeAdapter(Tokens)


def consent_url(consent_url: str, service_id: str, state: str) -> str:
    """Where to send the seller, at top level: the page refuses to be framed."""
    return f"{consent_url.rstrip('/')}/open/authorize?{urlencode({'service_id': service_id, 'state': state})}"


def exchange_code(transport: Transport, auth_url: str, app_key: str, app_secret: str, code: str) -> Tokens:
    """The tokens for a code, which works once and for 30 minutes. Unauthorised when it no longer does."""
    values = {"auth_code": code, "grant_type": "authorized_code"}
    return _ask(transport, auth_url, "/api/v2/token/get", app_key, app_secret, values)


def refresh(transport: Transport, auth_url: str, app_key: str, app_secret: str, refresh_token: str) -> Tokens:
    """New tokens; keep both, whichever changed. Unauthorised when the seller must authorize again."""
    values = {"refresh_token": refresh_token, "grant_type": "refresh_token"}
    return _ask(transport, auth_url, "/api/v2/token/refresh", app_key, app_secret, values)


def _ask(
    transport: Transport, auth_url: str, path: str, app_key: str, app_secret: str, values: dict[str, str]
) -> Tokens:
    # No repetition although it is a GET: it uses up the code or turns the refresh token over.
    secrets = (app_secret, *(value for name, value in values.items() if name != "grant_type"))
    facts: dict[str, Any] = {"platform": "tiktok", "method": "GET", "path": path}
    query = urlencode({"app_key": app_key, "app_secret": app_secret, **values}, quote_via=quote)
    answer = transport.send(Request("GET", f"{auth_url.rstrip('/')}{path}?{query}", platform="tiktok", path=path))
    try:
        value = parse(answer.body)
    except NotUnderstood:
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("code"), int | str):
        text = "the answer is not TikTok Shop's envelope"
        kind = Unreachable if answer.status >= 500 else Unreadable
        raise kind(text, status=answer.status, **facts)
    facts["request_id"] = str(value.get("request_id") or "")
    code, message = str(value["code"]), remark(str(value.get("message") or ""), secrets)
    if code == GROUP:  # at this host only the app's own key and secret can be meant
        raise Unauthorised(message, status=answer.status, code=code, **facts)
    if code != "0" or not 200 <= answer.status < 300:
        raise failure(answer.status, code, message, answer.headers, [], **facts)
    try:
        return read_value(_TOKENS, value.get("data"))
    except NotUnderstood as fault:
        text = f"the tokens cannot be read: {fault}"
    raise Unreadable(text, status=answer.status, **facts)
