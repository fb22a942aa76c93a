"""The vectors of reference 1.4 and 9.2."""

import pytest

from sandbox.tiktok.signing import sign_request, sign_webhook

SECRET, KEY = "sandboxsecret0123456789", "sandboxkey01"
OWN = {"app_key": KEY, "timestamp": "1767225600"}
WITH_CIPHER = {**OWN, "shop_cipher": "ROW_c1pherAAAAexample01"}
REPLICATE = "/product/202507/products/1729592969712203232/global_replicate"
VECTORS = {
    "V0": (
        "e59af819cc",
        "/authorization/202309/shops",
        {"app_key": "29a39d", "timestamp": "1623812664"},
        b"",
        "",
        "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
    ),
    "V0b": (
        "e59af819cc",
        "/event/202309/webhooks",
        {"app_key": "68xu9ks5p4i8", "shop_cipher": "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK", "timestamp": "1696909648"},
        b'{    "address":"https://partner.tiktokshop.com",    "event_type": "PACKAGE_UPDATE"}',
        "application/json",
        "495c39774c04ee06162f20a6bef8edae5b17676229588fe76630bb5166da37d2",
    ),
    "V1": (
        SECRET,
        "/order/202309/orders",
        {**WITH_CIPHER, "ids": "576461413038785752,576461413038785753", "sign": "x", "access_token": "y"},
        b"",
        "",
        "f4c017dd6b9fe210c3367317c3b03b573b871efc9cff81cb6ed49b641518bca8",
    ),
    "V2": (
        SECRET,
        "/order/202309/orders/search",
        {
            **WITH_CIPHER,
            "page_size": "20",
            "sort_field": "create_time",
            "sort_order": "ASC",
            "page_token": "b2Zmc2V0PTIw/+==",
        },
        b'{"order_status":"AWAITING_SHIPMENT","create_time_ge":1767139200}',
        "application/json",
        "2cc8318c0649f05904f2c4bb077ffbd8be2b96acf16d7ce44becaf76da973351",
    ),
    "V3": (
        SECRET,
        "/product/202309/images/upload",
        OWN,
        b"ignored",
        "multipart/form-data; boundary=x",
        "9027e4c5762dac10c5f1f2058f9e6f4ed36d73ee07ce55d7241799a8263f8df7",
    ),
    "V4": (
        SECRET,
        "/product/202309/products",
        WITH_CIPHER,
        '{"title":"Кружка – 马克杯","skus":[]}'.encode(),
        "application/json",
        "bc6b9524f669aca864a6c5f8fbbb5a267f5a4505d2597425ce271be2e270765f",
    ),
    "V5a": (
        SECRET,
        REPLICATE,
        WITH_CIPHER,
        b"{}",
        "application/json",
        "530049c90e2e4ac1427e8029b134953476bcc04adc1c61b115d077193241b1cb",
    ),
    "V5b": (
        SECRET,
        REPLICATE,
        WITH_CIPHER,
        b"",
        "application/json",
        "31a8d848194f6eb96350f39e19f00e12af34dc676d2e316d0f8300890fb458f4",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_request_vectors(name: str) -> None:
    secret, path, query, body, content_type, digest = VECTORS[name]
    assert sign_request(secret, path, query, body, content_type) == digest


WEBHOOKS = {
    "official": (
        "123",
        "abcdef",
        '{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507",'
        '"timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178",'
        '"order_status":"UNPAID","update_time":1718305585}}',
        "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05",
    ),
    "W1": (
        SECRET,
        KEY,
        '{"type":1,"tts_notification_id":"7600000000000000001","shop_id":"7495540735365777507",'
        '"timestamp":1767225600,"data":{"order_id":"576653688135258178","order_status":"AWAITING_SHIPMENT",'
        '"is_on_hold_order":false,"update_time":1767225600}}',
        "dc96568fe0aa0bd0f115aedfdc86ceaa0d86ddd771f1de9cd9bb7562ba1593f7",
    ),
    "W2": (
        SECRET,
        KEY,
        '{"type":6,"tts_notification_id":"7600000000000000002","shop_id":"7495540735365777507",'
        '"timestamp":1767225600,"data":{"message":"seller cancelled authorization","cancelled_time":1767225600}}',
        "79f2519973240649979a56317bcf62d84261b4b97aad4f1d1d599d8934fda300",
    ),
}


@pytest.mark.parametrize("name", WEBHOOKS)
def test_webhook_vectors(name: str) -> None:
    secret, key, body, digest = WEBHOOKS[name]
    assert sign_webhook(secret, key, body.encode()) == digest
