"""Databases at chosen revisions; journeys that begin on one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.migrations.databases import blank, move

At = Callable[[str, str], str]


@pytest.fixture
def at(engine_name: str, _databases: Any, _template_environment: dict[str, str], tmp_path: Path) -> Iterator[At]:
    """at(name, revision): the address of a new database at that revision ("" = without a table)."""
    with ExitStack() as stack:

        def make(name: str, revision: str) -> str:
            url = stack.enter_context(blank(engine_name, _databases, tmp_path, f"m_{name}"))
            if revision:
                move(_template_environment, url, revision)
            return url

        yield make
