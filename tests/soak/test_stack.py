"""A stack starts, takes blows and is whole again; nothing of it is left behind."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from soak.children import marked
from soak.stack import Stack


def until(ready: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.long
@pytest.mark.engines("sqlite", "postgresql")
def test_everything_comes_back_after_kill_9_and_nothing_stays_behind(engine_name: str, tmp_path: Path) -> None:
    with Stack(tmp_path, engine=engine_name, products=3) as stack:
        before = {name: child.pid for name, child in stack.children.items()}
        assert all(before.values()) and set(before) == {"redis", "sandbox", "web1", "live1", "bulk1", "clock1"}
        for name in before:
            assert stack.kill(name)
        stack.kill("database")
        until(lambda: all(child.pid not in (0, before[name]) for name, child in stack.children.items()))
        stack.wait_ready()
        until(lambda: requests.get(f"{stack.app_url}/healthz", timeout=5).status_code == 200)
        assert all(not child.deaths for child in stack.children.values())
    assert marked(stack.mark) == []
