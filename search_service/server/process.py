"""What a serving process sets once, so that it answers fast on a small and busy machine."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

_THREADS = "OMP_NUM_THREADS"


def limit_library_threads() -> None:
    """Let numpy and FAISS compute in one thread, unless OMP_NUM_THREADS says otherwise.

    What they compute for a question takes milliseconds. Threads that share it wait for each other,
    busily: on a machine whose cores have other work, longer than the work takes one. Libraries that
    are loaded later, and processes that are started, read the variable.
    """
    if _THREADS not in os.environ:
        os.environ[_THREADS] = "1"
        threadpool_limits(1, user_api="blas")  # numpy's read the environment when it was loaded


@contextmanager
def uncollected() -> Iterator[None]:
    """Make objects that stay without looking for garbage among them, then or later.

    What is loaded at the start are some 400,000 objects: to go through them all takes longer than a
    question, and many times over a fifth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
    gc.freeze()
