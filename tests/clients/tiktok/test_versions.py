"""The endpoint table against reference 4.1 and 1.6."""

import re

from clients.tiktok.versions import ENDPOINTS


def test_every_path_is_versioned_and_each_endpoint_is_named_once() -> None:
    assert all(re.match(r"/[a-z_]+/20\d{4}/", endpoint.path) for endpoint in ENDPOINTS.values())
    assert len({(endpoint.method, endpoint.path) for endpoint in ENDPOINTS.values()}) == len(ENDPOINTS)


def test_seller_level_endpoints() -> None:
    assert {name for name, endpoint in ENDPOINTS.items() if endpoint.level == "seller"} == {
        "shops",
        "permissions",
        "upload_file",
        "upload_image",
        "search_global_products",
        "global_product",
    }
