"""Colours: the same thing has the same colour in every chart.

All of them keep a contrast of at least 3 to 1 against both backgrounds, so one palette serves light and
dark. No chart tells series apart by colour alone: panels, labels, dashes or markers say it too, which is
what a reader who sees colours differently needs.
"""

from __future__ import annotations

from itertools import cycle

from dashboard import labels

LIGHT_BACKGROUND = "#ffffff"
DARK_BACKGROUND = "#0e1117"

BLUE = "#3a7fc8"
ORANGE = "#d0700f"
GREEN = "#1f9a70"
RED = "#d9485f"
PURPLE = "#8f6fd1"
BROWN = "#a8733c"
PINK = "#d055a4"
TEAL = "#1695a3"
OLIVE = "#85882c"
GREY = "#7d828a"

_PALETTE = (BLUE, ORANGE, GREEN, RED, PURPLE, PINK, TEAL, BROWN, OLIVE, GREY)

CATEGORY_COLOURS: dict[str, str] = {"any": BLUE} | dict(
    zip(labels.AI_CATEGORIES, cycle(_PALETTE), strict=False)
)
"""With more categories than colours the first ones come again."""

OCCUPATION_COLOURS: dict[str, str] = {
    "software_tech": BLUE,
    "creative_multimedia": PINK,
    "writing_translation": GREEN,
    "sales_marketing": ORANGE,
    "professional_services": PURPLE,
    "clerical_data_entry": TEAL,
    "microwork": BROWN,
    "unknown": GREY,
    "all": GREY,
}

SIDE_COLOURS: dict[str, str] = {"request": BLUE, "offer": ORANGE}

KIND_COLOURS: dict[str, str] = {"budget": BLUE, "rate": GREEN, "ask": ORANGE, "bid": PURPLE}

METHOD_COLOURS: dict[str, str] = {
    "hedonic": BLUE,
    "hedonic-interval": GREY,
    "geks-jevons": GREEN,
    "tpd": PURPLE,
    "jevons-direct": OLIVE,
    "stratified-median": ORANGE,
    "cell-medians": TEAL,
    "jevons-chained": RED,
    "geks-jevons-incumbents": BROWN,
    "hedonic-first-asks": PINK,
}

SIMULATED = RED

INKS: dict[str | None, str] = {"light": "#31333f", "dark": "#e6e8ee", None: GREY}
"""Colour of words by theme; before the browser has named its theme, one that both can carry."""


def translucent(colour: str, opacity: float) -> str:
    """A `#rrggbb` colour as the rgba() text that bands are filled with."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def contrast(one: str, other: str) -> float:
    """Contrast of two `#rrggbb` colours, 1 to 21, as WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
