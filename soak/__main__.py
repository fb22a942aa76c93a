"""`python -m soak`: kills everything at random while a catalog is imported and published, then counts.

Without options four runs: on SQLite and on PostgreSQL, with one worker and with three. Ends with 1 when anything but
zeros was found.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from soak.report import Console
from soak.run import Plan, run


def plans(arguments: list[str]) -> tuple[list[Plan], Path | None]:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--workers", type=int, action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=30.0, help="a run is given up after so long")
    parser.add_argument("--pause", type=float, nargs=2, default=(2.0, 6.0), help="seconds between two blows")
    parser.add_argument("--share", type=float, default=0.2, help="how many of the calls fail")
    parser.add_argument("--settle", type=float, default=8.0)
    parser.add_argument("--rate", type=float, default=48.0)
    parser.add_argument("--twins", type=int, default=30, help="late creations of the second phase; 0 leaves it out")
    parser.add_argument("--without", action="append", default=[], help="a blow to leave out")
    parser.add_argument("--keep", type=Path, help="a folder for logs and databases, kept afterwards")
    given = parser.parse_args(arguments)
    found = [
        Plan(engine, workers, given.seed, given.items, given.minutes, tuple(given.pause), given.share, given.settle,
             rate=given.rate, leave_out=tuple(given.without), planted=given.twins)
        for engine in given.engine or ("sqlite", "postgresql")
        for workers in given.workers or (1, 3)
    ]  # fmt: skip
    return found, given.keep


def main(arguments: list[str]) -> int:
    chosen, keep = plans(arguments)
    wrong = 0
    for number, plan in enumerate(chosen, 1):
        with tempfile.TemporaryDirectory(prefix="causeway-soak-", ignore_cleanup_errors=True) as name:
            folder = Path(name) if keep is None else keep / f"{number}-{plan.engine}-{plan.workers}"
            wrong += run(plan, folder, Console()).wrong
    print(f"\n{len(chosen)} runs, {wrong} wrong." if wrong else f"\n{len(chosen)} runs, all zeros.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
