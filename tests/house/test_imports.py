"""Who may import whom. The rooms are the top-level names; what is not a room is somebody else's package."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import parsed, python_files

ALLOWED: dict[str, set[str]] = {
    "domain": set(),
    "clients": set(),
    "models": {"domain"},
    "services": {"models", "domain", "clients"},
    "jobs": {"services", "models", "domain", "clients"},
    "blueprints": {"services", "jobs.launch", "models", "domain"},
    "sandbox": set(),
}
OURS = {
    *ALLOWED,
    "app",
    "bench",
    "checks",
    "commands",
    "config",
    "dev",
    "installer",
    "launcher",
    "migrations",
    "serving",
    "soak",
    "tests",
}
# The settings are a leaf of plain values; these rooms are handed them at start-up and name their type.
READERS_OF_CONFIG = {"services", "jobs", "blueprints"}
# Outside the rooms, only these may know the sandbox.
SANDBOX_USERS = {"app", "commands", "tests", "bench", "checks", "soak"}
# A room's own start-up may read what stands above it: a worker builds the app before it forks.
STARTERS = {("jobs/worker.py", "app"), ("jobs/clock.py", "app")}


def imports(tree: ast.Module, path: Path) -> Iterator[tuple[int, str]]:
    """(line, imported dotted name) of every import, wherever it stands in the file, for types or not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = list(path.parent.parts[: len(path.parent.parts) - node.level + 1]) if node.level else []
            whole = ".".join([*base, *([node.module] if node.module else [])])
            for name in node.names:
                yield node.lineno, f"{whole}.{name.name}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def may(room: str, imported: str, path: Path) -> bool:
    top = imported.split(".")[0]
    if top not in OURS or top == room:
        return True
    if (path.as_posix(), top) in STARTERS or (top == "config" and room in READERS_OF_CONFIG):
        return True
    return any(imported == allowed or imported.startswith(f"{allowed}.") for allowed in ALLOWED[room])


def violations(path: Path, tree: ast.Module) -> list[str]:
    room = path.parts[0].removesuffix(".py")
    found = []
    for line, imported in imports(tree, path):
        refused = not may(room, imported, path) if room in ALLOWED else (
            imported.split(".")[0] == "sandbox" and room not in SANDBOX_USERS
        )  # fmt: skip
        if refused:
            found.append(f"{path}:{line} imports {imported}")
    return found


def test_every_room_imports_only_what_it_may() -> None:
    assert [fault for path in python_files() for fault in violations(path, parsed(path))] == []


def test_domain_uses_the_standard_library_only() -> None:
    import sys

    foreign = [
        f"{path}:{line} imports {imported}"
        for path in python_files()
        if path.parts[0] == "domain"
        for line, imported in imports(parsed(path), path)
        if imported.split(".")[0] not in {*sys.stdlib_module_names, "domain"}
    ]
    assert foreign == []


def test_the_rule_itself_refuses_and_allows() -> None:
    def faults(path: str, source: str) -> int:
        return len(violations(Path(path), ast.parse(source)))

    assert faults("domain/price.py", "import models") == 1
    assert faults("domain/price.py", "from domain.money import Money\nimport decimal") == 0
    assert faults("clients/tiktok.py", "def f():\n    from services.shops import connect") == 1
    assert faults("services/publish.py", "from jobs.launch import launch") == 1
    assert faults("blueprints/catalog/routes.py", "from jobs.launch import launch\nfrom services import staging") == 0
    assert faults("blueprints/catalog/routes.py", "from jobs import launch") == 0
    assert faults("blueprints/catalog/routes.py", "from jobs.engine import claim") == 1
    assert faults("blueprints/catalog/routes.py", "from clients.tiktok import Client") == 1
    assert faults("blueprints/catalog/routes.py", "from .forms import Search\nfrom ..shops import forms") == 0
    assert faults("models/listing.py", "import importlib\nimportlib.import_module('services.x')") == 1
    assert faults("services/setup.py", "from config import Config") == 0
    assert faults("models/setup.py", "from config import Config") == 1
    assert faults("jobs/worker.py", "from app import create_app") == 0
    assert faults("jobs/drain.py", "from app import create_app") == 1
    assert faults("config.py", "from sandbox.state import State") == 1
    assert faults("sandbox/server.py", "import clients") == 1
