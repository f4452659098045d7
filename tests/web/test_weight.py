"""What a first visit weighs, measured on the built files, compressed as they travel."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from equipage.web import context

DIST = Path(context.__file__).parent / "static" / "dist"
pytestmark = pytest.mark.browser  # they need the built front end

KILO = 1000


def compressed(name: str) -> int:
    return len(gzip.compress((DIST / name).read_bytes(), 9))


def test_styles_scripts_and_font_keep_within_their_weight() -> None:
    font = DIST / "fonts" / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
    assert compressed("app.css") <= 20 * KILO
    assert compressed("app.js") <= 6 * KILO
    assert font.stat().st_size <= 45 * KILO


def test_the_front_door_weighs_at_most_sixty_kilobytes(page: Page) -> None:
    sizes: dict[str, int] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}

    def asked(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        sizes[addresses[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", finished)
    page.goto("/", wait_until="networkidle")
    assert any("app" in address and address.endswith(".css") for address in sizes), sizes
    assert any(address.endswith(".woff2") for address in sizes), sizes
    assert sum(sizes.values()) <= 60 * KILO, sizes


def test_the_styles_hold_no_font_twice_and_no_far_address() -> None:
    css = (DIST / "app.css").read_text()
    assert css.count("@font-face") == 1
    addresses = re.findall(r"url\(([^)]*)\)|@import ([^;]*)", css)
    assert addresses
    assert not [found for found in addresses if re.match(r"[\"']?(https?:)?//", "".join(found))], addresses
