"""A mail server that delivers nothing: what the app sends can be read at /control/mailbox."""

import logging
import socketserver
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template

from sandbox.box import Sandbox, sandbox

log = logging.getLogger("sandbox.mailbox")
KEPT = 200
LONGEST = 1_000_000
mailbox_pages = Blueprint("mailbox", __name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """As it came over the wire."""

    sender: str
    recipient: str
    subject: str
    text: str
    identity: str
    at: str


class Mailbox:
    """The last letters, newest first."""

    def __init__(self) -> None:
        self.letters: deque[Letter] = deque(maxlen=KEPT)
        self.port = 0

    def take(self, sender: str, recipients: list[str], body: bytes, at: str) -> None:
        message = message_from_bytes(body, policy=policy.default)
        part = message.get_body(("plain",))
        text = part.get_content() if part else ""
        subject, identity = str(message.get("Subject", "")), str(message.get("Message-ID", ""))
        for recipient in recipients:
            self.letters.appendleft(Letter(sender, recipient, subject, text, identity, at))

    def listen(self, box: Sandbox, port: int) -> None:
        """Starts the server on loopback; without a free port the sandbox goes on without mail."""
        mailbox = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                converse(self, mailbox, lambda: box.clock.moment().strftime("%Y-%m-%d %H:%M:%S"))

        try:
            server = Server(("127.0.0.1", port), Talk)
        except OSError as error:
            log.warning("No mailbox on port %s: %s", port, error)
            return
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, name="mailbox", daemon=True).start()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def converse(talk: socketserver.StreamRequestHandler, mailbox: Mailbox, now: Callable[[], str]) -> None:
    """SMTP as far as one client that sends letters needs it (RFC 5321)."""
    sender = ""
    recipients: list[str] = []

    def say(text: str) -> None:
        talk.wfile.write(f"{text}\r\n".encode())

    say("220 sandbox")
    while line := talk.rfile.readline(2000):
        words = line.decode(errors="replace").strip()
        verb = words[:4].upper()
        if verb in ("HELO", "EHLO"):
            say("250 sandbox")
        elif verb == "MAIL":
            sender, recipients = _address(words), []
            say("250 OK")
        elif verb == "RCPT":
            recipients.append(_address(words))
            say("250 OK")
        elif verb == "DATA":
            say("354 End with a dot")
            mailbox.take(sender, recipients, _body(talk), now())
            say("250 Kept")
        elif verb == "QUIT":
            say("221 Bye")
            return
        else:
            say("250 OK")


def _address(words: str) -> str:
    return words.partition("<")[2].partition(">")[0]


def _body(talk: socketserver.StreamRequestHandler) -> bytes:
    lines: list[bytes] = []
    size = 0
    while (line := talk.rfile.readline(LONGEST)) and line.rstrip(b"\r\n") != b".":
        size += len(line)
        if size <= LONGEST:
            lines.append(line[1:] if line.startswith(b".") else line)
    return b"".join(lines)


def register(app: Flask, box: Sandbox) -> None:
    mailbox = app.extensions["mailbox"] = Mailbox()
    app.register_blueprint(mailbox_pages)
    if box.settings.mail_port is not None:
        mailbox.listen(box, box.settings.mail_port)


def _mailbox() -> Mailbox:
    found: Mailbox = current_app.extensions["mailbox"]
    return found


@mailbox_pages.get("/control/mailbox")
def letters() -> str:
    return render_template("control/mailbox.html", letters=list(_mailbox().letters), port=_mailbox().port)


@mailbox_pages.get("/control/api/mailbox")
def listed() -> Response:
    """Newest first; `port`: where the server listens, 0 when it does not."""
    found = [{"recipient": one.recipient, "subject": one.subject, "text": one.text, "identity": one.identity}
             for one in _mailbox().letters]  # fmt: skip
    return jsonify({"port": _mailbox().port, "letters": found, "now": sandbox().clock.now()})
