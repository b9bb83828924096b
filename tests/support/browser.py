"""Pages as a real browser shows them: what it holds, what is wrong with how they look, and a photograph."""

import json
import os
import re
import shutil
import subprocess
import zlib
from html import escape, unescape
from itertools import accumulate, product
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
LOOK = Path(__file__).with_name("look.js").read_text("utf-8")

needs_browser = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="no Chromium here: apt-get install chromium"
)


def browse(page, profile, *flags):
    """The document as the browser holds it after loading."""
    if CHROMIUM is None:
        pytest.fail("CI shows pages in a browser, and there is none: apt-get install chromium")
    command = [CHROMIUM, *FLAGS, *flags, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout  # noqa: S603


WIDTHS = (1200, 420)
"""A wide screen and a narrow one, in pixels."""
THEMES = ("light", "dark")
TALLEST = 1_800


def looked_at(pages, folder):
    """What is wrong with how pages look, wide and narrow, light and dark: sentences by name, theme and width.

    Each page stands in frames of its own, side by side, and a photograph of as many as fit is kept in the folder.
    """
    frames = [
        f'<iframe title="{escape(name)}, {theme}, {width} px" srcdoc="{escape(page)}" '
        f'style="width: {width}px; height: 900px; border: 0; color-scheme: {theme}"></iframe>'
        for name, page in pages.items()
        for width, theme in product(WIDTHS, THEMES)
    ]
    columns = " ".join(f"{width}px" for width, _ in product(WIDTHS, THEMES))
    body = f"<body style='margin: 0; display: grid; grid-template-columns: {columns}'>{''.join(frames)}</body>"
    wall, photograph = folder / "wall.html", folder / "wall.png"
    wall.write_text(f"<!DOCTYPE html><html><head><title></title></head>{body}<script>{LOOK}</script></html>", "utf-8")
    size = f"--window-size={len(THEMES) * sum(WIDTHS)},{min(900 * len(pages), TALLEST)}"
    dom = browse(wall, folder / "profile", size, f"--screenshot={photograph}", "--hide-scrollbars")
    return json.loads(unescape(re.search("<title>(.*?)</title>", dom, re.DOTALL)[1])), photograph


def corners(photograph):
    """The colours of the first point of a PNG and of the last one in its first row: red, green and blue to 255."""
    data, place, packed = photograph.read_bytes(), 8, b""
    while place < len(data):
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, depth = int.from_bytes(body[:4]), {2: 3, 6: 4}[body[9]]
        packed += body if kind == b"IDAT" else b""
        place += 12 + length
    how, *row = zlib.decompressobj().decompress(packed, 1 + width * depth)
    channels = [row[channel::depth] for channel in range(3)]
    if how in (1, 4):  # each is what it is more than the one to its left; there is no row above
        channels = [[each % 256 for each in accumulate(channel)] for channel in channels]
    assert how != 3, "each is what it is more than half of the one to its left"
    return tuple(each[0] for each in channels), tuple(each[-1] for each in channels)
