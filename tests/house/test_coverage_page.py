"""docs/coverage.md claims a test for each behaviour; every test it names must exist."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, parsed

PAGE = ROOT / "docs" / "coverage.md"
ROW = re.compile(r"^\| [SCPI][\w-]*\s*\|")
NAME = re.compile(r"`(tests/[\w/.-]+\.py)::([\w:]+)(?:\[[^`]*\])?`")


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if ROW.match(line)]


def exists(path: str, name: str) -> bool:
    """Whether the file defines that test, `Class::method` included."""
    if not (ROOT / path).is_file():
        return False
    body: list[ast.stmt] = parsed(Path(path)).body
    for part in name.split("::"):
        found = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == part]
        if not found:
            return False
        body = found[0].body
    return True


def faults(text: str) -> list[str]:
    found = []
    for row in rows(text):
        named = NAME.findall(row)
        if not named:
            found.append(f"names no test: {row}")
        found += [f"no such test {path}::{name}: {row}" for path, name in named if not exists(path, name)]
    return found


def test_every_row_names_a_test_that_exists() -> None:
    if not PAGE.exists():
        pytest.skip("docs/coverage.md is not written yet")
    text = PAGE.read_text()
    assert rows(text), "docs/coverage.md has no rows of the form | S3-61 | ... |"
    assert faults(text) == []


def test_a_row_without_a_test_or_with_a_wrong_one_is_found() -> None:
    here = "tests/house/test_coverage_page.py"
    good = f"| S3-61 | tabs | 3 | products | `{here}::test_every_row_names_a_test_that_exists` |"
    assert faults(good) == []
    assert len(faults("| C-05 | price | 4 | listing | to come |")) == 1
    assert len(faults(f"| P-10 | limit | 1 | publish | `{here}::test_nobody_wrote` |")) == 1
    assert faults("| id | behaviour | guide | page or command | test |\n|---|---|") == []
