"""A worker process with the fake kind of activity: `python tests/jobs/work.py bulk`."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from jobs import worker
from jobs.handlers import HANDLERS
from tests.jobs.engine import KIND, Fake, Shelf

if __name__ == "__main__":
    HANDLERS[KIND] = Fake(Shelf(os.environ["REDIS_URL"]), float(os.environ.get("FAKE_SECONDS", "0")))
    worker.main(sys.argv[1])
