"""Templates and static files: the only module that renders HTML."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from indexer.domain import DocumentKind
from indexer.errors import CompetenzeError
from search_service.domain import Proof
from search_service.filters.saved_list import MAX_PICKS
from search_service.filters.sector_names import label_language, sector_label
from search_service.insights import italy_map as italy_map
from search_service.insights.best_proof import is_metadata
from search_service.observability.trace import stage
from search_service.presentation import urls
from search_service.presentation.bands import why_line
from search_service.presentation.labels import words_in
from search_service.presentation.languages import LANGUAGES, language_of
from search_service.presentation.urls import passage_url
from search_service.query import wording
from search_service.search.highlight import pieces, reading_start

_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript"}  # not known on every system


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of templates/static: its type, its address and its bytes."""

    media_type: str
    url: str
    content: bytes


class Renderer:
    """Makes HTML from templates, in every language.

    ``origin`` is the service's public address; empty uses the one that a request names.
    ``contact`` is a mail or a web address to write to; empty shows none.
    """

    def __init__(self, origin: str = "", contact: str = "") -> None:
        self.origin = origin
        folder = templates_folder()
        self.assets = read_assets(folder / "static")
        self._environments = {code: environment(folder, self.assets, code) for code in LANGUAGES}
        for one in self._environments.values():
            one.globals["contact"] = contact

    @property
    def icon(self) -> str:
        """The address of the icon."""
        return self.assets["favicon.svg"].url

    @stage("render")
    def html(self, language: str, name: str, context: Mapping[str, object]) -> str:
        """Fill in a template.

        Args:
            language: The code of the page's language.
            name: The template's file name.
            context: The values it shows.
        """
        return self._environments[language].get_template(name).render(context)


def templates_folder() -> Path:
    """The folder of the templates: inside the installed package or at the top of the project."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise CompetenzeError(
        f"The page templates are neither in {package} nor beside it.",
        remedy="Install the package again, or start the service in the project's folder.",
    )


def read_assets(folder: Path) -> Mapping[str, Asset]:
    """The static files by path; the address of each changes with its content."""
    assets = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content, name = path.read_bytes(), path.relative_to(folder).as_posix()
        guessed = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        url = f"/static/{quote(name)}?v={sha256(content).hexdigest()[:8]}"
        assets[name] = Asset(guessed or "application/octet-stream", url, content)
    return assets


def environment(folder: Path, assets: Mapping[str, Asset], language: str) -> Environment:
    """Jinja2 over the templates: everything is escaped, and a misspelt name is an error.

    Args:
        folder: The templates.
        assets: The static files by path, whose addresses pages link to.
        language: The code of the language whose messages are installed.
    """
    env = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    env.policies["ext.i18n.trimmed"] = True
    # The extension adds the method, which type checkers cannot see.
    env.install_gettext_translations(language_of(language).catalogue, newstyle=True)  # type: ignore[attr-defined]
    words = words_in(language)
    env.filters["place"] = words.place
    env.filters["sector"] = sector_label
    env.filters["capitalised"] = capitalised
    env.globals.update(
        static={name: asset.url for name, asset in assets.items()},
        words=words,
        note=partial(wording.note, words=words),
        language=language,
        languages=LANGUAGES,
        foreign=lambda code: foreign_language(code, language),
        pieces=pieces,
        reading_start=reading_start,
        is_metadata=is_metadata,
        label_language=label_language,
        why_line=partial(why_line, words=words),
        today=date.today,
        MAX_PICKS=MAX_PICKS,
        DocumentKind=DocumentKind,
        Proof=Proof,
        italy_map=italy_map,
        passage_url=passage_url,
        original_url=urls.original_url,
        web_link=urls.web_link,
        mail_link=urls.mail_link,
    )
    return env


def capitalised(text: str) -> str:
    """A text as a heading or a sentence begins; one whose first word has capitals stays: "iOS"."""
    first, *_ = text.split(maxsplit=1) or [""]
    return text[:1].upper() + text[1:] if first.islower() else text


def foreign_language(code: str, page: str) -> str:
    """The code for a lang attribute; empty if it is the page's own language or no code."""
    return code if code != page and _LANGUAGE_CODE.fullmatch(code) else ""
