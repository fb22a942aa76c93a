"""What every endpoint of the sandbox reaches: settings, state, clock, timers."""

from typing import cast

from flask import current_app

from sandbox.clock import Clock, Timers
from sandbox.settings import Settings
from sandbox.state import State


class Sandbox:
    """One running sandbox."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.state = State(settings.path)
        self.clock = Clock(self.state)
        self.timers = Timers(self.state, self.clock)


def sandbox() -> Sandbox:
    return cast(Sandbox, current_app.extensions["sandbox"])
