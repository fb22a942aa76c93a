"""docs/operations.md and the alert rules speak of what exists: metrics, commands, settings, processes."""

import re

from flask import Flask

from config import Config
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
RULES = (ROOT / "docs" / "alerts.yml").read_text()
SOURCES = "".join((ROOT / name).read_text() for name in (
    "services/measures.py", "jobs/launch.py", "blueprints/metrics/routes.py"
))  # fmt: skip


def exported() -> set[str]:
    """Names as they are given to Measure and its makers."""
    return {f"causeway_{name}" for name in re.findall(r"(?:Measure|_grouped|_one)\(\s*\"(\w+)\"", SOURCES)}


def named(text: str) -> set[str]:
    return set(re.findall(r"causeway_[a-z_]+", text))


def test_every_alert_and_every_row_names_a_metric_that_is_exported() -> None:
    assert len(exported()) > 10
    assert named(RULES) <= exported()
    assert named(PAGE) == exported()


def test_every_alert_says_what_is_noticed_and_what_to_do() -> None:
    alerts = RULES.split("- alert: ")[1:]
    assert len(alerts) > 5
    assert [one.split()[0] for one in alerts if "summary: " not in one or "action: " not in one] == []


def test_commands_and_settings_exist(app: Flask) -> None:
    assert set(re.findall(r"flask --app app ([\w-]+)", PAGE)) <= set(app.cli.commands) | {"db"}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", PAGE)) <= targets
    settings = {name.upper() for name in Config.__dataclass_fields__}
    assert set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE)) <= settings
    processes = set(re.findall(r"^(\w+):", (ROOT / "Procfile").read_text(), re.MULTILINE)) - {"release"}
    table = PAGE.split("## Deploy")[1].split("## Scale out")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == processes
