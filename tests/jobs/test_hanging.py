"""Work that hangs is noticed: before its first line by the worker, later by the run itself."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from jobs import drain as drains
from jobs.launch import ring
from jobs.pulse import Pulse
from tests.jobs.engine import Fake, begin, look, states
from tests.servers import Processes


def test_a_child_is_seen_to_begin() -> None:
    pulse = Pulse()
    pulse.beat()
    pulse.reset()
    assert not pulse.beaten
    pid = os.fork()
    if not pid:
        pulse.beat()
        os._exit(0)
    os.waitpid(pid, 0)
    assert pulse.beaten


@pytest.mark.long
def test_a_job_that_never_begins_is_ended_and_the_work_goes_on(
    place: int, processes: Processes, tmp_path: Path
) -> None:
    number = begin(place, *["ok"] * 3)
    processes.start("tests/jobs/hang.py", "bulk", HUNG=str(tmp_path / "hung"))
    ring("bulk", place, None)
    end = time.monotonic() + 40
    while not (tmp_path / "hung").exists():
        assert time.monotonic() < end, processes.output()
        time.sleep(0.05)
    ring("bulk", place, None)
    while set(states(number).values()) != {"done"}:
        assert time.monotonic() < end, processes.output()
        time.sleep(0.1)
    hung = int((tmp_path / "hung").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(hung, 0)


def test_a_run_that_hangs_ends_its_process(place: int, fake: Fake, bells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(drains, "STUCK", 0.5)
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
    prepare = fake.prepare

    def slow(*arguments: Any) -> Any:
        end = time.monotonic() + 10
        while not killed:
            assert time.monotonic() < end
            time.sleep(0.05)
        return prepare(*arguments)

    monkeypatch.setattr(fake, "prepare", slow)
    number = begin(place, "ok")
    drains.drain("bulk", place, None)
    assert killed[0] == (os.getpid(), signal.SIGKILL)
    assert look(number).done == 1
