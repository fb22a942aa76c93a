"""Deliveries: our own header always, the signature wherever one is present."""

import base64
import hashlib
import hmac

import pytest

from clients.bigcommerce.hooks import SECRET_HEADER, verify

CLIENT, OWN, RAW, NOW = "client-secret", "own-secret", b'{"scope":"store/product/updated"}', 1767225600.0


def signed(id: str = "msg_1", stamp: str = "1767225600", raw: bytes = RAW, secret: str = CLIENT) -> dict[str, str]:
    digest = hmac.new(secret.encode(), f"{id}.{stamp}.".encode() + raw, hashlib.sha256).digest()
    return {
        SECRET_HEADER: OWN,
        "Webhook-Id": id,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": "v1,AAAA v1," + base64.b64encode(digest).decode(),
    }


def test_our_header_alone_is_enough_where_nothing_is_signed() -> None:
    assert verify({SECRET_HEADER.upper(): OWN}, RAW, CLIENT, OWN, NOW)


def test_a_signature_that_fits() -> None:
    assert verify(signed(), RAW, CLIENT, OWN, NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: "own-secreT"},
        {SECRET_HEADER: "é"},
        signed() | {SECRET_HEADER: "x"},
        signed(secret="other"),
        signed(raw=b"{}"),
        signed(stamp="1767225000"),
        signed(stamp="nan"),
        signed(stamp="soon"),
        signed(id=""),
        {SECRET_HEADER: OWN, "webhook-id": "msg_1"},
        signed() | {"Webhook-Signature": ""},
    ],
)
def test_forgeries(headers: dict[str, str]) -> None:
    assert not verify(headers, RAW, CLIENT, OWN, NOW)


def test_missing_secrets_prove_nothing() -> None:
    assert not verify({SECRET_HEADER: ""}, RAW, CLIENT, "", NOW)
    assert not verify(signed(secret=""), RAW, "", OWN, NOW)
