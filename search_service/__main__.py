"""``python -m search_service``."""

from search_service.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
