"""The same connections over TLS: read, kept alive, held to the deadline, and nothing sent to an unknown certificate."""

import datetime
import ipaddress
import socket
import ssl
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clients.errors import Unreachable
from clients.transport import Request, Transport
from tests.clients.loopback import read_request, serving


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "cert.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def wrapped(connection: socket.socket, certificate: Path) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context.wrap_socket(connection, server_side=True)


def test_answers_over_tls_on_one_connection(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    opened: list[int] = []

    def handle(connection: socket.socket) -> None:
        opened.append(1)
        with wrapped(connection, certificate) as secure:
            while read_request(secure):
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000)

    transport = Transport("agent")
    with serving(handle) as base:
        address = base.replace("http:", "https:")
        assert [len(transport.send(Request("GET", address)).body) for _ in range(3)] == [200_000] * 3
    assert len(opened) == 1


def test_the_deadline_holds_over_tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    def handle(connection: socket.socket) -> None:
        with wrapped(connection, certificate) as secure:
            read_request(secure)
            for _ in range(200):
                secure.sendall(b"H")
                time.sleep(0.05)

    with serving(handle) as base:
        start = time.monotonic()
        with pytest.raises(Unreachable) as caught:
            Transport("agent", deadline=0.8).send(Request("POST", base.replace("http:", "https:"), body=b"{}"))
    assert time.monotonic() - start < 1.8 and caught.value.unknown


def test_an_unknown_certificate_gets_nothing(certificate: Path) -> None:
    def handle(connection: socket.socket) -> None:
        wrapped(connection, certificate)

    with serving(handle) as base, pytest.raises(Unreachable) as caught:
        Transport("agent").send(Request("POST", base.replace("http:", "https:"), body=b"{}"))
    assert not caught.value.unknown
