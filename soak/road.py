"""A merchant's way from the marketplace to a workspace full of listings, over HTTP, on a stack."""

import time
from collections.abc import Callable
from typing import Any, cast

import requests
from flask import Flask

from soak.ledger import Ledger
from soak.stack import Stack
from tests.conftest import LiveSandbox
from tests.journeys.road import HARBOR, Merchant
from tests.journeys.watching import FIRST, HARBOR_SHOP
from tests.servers import Processes

__all__ = ["FIRST", "HARBOR", "HARBOR_SHOP", "Road"]


class Road:
    """Each step presses what the pages offer and waits until its work is done."""

    def __init__(self, stack: Stack, app: Flask, ledger: Ledger) -> None:
        box = LiveSandbox(stack.sandbox_url, stack.control_panel_url, cast(Any, None), None)
        self.merchant = Merchant(app, box, Processes({}, stack.logs / "bulk1.log"))
        self.ledger = ledger

    def connect(self) -> None:
        """Installs the app and connects the shop."""
        self.merchant.install()
        self.merchant.connect(HARBOR)

    def begin_import(self) -> None:
        """Maps warehouses, which starts the import."""
        self.merchant.map_warehouses()

    def import_again(self) -> None:
        self.merchant.open("/products/")
        self.merchant.press("Import products again")

    def prepare(self, seconds: float) -> int:
        """Default profile and configuration, everything staged and checked; how many are ready."""
        self.merchant.choose_profile()
        self.merchant.finish_wizard()
        return self.stage(seconds)

    def stage(self, seconds: float) -> int:
        self.merchant.open("/products/")
        self.merchant.press("Stage listings", {"all": "1"})
        self.merchant.press("Stage listings")
        return self.checked(seconds)

    def checked(self, seconds: float) -> int:
        """Waits until no listing must be looked at any more, pictures included; how many are ready."""
        wait("every listing is checked", self._all_checked, seconds)
        return self.ledger.tabs().get("ready", 0)

    def _all_checked(self) -> bool:
        tabs = self.ledger.tabs()
        return bool(tabs) and not self.ledger.stale() and not self.ledger.unmeasured()

    def publish(self) -> None:
        """All that are ready; pressed again when the web process is killed under the person's finger."""
        for _ in range(20):
            try:
                self.merchant.publish()
                return
            except (requests.RequestException, AssertionError):
                if any(one.kind == "publish" and one.is_open for one in self.ledger.progress()):
                    return
                time.sleep(0.5)
        raise RuntimeError("Publishing could not be started.")


def wait(what: str, look: Callable[[], object], seconds: float, pause: float = 0.5) -> float:
    """Until `look` is true; the seconds it took."""
    began = time.monotonic()
    while not look():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"Not within {seconds:g} s: {what}")
        time.sleep(pause)
    return time.monotonic() - began
