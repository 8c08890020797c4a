"""The report of a check as one page, which a secretary can read and forward. Pure.

It loads nothing and runs nothing; what files say of themselves is escaped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from pathlib import PurePath

from indexer.cli.language import Language, Translate, translator
from indexer.domain import BuildReport, CooperativeSummary, Problem, Severity

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border: 1px solid #ccc }
th { background: #f2f2f2 } .file { font-weight: 600; overflow-wrap: anywhere }
.missing { color: #8a1c00 } .whole { color: #1a5c2a } li { margin: .4rem 0 }
@media print { body { margin: 0 } }
"""


def html_report(report: BuildReport, language: Language, day: date) -> str:
    """What was read, what is missing of each cooperative, what was refused and what to do.

    Args:
        report: That of a check.
        language: What the page is said in.
        day: When the check was made.
    """
    say = translator(language)
    folder = PurePath(report.corpus).name
    title = say(f"Check of {folder}, {day:%d/%m/%Y}")
    errors = [p for p in report.problems if p.severity is Severity.ERROR]
    warnings = [p for p in report.problems if p.severity is Severity.WARNING]
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(_counts(report, say))}</p>",
        *_problems(say("Files that were not read"), errors, say),
        *_cooperatives(report.cooperatives, say),
        *_problems(say("What to look at"), warnings, say),
        *_competencies(report, say),
    ]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _counts(report: BuildReport, say: Translate) -> str:
    return say(
        f"{report.files} files were read: {report.documents} documents of "
        f"{report.organisations} cooperatives."
    )


def _cooperatives(found: Sequence[CooperativeSummary], say: Translate) -> Iterator[str]:
    """A row for each cooperative: its seat, its competencies, its documents, what is missing."""
    if not found:
        return
    heads = ("Cooperative", "Seat", "Competencies", "Documents", "What is missing")
    yield f"<h2>{escape(say('The cooperatives, one by one'))}</h2>"
    header = "".join(_cell(say(head), "th") for head in heads)
    yield f"<table><thead><tr>{header}</tr></thead><tbody>"
    for one in found:
        documents = ", ".join(f"{n} {say(kind)}" for kind, n in sorted(one.documents.items()))
        missing = ", ".join(say(f"missing: {what}") for what in one.missing)
        state = "missing" if missing else "whole"
        cells = (
            _cell(one.name),
            _cell(one.seat or "—"),
            _cell(", ".join(one.competencies) or "—"),
            _cell(documents or "—"),
            f'<td class="{state}">{escape(missing or say("nothing"))}</td>',
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"


def _problems(title: str, problems: Sequence[Problem], say: Translate) -> Iterator[str]:
    """Problems file by file, each with what to do."""
    if not problems:
        return
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_file[problem.path].append(problem)
    yield f"<h2>{escape(title)}</h2>"
    for path, found in by_file.items():
        lines = (f"<li>{escape(say(p.detail))}<br>→ {escape(say(p.remedy))}</li>" for p in found)
        yield f'<p class="file">{escape(say(path))}</p><ul>{"".join(lines)}</ul>'


def _competencies(report: BuildReport, say: Translate) -> Iterator[str]:
    if not report.unknown_competencies:
        return
    yield f"<h2>{escape(say('Competencies that the vocabulary does not know'))}</h2>"
    yield f"<p>{escape(say('They are found by their words. Check how they are written.'))}</p>"
    written = (escape(one.written) for one in report.unknown_competencies)
    yield f"<p>{', '.join(written)}</p>"


def _cell(text: str, tag: str = "td") -> str:
    return f"<{tag}>{escape(text)}</{tag}>"
