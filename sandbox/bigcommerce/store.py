"""/v2/store, /v2/time and /v3/settings/inventory (reference 4.4, 6.5)."""

from flask import Response, jsonify

from sandbox.bigcommerce.answers import one
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.platform import bigcommerce


@api.get("/v2/store")
def store_information(store_hash: str) -> Response:
    platform = bigcommerce()
    store, panel = platform.store(store_hash), platform.box.settings.control_panel_url
    kept = (
        "account_uuid",
        "store_id",
        "domain",
        "name",
        "first_name",
        "last_name",
        "address",
        "country",
        "country_code",
        "phone",
        "currency",
        "currency_symbol",
        "weight_units",
        "dimension_units",
        "plan_name",
        "plan_level",
        "industry",
    )
    email = store["users"][0]["email"]
    return jsonify(
        {
            "id": store_hash,
            **{name: store[name] for name in kept},
            "secure_url": f"https://{store['domain']}",
            "control_panel_base_url": panel,
            "status": "live",
            "infrastructure_region": "us-central1",
            "admin_email": email,
            "order_email": email,
            "favicon_url": "",
            "timezone": {
                "name": store["timezone"],
                "raw_offset": store["raw_offset"],
                "dst_offset": store["raw_offset"] + 3600,
                "dst_correction": True,
                "date_format": {"display": "M jS Y", "export": "M jS Y", "extended_display": "M jS Y @ g:i A"},
            },
            "language": "en",
            "decimal_separator": ".",
            "thousands_separator": ",",
            "decimal_places": 2,
            "currency_symbol_location": "left",
            "dimension_decimal_places": 2,
            "dimension_decimal_token": ".",
            "dimension_thousands_token": ",",
            "plan_is_trial": False,
            "logo": [],
            "is_price_entered_with_tax": store["country_code"] == "GB",
            "default_channel_id": 1,
            "default_site_id": 1000,
            "active_comparison_modules": [],
            "features": {
                "stencil_enabled": True,
                "sitewidehttps_enabled": False,
                "facebook_catalog_id": "",
                "checkout_type": "optimized",
                "wishlists_enabled": False,
                "graphql_storefront_api_enabled": True,
                "shopper_consent_tracking_enabled": False,
                "multi_storefront_enabled": False,
                "storefront_limits": {"active": 1, "total_including_inactive": 1},
            },
        }
    )


@api.get("/v2/time")
def server_time(store_hash: str) -> Response:
    return jsonify({"time": int(bigcommerce().box.clock.now())})


@api.get("/v3/settings/inventory")
def inventory_settings(store_hash: str) -> Response:
    return one(
        {
            "product_out_of_stock_behavior": "do_nothing",
            "option_out_of_stock_behavior": "do_nothing",
            "update_stock_behavior": "order_placed",
            "edit_order_stock_adjustment": True,
            "refund_order_stock_adjustment": False,
            "stock_level_display": "dont_show",
            "default_out_of_stock_message": "Out of stock",
            "hide_in_product_filtering": False,
            "show_pre_order_stock_levels": False,
            "show_out_of_stock_message": False,
        }
    )
