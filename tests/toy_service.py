"""The service's command line with the toy encoder: ``python -m tests.toy_service serve``."""

from __future__ import annotations

import sys

from search_service.cli.main import main
from tests.toy import ToyEncoder

if __name__ == "__main__":
    sys.exit(main(encoder=ToyEncoder()))
