"""A sign that a forked job has begun, in a page of memory that parent and child share."""

import mmap


class Pulse:
    """Make it before the fork; the child beats, the parent asks."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, 1)

    def reset(self) -> None:
        self._page[0] = 0

    def beat(self) -> None:
        self._page[0] = 1

    @property
    def beaten(self) -> bool:
        return self._page[0] == 1
