"""Sending mail over SMTP. The address says how: smtp://host:25, smtp://name:password@host:587 (STARTTLS), smtps://…:465."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

TIMEOUT = 20.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class MailFailed(Exception):
    """Not sent. `for_good`: the server will never take it."""

    def __init__(self, text: str, for_good: bool = False) -> None:
        super().__init__(text)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Letter:
    """`identity` stays the same when a letter is sent again, so that mail programs show it once."""

    sender: str
    recipient: str
    subject: str
    text: str
    identity: str
    at: float


def compose(letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = letter.sender, _line(letter.recipient)
    message["Subject"], message["Date"] = _line(letter.subject), formatdate(letter.at)
    message["Message-ID"] = f"<{letter.identity}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def send(address: str, letter: Letter) -> None:
    """Hands the letter to the server; raises MailFailed."""
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    port = parts.port or (465 if secure else 587 if parts.username else 25)
    try:
        message = compose(letter)
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
            if secure
            else smtplib.SMTP(host, port, timeout=TIMEOUT)
        )
        with server:
            if not secure and host not in LOOPBACK:
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except (smtplib.SMTPRecipientsRefused, ValueError) as error:
        raise MailFailed(f"The recipient was refused: {type(error).__name__}", for_good=True) from None
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise MailFailed(f"{error.smtp_code} {said}"[:300]) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailFailed(f"{type(error).__name__}: {error}"[:300]) from None


def _line(text: str) -> str:
    """One line: what follows a line break would be another header."""
    return " ".join(text.split())
