"""The log: one JSON object per line on standard error, without questions unless enabled."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from indexer.text.printable import printable_json
from search_service.observability import trace

_HIDDEN = "(the question)"
_SHORT = 4  # characters


def configure_logging(*, log_questions: bool) -> None:
    """Configure logging: the service's from INFO, libraries' from WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(log_questions=log_questions))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("search_service").setLevel(logging.INFO)


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object with the request's id."""

    def __init__(self, *, log_questions: bool) -> None:
        super().__init__()
        self._log_questions = log_questions

    def format(self, record: logging.LogRecord) -> str:
        """The line; an error's stack is a field of it."""
        noted = trace.current_trace()
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._without_question(record.getMessage(), noted),
        }
        if noted is not None:
            line["request"] = noted.request
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self._without_question(self.formatException(record.exc_info), noted)
        return printable_json(json.dumps(line, ensure_ascii=False, default=str))

    def _without_question(self, text: str, noted: trace.Trace | None) -> str:
        """The text without the question that is being answered, as it may be in an error."""
        if self._log_questions or noted is None or not noted.question.strip():
            return text
        written = {noted.question, noted.question.strip(), repr(noted.question)[1:-1]}
        forms = "|".join(map(_pattern, sorted(written, key=len, reverse=True)))
        return re.sub(forms, _HIDDEN, text)


def _pattern(form: str) -> str:
    """A pattern for a text; one or two letters only as a word, as a gap inside words shows them."""
    found = re.escape(form)
    return found if len(form) >= _SHORT else rf"(?<!\w){found}(?!\w)"
