"""The indexer's command line with the toy encoder: python -m tests.indexer.torture.toy_indexer ...

For tests that need a process of their own: one that is killed, signalled, or locked out. With
``HOLD`` in the environment, naming a file, the encoder makes that file and then waits for ever.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from indexer.cli.main import main
from indexer.domain import Encoded
from tests.toy import ToyEncoder


class _Holding(ToyEncoder):
    """A toy that never ends its work."""

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        Path(os.environ["HOLD"]).touch()
        while True:
            time.sleep(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], _Holding() if "HOLD" in os.environ else ToyEncoder()))
