"""What this server runs: the version of Causeway, since when, and which versions of the API of TikTok."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from clients.tiktok.versions import ENDPOINTS

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Build:
    """`at`: when the code was put on this server; `apis`: versions of TikTok's API in use, oldest first."""

    version: str
    at: datetime
    apis: tuple[str, ...]


@cache
def build() -> Build:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    at = datetime.fromtimestamp((ROOT / "app.py").stat().st_mtime, UTC)
    used = {found[1] for one in ENDPOINTS.values() if (found := re.search(r"/(20\d{4})/", one.path))}
    return Build(str(project["version"]), at, tuple(sorted(used)))
