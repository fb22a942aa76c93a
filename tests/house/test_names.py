"""Names that say nothing are not taken, and no file carries traces of one machine or of a package registry."""

import re
from pathlib import Path

from tests.house.tree import ROOT, files

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "stuff"}
# Written in pieces, so that this file does not find itself.
TRACES = {
    "a path of one machine": re.compile("(?<![\\w.])/(?:" + "work/(?:main|shared)|home/[a-z]" + "|root/\\.)"),
    "a package registry's address": re.compile(
        "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "npmjs" + r"\.com/package"])
    ),
    "a private key": re.compile("-----BEGIN " + "[A-Z ]*PRIVATE KEY"),
}
TEXT = {".py", ".md", ".toml", ".json", ".lock", ".html", ".css", ".js", ".txt", ".cfg", ".ini", ".yaml", ".yml",
        ".svg", ".mako", ".sh", ".csv", ""}  # fmt: skip


def test_no_module_or_folder_has_an_empty_name() -> None:
    named = [path for path in files() if path.suffix in {".py", ".html", ".css", ".js"}]
    assert [str(path) for path in named if EMPTY_NAMES & {part.split(".")[0].strip("_") for part in path.parts}] == []


def test_no_file_carries_traces_of_a_machine_or_registry() -> None:
    found = []
    for path in files():
        if path.suffix in TEXT:
            text = (ROOT / path).read_text(errors="replace")
            signs = ((what, sign.search(text)) for what, sign in TRACES.items())
            found += [f"{path}: {what}: {match.group()}" for what, match in signs if match]
    assert found == []


def test_the_signs_recognise_what_they_look_for() -> None:
    machine, registry, key = TRACES.values()
    assert machine.search("see /work" + "/main/app.py") and machine.search("/home" + "/ada/x")
    assert not machine.search("/network/maintenance") and not machine.search("https://example.com/home/about")
    assert registry.search("https://files.python" + "hosted.org/x.whl")
    assert key.search("-----BEGIN " + "RSA PRIVATE KEY-----")


def test_installed_and_generated_files_are_not_tracked() -> None:
    folders = {".venv", "node_modules", ".data", "__pycache__"}
    tracked = [str(path) for path in files() if folders & set(path.parts) or Path("static/vendor") in path.parents]
    assert tracked == []
