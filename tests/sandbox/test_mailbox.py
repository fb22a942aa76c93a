"""The client sends, the sandbox's mailbox keeps: over a real socket."""

import pytest

from clients import smtp
from sandbox.server import create_app
from tests.conftest import LiveSandbox


def letter(**changes: object) -> smtp.Letter:
    facts: dict[str, object] = {
        "sender": "causeway@example.com", "recipient": "ada@example.com", "subject": "Stock\r\nBcc: eve@example.com",
        "text": "Ein Becher für 4 €\n.\n..end\n", "identity": "one@example.com", "at": 0.0,
    }  # fmt: skip
    return smtp.Letter(**(facts | changes))  # type: ignore[arg-type]


def test_a_letter_arrives_as_it_was_written() -> None:
    app = create_app(run_timers=False, mail_port=0)
    client = app.test_client()
    port = client.get("/control/api/mailbox").get_json()["port"]
    smtp.send(f"smtp://127.0.0.1:{port}", letter())
    [kept] = client.get("/control/api/mailbox").get_json()["letters"]
    assert (kept["recipient"], kept["subject"]) == ("ada@example.com", "Stock Bcc: eve@example.com")
    assert kept["text"].splitlines() == ["Ein Becher für 4 €", ".", "..end"]
    assert kept["identity"] == "<one@example.com>"
    assert "Becher" in client.get("/control/mailbox").get_data(as_text=True)


def test_nobody_listens_means_not_sent_and_not_for_good() -> None:
    with pytest.raises(smtp.MailFailed) as failure:
        smtp.send("smtp://127.0.0.1:1", letter())
    assert not failure.value.for_good


def test_the_sandbox_runs_without_a_mailbox(sandbox: LiveSandbox) -> None:
    client = sandbox.app.test_client()
    assert client.get("/control/api/mailbox").get_json() | {"now": 0} == {"port": 0, "letters": [], "now": 0}
