"""A worker whose first job hangs at its fork, as if another thread held a lock: `python tests/jobs/hang.py bulk`."""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from jobs import worker
from jobs.handlers import HANDLERS
from tests.jobs.engine import KIND, Fake, Shelf


def hang_once() -> None:
    mark = Path(os.environ["HUNG"])
    if not mark.exists():
        mark.write_text(str(os.getpid()))
        time.sleep(600)


if __name__ == "__main__":
    HANDLERS[KIND] = Fake(Shelf(os.environ["REDIS_URL"]))
    worker.BEGIN_SECONDS = 1.0
    os.register_at_fork(after_in_child=hang_once)
    worker.main(sys.argv[1])
