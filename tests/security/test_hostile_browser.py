"""The same texts in a real browser, which reads HTML as browsers do: nothing of them runs, loads or is refused by the
content policy, because nothing of them ever became markup."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from tests.security.hostile import fill, rename
from tests.security.launches import signed
from tests.security.payloads import PAYLOADS
from tests.security.world import Side

if TYPE_CHECKING:
    from playwright.sync_api import Page

PIXEL = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
# Whatever a payload calls is counted instead of missing.
TRAP = """
window.ran = [];
for (let number = 0; number < 200; number++) window["pwn" + number] = () => { window.ran.push(number); };
document.addEventListener("securitypolicyviolation",
(event) => window.ran.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
# Elements that no page of ours has, attributes that run or load, and addresses that lead away.
STRAY = """
() => {
  const found = [];
  for (const node of document.querySelectorAll("*")) {
    const name = node.localName;
    if (["iframe", "object", "embed", "base", "marquee", "video", "audio", "math",
    "animate"].includes(name) || name.includes("-"))
      found.push(name);
    for (const { name: key, value } of node.attributes) {
      const runs = key.startsWith("on") || ["style", "srcdoc"].includes(key) || key.includes("pwn");
      if (runs) found.push(`${name} ${key}`);
      if (["href", "src", "action", "formaction",
      "xlink:href"].includes(key) || key.startsWith("hx-get") || key.startsWith("hx-post")) {
        const url = new URL(value, location.href);
        if (!["http:",
        "https:"].includes(url.protocol) || url.hostname.includes("evil")) found.push(`${name} ${key} ${value}`);
      }
    }
    const outside = name === "script" && !node.src.startsWith(location.origin + "/static/");
    if (outside || (name === "script" && node.textContent.trim())) found.push("script");
  }
  return found;
}
"""


@dataclass
class Witness:
    """What the browser saw: dialogs, errors in the console, requests that would have left this machine."""

    page: "Page"
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self._dialog)
        self.page.on(
            "console", lambda told: self.seen.append(f"console: {told.text}") if told.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        self.page.route("**/*", self._route)
        self.page.add_init_script(TRAP)

    def _dialog(self, dialog: Any) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _route(self, route: Any) -> None:
        url = route.request.url
        if url.startswith("http://127.0.0.1:"):
            route.continue_()
            return
        if "cdn.example" not in url:
            self.seen.append(f"request: {url}")
        route.fulfill(status=200, content_type="image/gif", body=PIXEL)

    def faults(self, where: str) -> list[str]:
        stray = self.page.evaluate(STRAY)
        ran = self.page.evaluate("() => window.ran")
        told, self.seen = self.seen, []
        return [f"{where}: {fault}" for fault in [*told, *stray, *map(str, ran)]]


@pytest.fixture
def witness(page: "Page") -> Iterator[Witness]:
    yield Witness(page)


def test_nothing_that_strangers_wrote_runs(app: Flask, live_app: str, ours: Side, witness: Witness) -> None:
    fill(app, ours, PAYLOADS, addresses=PAYLOADS)
    rename(app, ours, PAYLOADS[2] + PAYLOADS[42])
    page, home = witness.page, f"{live_app}/s/{ours.hash}"
    page.goto(f"{live_app}/bigcommerce/load?signed_payload_jwt={signed(ours.hash)}")
    wrong = witness.faults("entry")
    with app.app_context():
        from models import Listing, Product, db
        from models.tenancy import tenant

        with tenant(ours.store_id):
            listing = db.session.query(Listing.id).order_by(Listing.id.desc()).limit(60).all()[25][0]
            product = db.session.query(Product.id).order_by(Product.id.desc()).limit(60).all()[30][0]
    paths = (
        "/", "/products/", f"/products/{product}", "/listings/?tab=all", f"/listings/{listing}", "/listings/twins",
        "/notices/",
        f"/activities/{ours.ids['activity_id']}", "/activities/", "/settings/authorization", "/settings/warehouses",
        "/settings/profile", "/wizard/connect", "/products/?q=%22%3E%3Cscript%3Epwn1()%3C%2Fscript%3E",
        "/listings/?problem=%3Cimg%20onerror%3Dpwn2()%3E",
    )  # fmt: skip
    for path in paths:
        answer = page.goto(f"{home}{path}", wait_until="load")
        assert answer is not None and answer.status == 200, path
        wrong += witness.faults(path)
    # Fragments that HTMX puts into the page, which is another way into it: the drawer, an item's evidence.
    page.goto(f"{home}/listings/?tab=all")
    for number in (0, 7, 19):
        page.locator("a[data-drawer]").nth(number).click()
        page.wait_for_selector("#drawer[open] #drawer-body > *")
        wrong += witness.faults(f"drawer {number}")
        page.keyboard.press("Escape")
    assert wrong[:20] == []
    assert "pwn" in page.inner_text("main")


def test_the_trap_catches(app: Flask, live_app: str, ours: Side, witness: Witness) -> None:
    """The proof that the witness would have seen it: one planted element of each kind is reported."""
    witness.page.goto(f"{live_app}/bigcommerce/load?signed_payload_jwt={signed(ours.hash)}")
    witness.page.evaluate(
        """() => { const box = document.createElement("div");
        box.innerHTML = '<img src=x onerror=pwn1()><a href="javascript:pwn2()">x</a><iframe></iframe>';
        document.body.append(box); }"""
    )
    witness.page.wait_for_function("() => window.ran.length > 0")  # the content policy stopped the handler and said so
    told = " ".join(witness.faults("planted"))
    assert "script-src" in told and "img onerror" in told and "javascript:" in told and "iframe" in told
    assert witness.page.evaluate("() => window.ran.filter((one) => typeof one === 'number')") == []
