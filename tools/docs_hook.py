"""What mkdocs does to a page before it renders it (``hooks`` in mkdocs.yml).

Mermaid diagrams become SVG here, so that no page loads a script from another host; the reference of
commands and settings is written from the code.
"""

from __future__ import annotations

import re

from mermaid_render import mermaid_to_svg

from tools import reference

_DIAGRAM = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_REFERENCE = re.compile(r"^<!-- reference: (\w+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: object) -> str:
    """The page with its diagrams drawn and its generated parts filled in."""
    markdown = _REFERENCE.sub(lambda match: reference.PARTS[match[1]](), markdown)
    return _DIAGRAM.sub(lambda match: _drawn(match[1]), markdown)


def _drawn(diagram: str) -> str:
    return f'<figure style="background: #fff">{mermaid_to_svg(diagram).decode()}</figure>'
