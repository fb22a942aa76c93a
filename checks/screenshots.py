"""`python -m checks.screenshots`: walks the road in Chromium on a stack of its own and writes the README's pictures."""

import contextlib
import io
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import requests
from PIL import Image

from checks import ground
from checks.ground import ROOT
from tests.browser import chromium_browser
from tests.conftest import CREDENTIALS
from tests.engines import migrate
from tests.journeys.clicks import Clicks
from tests.servers import Processes, redis_server

FOLDER = ROOT / "docs" / "screenshots"
WIDE, HIGH = 1360, 900
LARGEST = 300_000  # bytes of one picture
COLORS = 255
STORE = "hj3kq9w1xz"


@contextlib.contextmanager
def stack(folder: Path) -> Iterator[tuple[str, str]]:
    """The product and a sandbox with 120 products; yields the control panel's address and that of both APIs."""
    port = ground.free_port()
    app_url = f"http://127.0.0.1:{port}"
    with contextlib.ExitStack() as opened:
        api = opened.enter_context(ground.sandbox("screenshots", app_url, **CREDENTIALS))
        panel, tiktok = api.replace("127.0.0.1", "localhost"), api.replace("127.0.0.1", "tiktok.localhost")
        environment = {
            **CREDENTIALS, "CAUSEWAY_ENV": "development", "APP_URL": app_url, "FRAME_ANCESTORS": panel,
            "DATABASE_URL": f"sqlite:///{folder / 'causeway.db'}", "DATA_FOLDER": str(folder / "data"),
            "REDIS_URL": opened.enter_context(redis_server()), "BIGCOMMERCE_API_URL": api,
            "BIGCOMMERCE_LOGIN_URL": api, "TIKTOK_API_URL": api, "TIKTOK_AUTH_URL": api, "TIKTOK_CONSENT_URL": tiktok,
            "SANDBOX_URL": api,
        }  # fmt: skip
        migrate(environment, environment["DATABASE_URL"])
        web = [
            ground.program("gunicorn"), "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8",
            "--no-control-socket", "--log-level", "warning", "app:create_app()",
        ]  # fmt: skip
        opened.enter_context(ground.running(web, f"{app_url}/healthz", folder / "web.log", environment))
        processes = Processes(environment, folder / "processes.log")
        opened.callback(processes.stop)
        for command in (("jobs.worker", "live"), ("jobs.worker", "bulk"), ("jobs.clock",)):
            processes.start("-m", *command)
        plain_titles(api)
        yield panel, api


def plain_titles(api: str) -> None:
    """Emoji in titles are drawn by whatever fonts a machine has; the pictures do without."""
    page = requests.get(f"{api}/control/catalog", params={"q": "✨"}, timeout=10).text
    for number in set(re.findall(rf"/control/catalog/{STORE}/(\d+)", page)):
        row = requests.patch(f"{api}/control/api/products/{STORE}/{number}", json={}, timeout=10).json()["data"]
        name = row["name"].encode("ascii", "ignore").decode().strip()
        requests.patch(f"{api}/control/api/products/{STORE}/{number}", json={"name": name}, timeout=10)


def picture(clicks: Clicks, name: str) -> None:
    """Writes what the window shows, with a palette, which is enough for a page."""
    clicks.page.mouse.move(0, 0)
    clicks.page.wait_for_timeout(400)
    shown = Image.open(io.BytesIO(clicks.page.screenshot())).convert("RGB")
    reduced = shown.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    reduced.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size // 1000} kB", flush=True)
    if size > LARGEST:
        raise SystemExit(f"{path.name} has {size:,} bytes, more than {LARGEST:,}.")


def tell(api: str, action: str, **body: object) -> None:
    answer = requests.post(f"{api}/control/api/tiktok/{action}", json=body, timeout=10)
    answer.raise_for_status()


def walk(clicks: Clicks, api: str) -> None:
    """The road, with a picture at five places."""
    clicks.install()
    clicks.connect()
    clicks.map_warehouses()
    clicks.app.locator("#running progress").wait_for(state="detached")  # the import has ended
    clicks.choose_category()
    picture(clicks, "wizard-profile")
    clicks.save_profile()
    clicks.configure()
    clicks.stage_all()
    clicks.open_tab("Incomplete")
    picture(clicks, "listings-incomplete")

    clicks.app.locator(".chips").get_by_role("link", name=re.compile("^No picture")).click()
    clicks.app.locator(".chips a[aria-current=true]").wait_for()
    clicks.app.locator("#workspace").get_by_role("link", name=re.compile("^Complete:")).first.click()
    clicks.drawer().get_by_role("link", name="Open as a page").click()
    clicks.app.locator("h1 ~ *, main #listing").first.wait_for()
    picture(clicks, "listing")
    clicks.place("Listings")

    tell(api, "review", policy="refuse_share", share=0.08)
    tell(api, "latency", ms=600)
    clicks.publish_ready()
    bar = clicks.app.locator(".activity progress").first
    for _ in clicks.ticks(60):
        if bar.evaluate("bar => bar.position") >= 0.3 and clicks.app.locator("#activity-items .state-success").count():
            break
    picture(clicks, "activity")
    clicks.place("Dashboard")
    picture(clicks, "dashboard")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="causeway-screenshots-", ignore_cleanup_errors=True) as name,
        stack(Path(name)) as (panel, api),
        chromium_browser() as browser,
    ):
        page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, locale="en-US")
        walk(Clicks(page, panel), api)
    return 0


if __name__ == "__main__":
    sys.exit(main())
