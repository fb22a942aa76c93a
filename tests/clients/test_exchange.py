"""Evidence keeps the facts and never a secret."""

import json

import pytest

from clients.exchange import LIMIT, evidence, redact, remark

SECRETS = ("marker-token-0001", "marker-secret-0002")


@pytest.mark.parametrize(
    "text",
    [
        '{"access_token":"marker-token-0001","a":1}',
        '{"data":{"refresh_token" : "marker-\\"token-0001"}}',
        '{"client_secret":"marker-token-0001',
        '{"headers":{"X-Causeway-Secret":"marker-token-0001"}}',
        '{"headers":{"X-Causeway-Secret":"marker-tok',
        "/api/v2/token/get?app_key=k&app_secret=marker-token-0001&auth_code=marker",
        "/x?sign=marker0123&b=1",
    ],
)
def test_fields_that_hold_secrets_are_emptied(text: str) -> None:
    assert "marker" not in redact(text)


def test_known_values_are_removed_wherever_they_stand() -> None:
    assert "marker" not in redact("no such token: marker-token-0001 / marker-secret-0002", SECRETS)


def test_what_is_no_secret_stays_and_stays_json() -> None:
    text = '{"title":"Design token","sign_up":1,"access_token":"x","skus":[{"seller_sku":"A"}]}'
    assert json.loads(redact(text)) == json.loads(text) | {"access_token": "[removed]"}


def test_a_body_is_cut_and_no_half_secret_stays_at_the_cut() -> None:
    body = b"a" * (LIMIT - 5) + SECRETS[0].encode() + b"b" * 100_000
    kept = evidence(body, SECRETS)
    assert len(kept) == LIMIT + 1 and "mark" not in kept


def test_a_remark_is_one_short_line() -> None:
    line = remark("bad\n  thing marker-token-0001 " + "x" * 5000, SECRETS)
    assert "\n" not in line and "marker" not in line and len(line) <= 501
