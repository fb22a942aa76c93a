"""The app's installation: a code for a store's token (reference 1.2)."""

import json
import re
from typing import Any

from pydantic import Field, TypeAdapter

from clients.bigcommerce.refusals import failure
from clients.errors import Unreadable
from clients.reading import Model, NotUnderstood, Text, read_json
from clients.transport import Request, Transport

CONTEXT = re.compile(r"stores/([A-Za-z0-9]{1,64})")
PATH = "/oauth2/token"


class Person(Model):
    id: int
    email: Text = ""
    username: Text = ""


class _Answer(Model):
    access_token: str = Field(min_length=1, repr=False)
    scope: Text = ""
    context: str
    user: Person
    owner: Person | None = None
    account_uuid: Text = ""


class Grant(Model):
    """`store_hash` comes from the answer, never from the query of the callback. `owner` is newer and may be absent."""

    access_token: str = Field(repr=False)
    scope: str
    store_hash: str
    user: Person
    owner: Person | None
    account_uuid: str


_ANSWER = TypeAdapter(_Answer)


def exchange_code(
    transport: Transport,
    login_url: str,
    client_id: str,
    client_secret: str,
    code: str,
    context: str,
    scope: str,
    redirect_uri: str,
) -> Grant:
    """The store's token. Refused or Unauthorised when the code was used or does not fit."""
    facts: dict[str, Any] = {"platform": "bigcommerce", "method": "POST", "path": PATH}
    body = json.dumps(
        {
            "client_id": client_id,
            "client_secret": client_secret,
            "code": code,
            "context": context,
            "scope": scope,
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
        }
    )
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    answer = transport.send(Request("POST", login_url.rstrip("/") + PATH, headers, body.encode(), "bigcommerce", PATH))
    if not 200 <= answer.status < 300:
        raise failure(answer, (client_secret, code), **facts)
    fault = "context"
    try:
        told = read_json(_ANSWER, answer.body)
        if store := CONTEXT.fullmatch(told.context):
            return Grant(
                access_token=told.access_token,
                scope=told.scope,
                store_hash=store[1],
                user=told.user,
                owner=told.owner,
                account_uuid=told.account_uuid,
            )
    except NotUnderstood as problem:
        fault = str(problem)
    raise Unreadable(f"the token answer cannot be read: {fault}", status=answer.status, **facts)
