"""Every vector of reference 1.4 and 9.2."""

import pytest

from clients.tiktok.sign import sign, verify_webhook

SECRET, KEY = "sandboxsecret0123456789", "sandboxkey01"
COMMON = {"app_key": KEY, "timestamp": "1767225600"}
SHOP = {**COMMON, "shop_cipher": "ROW_c1pherAAAAexample01"}
PRODUCT = "/product/202507/products/1729592969712203232/global_replicate"


@pytest.mark.parametrize(
    ("secret", "path", "query", "body", "kind", "digest"),
    [
        (
            "e59af819cc",
            "/authorization/202309/shops",
            {"app_key": "29a39d", "timestamp": "1623812664"},
            b"",
            "application/json",
            "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
        ),
        (
            "e59af819cc",
            "/event/202309/webhooks",
            {"app_key": "68xu9ks5p4i8", "shop_cipher": "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK", "timestamp": "1696909648"},
            b'{    "address":"https://partner.tiktokshop.com",    "event_type": "PACKAGE_UPDATE"}',
            "application/json",
            "495c39774c04ee06162f20a6bef8edae5b17676229588fe76630bb5166da37d2",
        ),
        (
            SECRET,
            "/order/202309/orders",
            {**SHOP, "ids": "576461413038785752,576461413038785753", "sign": "x", "access_token": "y"},
            b"",
            "application/json",
            "f4c017dd6b9fe210c3367317c3b03b573b871efc9cff81cb6ed49b641518bca8",
        ),
        (
            SECRET,
            "/order/202309/orders/search",
            {
                **SHOP,
                "page_size": "20",
                "sort_field": "create_time",
                "sort_order": "ASC",
                "page_token": "b2Zmc2V0PTIw/+==",
            },
            b'{"order_status":"AWAITING_SHIPMENT","create_time_ge":1767139200}',
            "application/json",
            "2cc8318c0649f05904f2c4bb077ffbd8be2b96acf16d7ce44becaf76da973351",
        ),
        (
            SECRET,
            "/product/202309/images/upload",
            COMMON,
            b"--x\r\nanything",
            "multipart/form-data; boundary=x",
            "9027e4c5762dac10c5f1f2058f9e6f4ed36d73ee07ce55d7241799a8263f8df7",
        ),
        (
            SECRET,
            "/product/202309/products",
            SHOP,
            '{"title":"Кружка – 马克杯","skus":[]}'.encode(),
            "application/json",
            "bc6b9524f669aca864a6c5f8fbbb5a267f5a4505d2597425ce271be2e270765f",
        ),
        (
            SECRET,
            PRODUCT,
            SHOP,
            b"{}",
            "application/json",
            "530049c90e2e4ac1427e8029b134953476bcc04adc1c61b115d077193241b1cb",
        ),
        (
            SECRET,
            PRODUCT,
            SHOP,
            b"",
            "application/json",
            "31a8d848194f6eb96350f39e19f00e12af34dc676d2e316d0f8300890fb458f4",
        ),
    ],
    ids=["V0", "V0b", "V1", "V2", "V3", "V4", "V5a", "V5b"],
)
def test_request_vectors(secret: str, path: str, query: dict[str, str], body: bytes, kind: str, digest: str) -> None:
    assert sign(secret, path, query, body, kind) == digest


OFFICIAL = (
    b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,'
    b'"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID",'
    b'"update_time":1718305585}}'
)
W1 = (
    b'{"type":1,"tts_notification_id":"7600000000000000001","shop_id":"7495540735365777507","timestamp":1767225600,'
    b'"data":{"order_id":"576653688135258178","order_status":"AWAITING_SHIPMENT","is_on_hold_order":false,'
    b'"update_time":1767225600}}'
)
W2 = (
    b'{"type":6,"tts_notification_id":"7600000000000000002","shop_id":"7495540735365777507","timestamp":1767225600,'
    b'"data":{"message":"seller cancelled authorization","cancelled_time":1767225600}}'
)
VECTORS = [
    ("abcdef", "123", OFFICIAL, "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"),
    (KEY, SECRET, W1, "dc96568fe0aa0bd0f115aedfdc86ceaa0d86ddd771f1de9cd9bb7562ba1593f7"),
    (KEY, SECRET, W2, "79f2519973240649979a56317bcf62d84261b4b97aad4f1d1d599d8934fda300"),
]


@pytest.mark.parametrize(("key", "secret", "raw", "header"), VECTORS)
def test_webhook_vectors(key: str, secret: str, raw: bytes, header: str) -> None:
    assert verify_webhook(key, secret, raw, header)


@pytest.mark.parametrize("header", [None, "", "é", "0" * 64, VECTORS[1][3].upper(), VECTORS[1][3][:63]])
def test_a_wrong_webhook_signature_is_refused(header: str | None) -> None:
    assert not verify_webhook(KEY, SECRET, W1, header)


def test_a_changed_webhook_body_or_an_empty_secret_is_refused() -> None:
    assert not verify_webhook(KEY, SECRET, W1 + b" ", VECTORS[1][3])
    assert not verify_webhook(KEY, "", W1, "0" * 64)
