"""What a person sees: a line whenever something happens, and a table of zeros at the end."""

import threading
import time
from collections.abc import Sequence

from soak.oracle import Row


class Console:
    """Lines with the time since the start; quiet ones are only kept."""

    def __init__(self, quiet: bool = False) -> None:
        self.began = time.monotonic()
        self.quiet = quiet
        self.lines: list[str] = []
        self.lock = threading.Lock()

    def say(self, text: str) -> None:
        seconds = int(time.monotonic() - self.began)
        self.print(f"{seconds // 60:02d}:{seconds % 60:02d}  {text}")

    def print(self, line: str) -> None:
        with self.lock:
            self.lines.append(line)
            if not self.quiet:
                print(line, flush=True)


def table(title: str, rows: Sequence[Row]) -> str:
    """The questions with how many were looked at and how many were wrong."""
    width = max(len(one.question) for one in rows)
    lines = ["", title, "─" * (width + 24), f"{'':{width}}  {'looked at':>10}  {'wrong':>8}"]
    for one in rows:
        lines.append(f"{one.question:{width}}  {one.total:>10,}  {one.wrong:>8,}{'' if not one.wrong else '  ✗'}")
        lines += [f"    {example}" for example in one.examples]
    lines.append("─" * (width + 24))
    return "\n".join(lines)


def wrong(rows: Sequence[Row]) -> int:
    return sum(one.wrong for one in rows)
