"""The project's own files, for the tests that check the rules of the house."""

import ast
import os
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = {
    ".git", ".venv", ".data", "node_modules", "vendor", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache",
}  # fmt: skip


@cache
def files() -> tuple[Path, ...]:
    """What git would have: tracked, or new and not ignored. Without git, everything that is not installed."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout.decode().split("\0")  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        listed = []
        for folder, names, found in os.walk(ROOT):
            names[:] = [name for name in names if name not in NOT_OURS]
            listed += [str((Path(folder) / name).relative_to(ROOT)) for name in found]
    return tuple(sorted(Path(name) for name in listed if name and (ROOT / name).is_file()))


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), str(path))
