"""The process that parses files one after another until its input ends: see client.py.

It sets itself limits that a file cannot lift. Run by hand it waits for frames:
``python -m indexer.parsing.sandbox.worker SECONDS MEGABYTES``.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from indexer.errors import UnreadableFileError
from indexer.parsing import load_parser, parse_file, parse_sidecar
from indexer.parsing.sandbox.protocol import (
    OUT_OF_MEMORY,
    PARSE,
    READY,
    SEARCH,
    ParseAnswer,
    dump_answer,
    failure_of,
    read_frame,
    write_frame,
)

try:
    import resource
except ImportError:  # Windows has no such limits: the deadline is all there is
    resource = None  # type: ignore[assignment]

_OPEN_FILES = 64


def main(seconds: int, megabytes: int) -> None:
    """Answer requests until there are none: what to do, a file's name, and its bytes."""
    requests, answers = sys.stdin.buffer, _answers()
    memory = megabytes * 1024 * 1024
    _hold("RLIMIT_AS", memory)
    _hold("RLIMIT_NOFILE", _OPEN_FILES)
    for forbidden in ("RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_CORE"):
        _hold(forbidden, 0)
    write_frame(answers, READY)
    last = False
    while not last:
        try:
            task = read_frame(requests).decode()
            name = read_frame(requests).decode("utf-8", "surrogatepass")
            data = read_frame(requests)
        except EOFError:
            return
        load_parser(name)  # the time to load a library does not count against the file
        write_frame(answers, READY)
        _allow_cpu(seconds)
        answer = _read(task, name, data)
        last = _held() > memory // 2  # its memory would be missing for the next file
        write_frame(answers, dump_answer(replace(answer, last=last)))


def _answers() -> BinaryIO:
    """The way to the indexer, out of the reach of libraries that print."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


def _read(task: str, name: str, data: bytes) -> ParseAnswer:
    try:
        if task == SEARCH:
            from indexer.parsing.all_text import searchable_text  # loads the libraries of PDF

            found, unread = searchable_text(name, data)
            return ParseAnswer(searchable=found, warnings=unread)
        if task == PARSE:
            return ParseAnswer(texts=parse_file(name, data))
        fields, warnings = parse_sidecar(data)
    except UnreadableFileError as error:
        return ParseAnswer(failure=failure_of(error))
    return ParseAnswer(fields=fields, warnings=warnings)


def _hold(name: str, value: int) -> None:
    """Lower a limit permanently, if the platform supports that."""
    if resource is not None and hasattr(resource, name):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


def _allow_cpu(seconds: int) -> None:
    """End the process after so much more work, even when nobody is left to end it."""
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        spent = math.ceil(usage.ru_utime + usage.ru_stime)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, hard))


def _held() -> int:
    """The memory that the process holds, in bytes, as the limit counts it; 0 where unknown."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # nothing more is certain to work
