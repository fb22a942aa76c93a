"""The app inside the control panel's frame, in a real browser: another site, partitioned cookie, strict policy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import delete

from models import Store, WebSession, db
from services import notices, stores
from tests.blueprints.conftest import inside
from tests.conftest import LiveSandbox

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

HASH = "hj3kq9w1xz"


def open_app(page: "Page", sandbox: LiveSandbox, path: str = "") -> "Frame":
    page.goto(f"{sandbox.control_panel_url}/manage/app/1?url={path}")
    return the_frame(page)


def the_frame(page: "Page") -> "Frame":
    page.wait_for_selector("#app-frame")
    for _ in range(200):
        frame = page.frame(url=lambda url: f"/s/{HASH}/" in url)
        if frame is not None:
            break
        page.wait_for_timeout(50)
    assert frame is not None, [each.url for each in page.frames]
    frame.wait_for_load_state("load")
    return frame


@pytest.fixture
def said(page: "Page") -> Iterator[list[str]]:
    """What the browser complained about; nothing, if the policy and the pages fit."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: lines.append(str(error)))
    yield lines
    # A refused answer is a line of the console too; those that a test provokes are expected.
    assert [line for line in lines if "status of 40" not in line] == []


@pytest.fixture
def installed(app: Flask, live_app: str, sandbox: LiveSandbox, page: "Page") -> Store:
    """Installed from the stand-in marketplace, as a merchant does it."""
    page.goto(f"{sandbox.control_panel_url}/manage/marketplace/apps/1/install")
    page.get_by_role("button", name="Confirm").click()
    the_frame(page)
    with app.app_context():
        store = stores.by_hash(HASH)
        assert store is not None
        db.session.expunge(store)
        return store


def test_install_opens_the_app_and_load_opens_it_again(
    installed: Store, page: "Page", sandbox: LiveSandbox, said: list[str]
) -> None:
    assert installed.name and installed.currency and installed.owner_id
    frame = open_app(page, sandbox, "/notices/")
    assert frame.url.endswith(f"/s/{HASH}/notices/")
    assert "jwt" not in frame.url and frame.title().startswith("Notices")


def test_guide_opens_in_a_drawer_and_forms_work(
    app: Flask, installed: Store, page: "Page", sandbox: LiveSandbox, said: list[str]
) -> None:
    with inside(app, installed):
        notices.raise_notice("late", "warning", "The permission ends in 3 days.")
    frame = open_app(page, sandbox, "/notices/")
    frame.locator("[data-drawer]").click()
    frame.wait_for_selector("dialog#drawer[open] #guide-topic")
    frame.locator(".drawer-close").click()
    frame.get_by_role("button", name="Mark all as seen").click()
    frame.wait_for_selector(".bell-count", state="detached")
    frame.get_by_role("button", name="Dismiss").click()
    frame.wait_for_selector("#notice-list .empty-state")


def test_a_lost_session_says_so_above_the_page(
    app: Flask, installed: Store, page: "Page", sandbox: LiveSandbox, said: list[str]
) -> None:
    frame = open_app(page, sandbox, "/notices/")
    with inside(app, installed):
        db.session.execute(delete(WebSession))
    frame.evaluate("document.body.dispatchEvent(new Event('notices'))")
    frame.wait_for_selector("#session-notice #session-lost")
    link: Any = frame.locator("#session-lost a")
    assert link.get_attribute("target") == "_top"
    assert frame.locator("h1").inner_text() == "Notices"


def test_opened_outside_the_frame_it_says_how_to_come_in(
    installed: Store, page: "Page", live_app: str, said: list[str]
) -> None:
    page.goto(f"{live_app}/s/{HASH}/notices/")
    assert page.locator("h1").inner_text() == "Open the app from BigCommerce"
    assert page.locator("main a").get_attribute("target") == "_top"


def test_other_sites_may_not_frame_it(installed: Store, page: "Page", live_app: str) -> None:
    page.goto(f"{live_app}/healthz")  # 127.0.0.1 is not among the frame ancestors
    page.set_content(f"<iframe id='f' src='{live_app}/s/{HASH}/notices/'></iframe>")
    page.wait_for_timeout(500)
    assert len(page.frames) == 2
    assert all("Causeway" not in frame.content() for frame in page.frames)
