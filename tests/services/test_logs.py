"""No secret reaches a log line."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from services import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    before = structlog.get_config()
    root, level = logging.getLogger(), logging.getLogger().level
    kept = list(root.handlers)
    logs.forget()  # facts bound by an earlier test in this thread
    logs.configure(development=False)
    stream = io.StringIO()
    ours = root.handlers[-1]
    assert isinstance(ours, logs.OurHandler)
    ours.setStream(stream)
    yield stream
    logs.forget()
    structlog.configure(**before)
    root.handlers[:], root.level = kept, level


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access_token", "ttp_abc"),
        ("X-Auth-Token", "abc"),
        ("app_secret", "abc"),
        ("headers", {"Authorization": "Bearer abc", "nested": [{"refresh_token": "abc"}]}),
        ("url", "https://x.example/load?signed_payload_jwt=abc.def.ghi&a=1"),
        ("url", "https://x.example/auth?scope=a&code=abc"),
        ("database", "postgresql://user:abc@host/db"),
        ("text", "got eyJhbGciOiJIUzI1NiJ9.abc.def back"),
        ("sealed", "gAAAAABabcdefabcdefabcdefabcdef=="),
    ],
)
def test_secrets_are_hidden(name: str, value: object) -> None:
    shown = json.dumps(logs.hide({name: value}))
    assert "abc" not in shown and logs.HIDDEN in shown


def test_ordinary_facts_stay() -> None:
    facts = {"code": "12052048", "request": "abc", "path": "/product/202309/products", "count": 3, "token": ""}
    assert logs.hide(facts) == facts


def test_a_line_knows_its_request_and_hides_secrets_in_tracebacks(lines: io.StringIO) -> None:
    logs.bind(request="r-1", store="abc123", shop=None)
    try:
        raise ValueError("refused for ?access_token=ttp_secret_value")
    except ValueError:
        logs.logger("test").exception("failed", activity=7)
    logging.getLogger("other").warning("plain %s", "words")
    first, second = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (first["request"], first["store"], first["activity"], first["level"]) == ("r-1", "abc123", 7, "error")
    assert "ttp_secret_value" not in lines.getvalue() and "ValueError" in first["exception"] and "shop" not in first
    assert (second["event"], second["request"]) == ("plain words", "r-1")
