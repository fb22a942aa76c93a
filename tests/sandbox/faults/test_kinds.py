"""Every kind of fault, met over real HTTP by each platform's creation of a product: what the caller sees, and whether
the product is there."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import pytest
import requests

from tests.sandbox.faults.conftest import World, eventually

CREATE = {"tiktok": "POST product/products", "bigcommerce": "POST catalog/products"}
BOTH = pytest.mark.parametrize("platform", CREATE)


def rule(world: World, kind: str, platform: str, **rest: object) -> str:
    """One call of the platform meets the fault; the name of the product it shall create."""
    world.fault(kind, platform=platform, match=CREATE[platform], count=1, **rest)
    return f"P{uuid.uuid4().hex[:10]}"


def holds(world: World, platform: str, name: str, count: int) -> None:
    """So many products exist, and the next call meets nothing any more."""
    assert world.made(platform, name) == count
    if platform == "tiktok" and count:
        assert world.answered(name) is False
    other = f"Q{uuid.uuid4().hex[:10]}"
    assert world.create(platform, other).status_code == 200
    assert world.made(platform, other) == 1


@BOTH
@pytest.mark.parametrize(("wait", "header"), [(None, None), (7, "7"), (-5, "-5"), (86_400, "86400")])
def test_throttle(world: World, platform: str, wait: float | None, header: str | None) -> None:
    name = rule(world, "throttle", platform, amount=wait)
    answer = world.create(platform, name)
    assert answer.status_code == 429
    assert answer.headers.get("Retry-After" if platform == "tiktok" else "X-Retry-After") == header
    assert platform == "bigcommerce" or answer.json()["code"] == 36009002
    holds(world, platform, name, 0)


@BOTH
@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize(("kind", "count"), [("error_before", 0), ("error_after", 1)])
def test_errors(world: World, platform: str, kind: str, count: int, status: int) -> None:
    name = rule(world, kind, platform, amount=status)
    assert world.create(platform, name).status_code == status
    holds(world, platform, name, count)


@pytest.mark.parametrize("code", [36009003, 36009007])
@pytest.mark.parametrize(("kind", "count"), [("error_before", 0), ("error_after", 1)])
def test_tiktoks_own_errors_come_with_http_200(world: World, kind: str, count: int, code: int) -> None:
    name = rule(world, kind, "tiktok", amount=code)
    answer = world.create("tiktok", name)
    assert (answer.status_code, answer.json()["code"]) == (200, code)
    holds(world, "tiktok", name, count)


@BOTH
@pytest.mark.parametrize(("kind", "count"), [("lost_before", 0), ("lost_after", 1)])
def test_lost_answers(world: World, platform: str, kind: str, count: int) -> None:
    name = rule(world, kind, platform)
    with pytest.raises(requests.ConnectionError):
        world.create(platform, name)
    holds(world, platform, name, count)


@BOTH
def test_a_cut_answer_breaks_off_under_its_length(world: World, platform: str) -> None:
    name = rule(world, "cut", platform)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        world.create(platform, name)
    holds(world, platform, name, 1)


@BOTH
def test_nonsense(world: World, platform: str) -> None:
    name = rule(world, "garbage", platform)
    answer = world.create(platform, name)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    holds(world, platform, name, 1)
    name = rule(world, "html", platform)
    answer = world.create(platform, name)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    holds(world, platform, name, 1)


@BOTH
def test_latency_delays_and_changes_nothing_else(world: World, platform: str) -> None:
    name = rule(world, "latency", platform, amount=150, jitter=50)
    started = time.monotonic()
    assert world.create(platform, name).status_code == 200
    assert time.monotonic() - started >= 0.15
    assert world.made(platform, name) == 1
    eventually(lambda: platform == "bigcommerce" or world.answered(name))


@BOTH
def test_an_answer_that_trickles_in_is_whole_in_the_end(world: World, platform: str) -> None:
    name = rule(world, "dribble", platform, amount=500)
    started = time.monotonic()
    answer = world.create(platform, name)
    assert answer.json() and time.monotonic() - started >= len(answer.content) / 500
    assert world.made(platform, name) == 1
    eventually(lambda: platform == "bigcommerce" or world.answered(name))


@BOTH
def test_a_held_answer_comes_after_the_effect(world: World, platform: str) -> None:
    name = rule(world, "hang_after", platform, amount=1.0)
    with pytest.raises(requests.Timeout):
        world.create(platform, name, timeout=0.4)
    assert world.made(platform, name) == 1
    world.session.close()
    name = rule(world, "hang_after", platform, amount=0.2)
    assert world.create(platform, name).status_code == 200


@BOTH
def test_a_late_effect_comes_when_nobody_waits_for_it(world: World, platform: str) -> None:
    name = rule(world, "late", platform, amount=0.8)
    with pytest.raises(requests.ConnectionError):
        world.create(platform, name)
    assert world.made(platform, name) == 0
    assert world.control("GET", "effects")["pending"] == 1
    eventually(lambda: world.made(platform, name) == 1)
    eventually(lambda: world.control("GET", "effects")["pending"] == 0)
    holds(world, platform, name, 1)


def test_a_late_effect_was_admitted_when_it_came(world: World) -> None:
    """The rate counts it then; a token that ends meanwhile and a clock that moves on do not matter to it."""
    name = rule(world, "late", "tiktok", amount=0.5)
    with pytest.raises(requests.ConnectionError):
        world.create("tiktok", name)
    world.control("POST", "clock", {"advance": 3600})
    world.fault("token_expired", count=1)
    assert world.tiktok("GET", "/logistics/202309/warehouses").json()["code"] == 105002
    eventually(lambda: world.made("tiktok", name) == 1)
    world.renew()


@BOTH
def test_a_late_call_that_is_refused_has_no_effect(world: World, platform: str) -> None:
    name = rule(world, "late", platform, amount=0)
    tokens = world.shop_token, world.store_token
    world.shop_token = world.store_token = "TTP_" + "x" * 60
    with pytest.raises(requests.ConnectionError):
        world.create(platform, name)
    world.shop_token, world.store_token = tokens
    assert world.control("GET", "effects")["pending"] == 0
    holds(world, platform, name, 0)


def test_tokens_expire_once_each(world: World) -> None:
    world.fault("token_expired", match="GET logistics/*", count=5)
    answers = [world.tiktok("GET", "/logistics/202309/warehouses") for _ in range(3)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, 105002)] * 3
    assert world.hits() == {"token_expired": 1}
    world.renew()
    assert world.tiktok("GET", "/seller/202309/permissions", shop_cipher="").json()["code"] != 105002


@pytest.fixture
def revoked(world: World) -> Callable[[str], requests.Response]:
    def call(platform: str) -> requests.Response:
        world.fault("token_revoked", platform=platform)
        if platform == "tiktok":
            return world.tiktok("GET", "/logistics/202309/warehouses")
        return world.bigcommerce("GET", "/v2/store")

    return call


def test_an_authorization_can_be_withdrawn(world: World, revoked: Callable[[str], requests.Response]) -> None:
    answer = revoked("tiktok")
    assert (answer.status_code, answer.json()["code"]) == (401, 105001)
    world.renew()


def test_two_faults_of_one_moment_do_not_hide_each_other(world: World) -> None:
    """A delay comes besides whatever else strikes; of the others the first rule that hits is the one."""
    world.fault("latency", amount=100)
    world.fault("error_before", amount=503, count=1)
    world.fault("throttle", count=1)
    started = time.monotonic()
    statuses = [world.bigcommerce("GET", "/v2/time").status_code for _ in range(3)]
    assert statuses == [503, 429, 200] and time.monotonic() - started >= 0.3


def test_zz_the_stores_token_can_be_revoked(world: World, revoked: Callable[[str], requests.Response]) -> None:
    """Last: the store has to install the app again after it."""
    assert revoked("bigcommerce").status_code == 401
    assert world.hits() == {"token_revoked": 1}
