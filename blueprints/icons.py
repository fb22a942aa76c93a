"""Line drawings of 20 × 20; decoration only, the words stand beside them."""

from functools import cache

from markupsafe import Markup, escape

SHAPES = {
    "menu": "M3 5h14M3 10h14M3 15h14",
    "down": "M5 8l5 5 5-5",
    "right": "M8 5l5 5-5 5",
    "left": "M12 5l-5 5 5 5",
    "close": "M5 5l10 10M15 5L5 15",
    "check": "M4 10.5l4 4 8-9",
    "plus": "M10 4v12M4 10h12",
    "bell": "M10 3a5 5 0 0 0-5 5v3l-1.5 3h13L15 11V8a5 5 0 0 0-5-5zM8.5 16.5a1.5 1.5 0 0 0 3 0",
    "guide": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM8 8a2 2 0 1 1 3 1.7c-.7.4-1 .8-1 1.5M10 13.6v.1",
    "person": "M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 17c.6-3 3-4.5 6-4.5s5.400 1.500 6 4.500",
    "shop": "M4 9v7h12V9M3 9l1.500-5h11L17 9zM8 16v-4h4v4",
    "box": "M3.500 6.500L10 3l6.500 3.500v7L10 17l-6.500-3.500zM3.500 6.500L10 10l6.500-3.500M10 10v7",
    "list": "M7 5h10M7 10h10M7 15h10M3.500 5h.1M3.500 10h.1M3.500 15h.1",
    "search": "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.500 13.500L17 17",
    "filter": "M3 4h14l-5.500 6.500V16l-3-1.500v-4z",
    "edit": "M4 16l1-4 8-8 3 3-8 8zM11.500 5.500l3 3",
    "delete": "M4 6h12M8 6V4h4v2M6 6l.7 10h6.600L14 6",
    "refresh": "M16 10a6 6 0 1 1-1.800-4.300M16 3v3.500h-3.500",
    "warning": "M10 3.500l7 12.500H3zM10 8.500v3.500M10 14v.1",
    "info": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9v4.500M10 6.500v.1",
    "image": "M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M13 7.500h.1",
    "upload": "M10 13V4M6.500 7.500L10 4l3.500 3.500M4 13v3h12v-3",
    "download": "M10 4v9M6.500 9.500L10 13l3.500-3.500M4 13v3h12v-3",
    "link": "M8.500 11.500l3-3M9 6l1.500-1.500a3.200 3.200 0 0 1 4.500 4.500L13.500"
    " 10.500M11 14l-1.500 1.500A3.200 3.200 0 0 1 5 11L6.500 9.500",
    "outside": "M11 4h5v5M16 4l-7 7M8 5H4v11h11v-4",
    "clock": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l3 2",
    "stop": "M5 5h10v10H5z",
    "play": "M6 4l10 6-10 6z",
    "undo": "M7 5L4 8l3 3M4 8h8a4 4 0 0 1 0 8H8",
    "gear": "M10 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM10 3v2M10 15v2M3 10h2M15"
    " 10h2M5 5l1.500 1.500M13.500 13.500L15 15M5 15l1.500-1.500M13.500 6.500L15 5",
    "copy": "M7 7h9v9H7zM4 13V4h9",
    "more": "M4.500 10h.1M10 10h.1M15.500 10h.1",
    "history": "M4 10a6 6 0 1 0 1.800-4.300M4 3v3.500h3.500M10 7v3.500l2.500 1.500",
    "lock": "M5 9h10v7H5zM7 9V7a3 3 0 0 1 6 0v2",
}
DRAWN = (
    '<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d="{}" '
    'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


@cache
def drawing(name: str) -> Markup:
    """The drawing of this name; an unknown one is the sign for information."""
    return Markup(DRAWN.format(escape(SHAPES.get(name, SHAPES["info"]))))  # noqa: S704 - our own shapes
