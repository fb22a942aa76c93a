"""Finding and starting a real Chromium for the browser tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.missing import missing

FLAGS = [
    "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--no-first-run", "--no-proxy-server", "--disable-domain-reliability",
    "--disable-features=MediaRouter,OptimizationHints,Translate",
]  # fmt: skip


def executable() -> str | None:
    """$CHROMIUM, else the usual names on PATH."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        missing("Chromium", "no chromium or google-chrome on PATH, and CHROMIUM does not name one")
    root = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS + root, chromium_sandbox=not root)
        try:
            yield browser
        finally:
            browser.close()
