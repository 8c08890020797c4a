"""Pictures of every page of a running service, to look at: ``python -m tools.screenshots DIR``.

Each is named after its page, its language, its width in CSS pixels and its look.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.pages import LOOKS, VISIT_IDS, VISITS, WIDTHS

HEIGHT = 900  # of the window; the picture is as tall as the page


def main() -> int:
    """Take the pictures; exit status 2 without a browser."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="a running service")
    parser.add_argument("--dark", action="store_true", help="in the dark look too")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("No Chromium: apt-get install --no-install-recommends chromium", file=sys.stderr)
        return 2
    arguments.folder.mkdir(parents=True, exist_ok=True)
    take(chromium, arguments.url, arguments.folder, LOOKS if arguments.dark else LOOKS[:1])
    return 0


def take(chromium: str, url: str, folder: Path, looks: tuple[str, ...]) -> None:
    """Take a picture of every page at every width.

    Args:
        chromium: Path of the browser.
        url: Of a running service.
        folder: For the PNG files.
        looks: Colour schemes, "light" or "dark".
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-gpu"])
        page = browser.new_page(base_url=url, locale="it-IT", reduced_motion="reduce")
        for (place, language), name in zip(VISITS, VISIT_IDS, strict=True):
            page.goto(place.address(language), wait_until="networkidle")
            for look in looks:
                page.emulate_media(color_scheme=look)  # type: ignore[arg-type]
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": HEIGHT})
                    page.screenshot(path=folder / f"{name}-{width}-{look}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
