"""Draws the curve: ``python -m tools.bench.plot RESULTS.json PICTURE.svg``.

Runs in the bench's own environment, which has matplotlib.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot

_PANELS = (
    ("retrieval_ms", "Retrieval, p95"),
    ("answer_ms", "Whole answer with its embedding, p95"),
)


def draw(results: Path, picture: Path) -> None:
    """Draw times over the number of passages.

    Args:
        results: As ``python -m tools.bench`` wrote them.
        picture: The SVG file to write.
    """
    curve = json.loads(results.read_text("utf-8"))["curve"]
    sizes = [each["passages"] for each in curve]
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9})
    figure, panels = pyplot.subplots(1, len(_PANELS), figsize=(8, 3.2), sharex=True)
    for panel, (measure, title) in zip(panels, _PANELS, strict=True):
        for share in curve[0][measure]:
            times = [each[measure][share]["cpu_p95"] for each in curve]
            panel.plot(sizes, times, marker="o", markersize=3, label=f"{share} pass the filter")
        panel.set(title=title, xscale="log", yscale="log", xlabel="passages")
        panel.set_ylabel("ms of the processor")
        panel.grid(visible=True, which="both", linewidth=0.2)
    panels[0].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
