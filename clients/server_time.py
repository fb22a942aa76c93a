"""The platform's clock as its own answers tell it, because signatures are refused when ours is wrong."""

import threading
from email.utils import parsedate_to_datetime

NOISE = 3.0  # seconds: the Date header has whole seconds, and an answer takes time


class ServerTime:
    """Offset of one host's clock from ours; shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = 0.0
        self._last: tuple[str, int] = ("", 0)

    def learn(self, date: str | None, local: float) -> None:
        """Takes a Date header received at local time `local`. An unreadable one teaches nothing."""
        seen = (date or "", int(local))
        if not date or seen == self._last:
            return
        own = date.rpartition("GMT, ")[2]  # some servers write a Date before the application's own
        try:
            offset = parsedate_to_datetime(own).timestamp() + 0.5 - local
        except (TypeError, ValueError, OverflowError):
            return
        with self._lock:
            self._last = seen
            self._offset = offset if abs(offset) > NOISE else 0.0

    def now(self, local: float) -> float:
        """The server's time when ours is `local`, in Unix seconds."""
        return local + self._offset
