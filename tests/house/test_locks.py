"""The lock files: every version exact and hashed, no addresses, in step with pyproject.toml and package.json."""

import base64
import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.house.tree import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")


def entries(name: str) -> dict[str, str]:
    """Package to the rest of its entry, of one pip lock file."""
    joined = (ROOT / name).read_text().replace("\\\n", " ")
    found = (re.match(r"([a-z0-9._-]+)(?:\[[a-z,]+\])?==(.+)", line) for line in joined.splitlines() if line.strip())
    return {match.group(1): match.group(2) for match in found if match}


@pytest.mark.parametrize("name", LOCKS)
def test_every_python_package_is_pinned_with_hashes_and_without_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert [package for package, rest in entries(name).items() if "--hash=sha256:" not in rest] == []
    assert len(entries(name)) == len([line for line in text.splitlines() if line and not line.startswith(" ")])


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_satisfies_the_ranges(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extra = name.removeprefix("requirements").removesuffix(".lock").strip("-")
    wanted = [*project["dependencies"], *project["optional-dependencies"].get(extra, [])]
    locked = {package: rest.split()[0] for package, rest in entries(name).items()}
    needs = [Requirement(line) for line in wanted]
    outside = [str(need) for need in needs if not need.specifier.contains(locked.get(need.name, "0"))]
    assert outside == []


def test_every_front_end_package_has_a_digest_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    for entry in packages.values():
        kind, _, digest = entry["integrity"].partition("-")
        assert kind == "sha512" and len(base64.b64decode(digest)) == 64
    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in asked} == asked
