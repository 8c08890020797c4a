"""Keeps secrets out of the logs of HTTP libraries: a webhook's path lets anybody post."""

from __future__ import annotations

import logging
import re

_PATH = re.compile(r"(https?://[^/\s\"']+)/[^\s\"']*")


def without_paths(text: str) -> str:
    """The text without the paths of its addresses."""
    return _PATH.sub(r"\1/…", text)


class _WithoutPaths(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Pass every record, without the paths."""
        record.msg, record.args = without_paths(record.getMessage()), ()
        return True


_filter = _WithoutPaths()


def hide_paths_of(*loggers: str) -> None:
    """Remove the paths of addresses from what these loggers log."""
    for name in loggers:
        logging.getLogger(name).addFilter(_filter)
