"""Two web processes, three workers of each queue and two clocks on one Redis and one PostgreSQL: several hosts."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.hosts import CREATE, PRODUCTS, REFRESH, UPLOAD, Balancer, Bells, Hosts, balancer, merchant
from tests.journeys.road import HARBOR, Merchant

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]
STAGED = 60
IMPORTED = 450  # more than one part of an import takes
PROBE = """
CREATE TABLE firing (name text, due timestamptz, at timestamptz, connection int);
CREATE FUNCTION note_firing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO firing VALUES (NEW.name, OLD.due_at, clock_timestamp(), pg_backend_pid()); RETURN NEW; END $$;
CREATE TRIGGER note_firing AFTER UPDATE ON schedule FOR EACH ROW EXECUTE FUNCTION note_firing();
"""
ALONE = {"jobs.rechecks.sweep": "recheck listings", "jobs.pictures.sweep": "measure pictures",
         "jobs.reviews.poll": "poll reviews"}  # fmt: skip  # what only a clock rings for


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Hosts]:
    with Hosts(tmp_path, engine="postgresql", webs=2, live=3, bulk=3, clocks=2, products=IMPORTED) as stack:
        stack.sql(PROBE)
        yield stack


def test_two_of_everything(stack: Hosts) -> None:
    with merchant(stack) as person, Bells(stack) as bells:
        before = Counter(name for (name,) in stack.sql("SELECT name FROM firing"))
        person.install()
        person.connect(HARBOR)
        person.map_warehouses()
        imported(stack, person)
        front = balancer(stack, person)
        sessions_hold(front, person)
        published(stack, person, front)
        tokens_are_renewed_once(stack, person)
        time_is_moved(stack, person)
        person.counts_hold()
    schedules_fired_once(stack, bells, before)


def imported(stack: Hosts, person: Merchant) -> None:
    """Each page of the catalog was read once, by whichever worker."""
    person.over("catalog_import", seconds=120)
    activity = person.activities("catalog_import")[0]
    assert (activity.units_done, activity.failed, activity.refused) == (IMPORTED, 0, 0)
    pages = Counter(line for line in stack.calls("GET /stores/") if PRODUCTS.match(line) and "limit=1&" not in line)
    assert len(pages) > 1
    assert {page: count for page, count in pages.items() if count > 1 and "limit=250" in page} == {}
    assert attempts(stack, "catalog_import") == {1}


def attempts(stack: Hosts, kind: str) -> set[int]:
    """How often items were taken: once each, when nothing died."""
    query = "SELECT DISTINCT i.attempt FROM activity_item i JOIN activity a ON a.id = i.activity_id WHERE a.kind = %s"
    return {row[0] for row in stack.sql(query, kind)}


def sessions_hold(front: Balancer, person: Merchant) -> None:
    """Who signed in through one web process is known to the other; a form of one is taken by the other."""
    path = f"/s/{person.store}"
    for place in (0, 1):
        assert front.send("GET", f"{path}/products/", to=place).status_code == 200
    page = front.send("GET", f"{path}/notices/", to=0).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    token = token or re.search(r'name="csrf_token" value="([^"]+)"', front.send("GET", f"{path}/products/", to=0).text)
    assert token is not None
    for place in (1, 0):
        taken = front.send("POST", f"{path}/notices/seen", to=place, data={"csrf_token": token[1]})
        assert taken.status_code == 303, taken.text[:300]
    forged = front.send("POST", f"{path}/notices/seen", to=1, data={"csrf_token": token[1] + "x"})
    assert forged.status_code == 400


def published(stack: Hosts, person: Merchant, front: Balancer) -> None:
    """Both web processes show the same progress, and it never goes back; every product was made once."""
    person.choose_profile()
    person.finish_wizard()
    stage(person, STAGED)
    ready = person.tab_counts()["ready"]
    assert ready > STAGED / 2
    stack.control.post("tiktok/latency", ms=150)
    person.publish()
    activity = person.activities("publish")[-1]
    shown = watched(front, f"/s/{person.store}/activities/{activity.id}/live", ready)
    assert shown == sorted(shown) and shown[-1] == ready and len(set(shown)) > 3, shown
    person.over("publish", seconds=60)
    stack.control.post("tiktok/latency", ms=0)
    person.reaches("live", ready)
    assert len(stack.calls(CREATE)) == ready == len(person.on_tiktok())
    effects = stack.control.get("effects")
    assert (effects["creates"], effects["doubled"]) == (ready, {})
    uploads = stack.sql("SELECT count(*) FROM picture WHERE tiktok_uri <> ''")[0][0]
    assert len(stack.calls(UPLOAD)) == uploads, "a picture went up twice"
    assert attempts(stack, "publish") == {1}
    person.nothing_doubled()
    answers = [said(front, f"/s/{person.store}/activities/{activity.id}/live", place) for place in (0, 1)]
    assert answers[0] == answers[1]


def stage(person: Merchant, count: int) -> None:
    """The first so many products, page by page."""
    ids = [str(number) for (number,) in person.rows(lambda: _product_ids(count))]
    person.open("/products/")
    form, _ = person.form("Stage listings")
    offered = form.choices("id")
    person.press("Stage listings", {"id": [number for number in ids if number in offered] or offered})
    person.press("Stage listings")
    person.until("all are checked", lambda: not any(listing.is_stale for listing in person.listings()), 60)


def _product_ids(count: int) -> list[tuple[int]]:
    from sqlalchemy import select

    from models import Product, db

    return [(row.id,) for row in db.session.execute(select(Product.id).order_by(Product.id).limit(count))]


def watched(front: Balancer, path: str, total: int, seconds: float = 60) -> list[int]:
    """What the two web processes say in turn, until everything is done."""
    seen: list[int] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until and (not seen or seen[-1] < total):
        done = re.search(rf"([\d,]+) of {total:,}", front.send("GET", path, headers={"HX-Request": "true"}).text)
        if done is not None:
            seen.append(int(done[1].replace(",", "")))
    return seen


def said(front: Balancer, path: str, place: int) -> str:
    return front.send("GET", path, to=place, headers={"HX-Request": "true"}).text


def tokens_are_renewed_once(stack: Hosts, person: Merchant) -> None:
    """The access token ends while three workers use it: one refresh, whoever noticed first, and the work goes on."""
    before = len(stack.calls(REFRESH))
    for round_ in (1, 2):
        stage(person, STAGED)
        stack.control.post("tiktok/latency", ms=100)
        stack.control.post("tiktok/authorization", seller_id=HARBOR, action="expire_access")
        assert person.looks_for_doubles(seconds=60).state == "finished"
        assert len(stack.calls(REFRESH)) == before + round_
    stack.control.post("tiktok/latency", ms=0)


def time_is_moved(stack: Hosts, person: Merchant) -> None:
    """A day passes at once: everything is due, and both clocks see it at the same moment."""
    daily = {"keep webhooks", "read categories again", "find twins"}
    before = Counter(name for (name,) in stack.sql("SELECT name FROM firing"))
    stack.control.post("clock", advance=86_400)

    def fired() -> bool:
        now = Counter(name for (name,) in stack.sql("SELECT name FROM firing"))
        return all(now[name] > before[name] for name in daily)

    person.until("what is due daily has fired", fired)


def schedules_fired_once(stack: Hosts, bells: Bells, before: Counter[str]) -> None:
    """No due time was claimed twice, both clocks claimed some, and each claim rang once."""
    firings = stack.sql("SELECT name, due, connection FROM firing")
    assert len(firings) > 20
    twice = {key: count for key, count in Counter((name, due) for name, due, _ in firings).items() if count > 1}
    assert twice == {}
    assert len({connection for _, _, connection in firings}) >= 2, "one clock did everything"
    claimed = Counter(name for name, _, _ in firings) - before
    for function, name in ALONE.items():  # one may be at either end of the time in which bells were counted
        assert abs(claimed[name] - bells.counts[function]) <= 1, (name, claimed[name], bells.counts)
        assert bells.counts[function] >= 1
