"""What we stand on is pinned by content; the audit asks who knows of holes, and says so when it could not ask."""

import json
from pathlib import Path
from typing import Any

import pytest

from checks import audit
from tests.engines import ROOT


def test_every_installed_package_is_one_of_the_lock() -> None:
    locked = audit.locked(ROOT / "requirements.lock")
    assert len(locked) > 30 and all(version for version in locked.values())
    text = (ROOT / "requirements.lock").read_text()
    assert text.count("--hash=sha256:") >= len(locked)


def test_what_runs_here_is_what_is_locked() -> None:
    """The environment of these tests holds the versions of the lock, so that the audit speaks of what is tested."""
    from importlib.metadata import PackageNotFoundError, version

    other = {}
    for name, wanted in audit.locked(ROOT / "requirements.lock").items():
        try:
            if version(name) != wanted:
                other[name] = (version(name), wanted)
        except PackageNotFoundError:
            continue  # for another platform or version of Python
    assert other == {}


def report(**given: Any) -> str:
    plain: dict[str, Any] = {"dependencies": [{"name": "flask", "version": "3.1.3", "vulns": []}]}
    return json.dumps(plain | given)


@pytest.mark.parametrize(("code", "out", "err", "state"), [
    (0, report(), "", "clean"),
    (1, report(dependencies=[{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}]), "",
    "holes"),
    (1, "", "ConnectionError: Max retries exceeded", "unknown"),
    (1, "{}", "", "unknown"), (0, "not json", "", "unknown"), (2, report(), "usage", "unknown"),
])  # fmt: skip
def test_python_reports_are_read(code: int, out: str, err: str, state: str) -> None:
    """Never clean when nothing was asked."""
    found = audit.read_python(code, out, err)
    assert found.state == state
    if state == "holes":
        assert found.lines == ("a 1: CVE-1, fixed in 2",)


@pytest.mark.parametrize(("code", "out", "state"), [
    (0, json.dumps({"vulnerabilities": {}, "metadata": {"vulnerabilities": {"total": 0}}}), "clean"),
    (1, json.dumps({"vulnerabilities": {"x": {"severity": "high", "range": "<2", "via": [{"title": "bad"}]}},
                    "metadata": {"vulnerabilities": {"total": 1}}}), "holes"),
    (1, json.dumps({"message": "request failed", "error": {}}), "unknown"), (1, "", "unknown"),
])  # fmt: skip
def test_front_end_reports_are_read(code: int, out: str, state: str) -> None:
    assert audit.read_npm(code, out).state == state


def test_without_a_network_it_says_that_it_could_not_ask(capsys: pytest.CaptureFixture[str]) -> None:
    unknown = audit.Finding("unknown", ("no answer",))
    assert audit.conclude({"Python": unknown, "front end": audit.Finding("clean")}) == audit.NOT_ASKED
    assert "could not be asked" in capsys.readouterr().out
    assert audit.conclude({"Python": audit.Finding("clean"), "front end": audit.Finding("clean")}) == 0
    assert audit.conclude({"Python": audit.Finding("holes", ("a",)), "front end": unknown}) == 1


def test_the_command_is_there() -> None:
    assert "\naudit:" in (ROOT / "Makefile").read_text() and Path(audit.__file__).is_file()
