"""The quota per store."""

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST
from tests.sandbox.bigcommerce.conftest import Api


def test_each_answer_carries_the_window(api: Api) -> None:
    first, second = api.get("/v2/time"), api.get("/v3/catalog/products/0")
    assert second.status_code == 404
    left = [int(answer.headers["X-Rate-Limit-Requests-Left"]) for answer in (first, second)]
    assert left[0] - left[1] == 1
    assert first.headers["X-Rate-Limit-Requests-Quota"] == "450"
    assert first.headers["X-Rate-Limit-Time-Window-Ms"] == "30000"
    assert 0 < int(first.headers["X-Rate-Limit-Time-Reset-Ms"]) <= 30000


def test_the_quota_is_per_store_and_shared_with_other_apps(api: Api, second: Api, platform: BigCommerce) -> None:
    platform.quota.burden(FIRST, 450, 449)
    assert api.get("/v2/time").status_code == 200
    refused = api.get("/v2/time")
    assert refused.status_code == 429
    assert refused.headers["X-Rate-Limit-Requests-Left"] == "0"
    assert 0 < int(refused.headers["X-Retry-After"]) <= 30
    assert second.get("/v2/time").status_code == 200


def test_a_quota_of_zero_never_ends(api: Api, platform: BigCommerce) -> None:
    platform.stores[FIRST]["quota"] = 0
    assert {api.get("/v2/time").status_code for _ in range(460)} == {200}
