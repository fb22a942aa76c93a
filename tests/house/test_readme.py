"""README.md promises settings, commands, processes and addresses; each of them exists, and no setting is left out."""

import re
from dataclasses import fields
from importlib.util import find_spec

from flask import Flask

import commands
from config import Config
from tests.house.tree import ROOT

TEXT = (ROOT / "README.md").read_text()
FOR_TESTS = {"KILL_POINT"}
SETTING = re.compile(r"`([A-Z][A-Z_]+)`")


def part(title: str) -> str:
    """The text below a heading, up to the next one."""
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_table_of_settings_is_the_configuration() -> None:
    rows = [line.split("|")[1] for line in part("Configuration").splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in SETTING.findall(row)]
    assert len(named) == len(set(named))
    assert set(named) == {field.name.upper() for field in fields(Config)} - FOR_TESTS


def test_settings_named_elsewhere_exist() -> None:
    assert set(SETTING.findall(TEXT)) <= {field.name.upper() for field in fields(Config)}


def test_every_make_command_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", TEXT, re.MULTILINE))
    assert {"run", "test"} <= named <= targets


def test_every_python_and_flask_command_exists(app: Flask) -> None:
    modules = re.findall(r"python -m ([\w.]+)(?: ([\w-]+))?", TEXT)
    assert [module for module, _ in modules if find_spec(module) is None] == []
    assert {word for module, word in modules if module == "commands"} <= set(commands.UNCONFIGURED.commands)
    flask = re.findall(r"flask --app app ([\w-]+)", TEXT)
    assert flask and set(flask) <= set(app.cli.commands) | {"db"}


def test_the_processes_are_those_of_the_procfile() -> None:
    processes = set(re.findall(r"^(\w+):", (ROOT / "Procfile").read_text(), re.MULTILINE))
    sentence = part("Production").split(". ")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) - {"Procfile"} == processes


def test_every_address_is_answered(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    named = re.findall(r"`(?:APP_URL)?(/[\w/-]+)`", TEXT)
    assert len(named) > 4 and set(named) <= rules
