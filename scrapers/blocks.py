"""Pages that are not what was asked for: blocks, captchas, logins, consent walls, empty shells.

Asked only where a parser does not find what it relies on: many sound pages carry the scripts of such walls.
"""

from __future__ import annotations

import re
from typing import NoReturn

from scrapers.page import Page, PageRefused, Refusal

LOOKED_AT = 400_000
_SIGNS: tuple[tuple[Refusal, str, str], ...] = (
    ("blocked", r"it needs a human touch|px-captcha|perimeterx", "a bot wall (PerimeterX)"),
    ("blocked", r"<title>\s*just a moment|cf-chl-|challenge-platform|attention required! \| cloudflare",
     "a bot wall (Cloudflare)"),
    ("blocked", r"captcha-delivery\.com|datadome", "a bot wall (DataDome)"),
    ("blocked", r"<title>\s*(access denied|403 forbidden|request blocked|pardon our interruption)",
     "access denied"),
    ("captcha", r"g-recaptcha|h-captcha|hcaptcha\.com|cf-turnstile|arkoselabs|funcaptcha", "a captcha"),
    ("login", r"<title>[^<]*\b(log ?in|sign ?in)\b|<input[^>]+type=[\"']?password", "a login page"),
    ("consent", r"<title>[^<]*(before you continue|cookie consent|privacy choices)|consent\.[a-z]+\.com/",
     "a consent page"),
)  # fmt: skip
_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE), about) for kind, pattern, about in _SIGNS]


def recognise(page: Page) -> tuple[Refusal, str] | None:
    """What kind of wall a page is, and by which sign; null where it looks like none."""
    text = page.text[:LOOKED_AT]
    return next(((kind, about) for kind, pattern, about in _PATTERNS if pattern.search(text)), None)


def refuse(page: Page, missing: str) -> NoReturn:
    """Refuse a page that lacks what its parser relies on, for the right reason.

    Args:
        page: The page.
        missing: What was not found.

    Raises:
        PageRefused: Always: a wall, an empty shell, or a page that changed.
    """
    wall = recognise(page)
    if wall is not None:
        raise PageRefused(*wall)
    body = page.html.body if page.body.strip() else None
    words = len((body.text(separator=" ") if body else "").split())
    if words < 30:
        raise PageRefused("shell", f"{missing}; the page holds next to no text")
    raise PageRefused("drift", missing)
