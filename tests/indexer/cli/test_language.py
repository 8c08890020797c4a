"""Reports in Italian, and as a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from indexer.cli.html_report import html_report
from indexer.cli.language import Language, environment_language, translator
from indexer.cli.main import main
from indexer.domain import BuildReport, CooperativeSummary, Problem, Reason, Severity
from tests.toy import ToyEncoder
from tools.report_messages import CATALOGUE, extracted

IN_ITALIAN = translator(Language.ITALIAN)


def test_every_message_of_a_report_is_said_in_italian() -> None:
    with CATALOGUE.open("rb") as file:
        known = {str(m.id): str(m.string) for m in read_po(file, locale="it") if m.id}
    assert list(known) == extracted(), "run python -m tools.report_messages"
    assert not [message for message, italian in known.items() if not italian]
    for message, italian in known.items():
        values = [f"{{{n}}}" for n in range(1, 6)]
        left = [v for v in values if v in message and v not in italian and v != "{1}"]
        assert not left, message


@pytest.mark.parametrize(
    ("said", "italian"),
    [
        ("It is protected by a password.", "È protetto da una password."),
        (
            "2 columns not recognised: «Rif. int.» (kept as text), «Sede op.» (kept as text; "
            "perhaps works_in?) · 412 rows",
            "2 colonne non riconosciute: «Rif. int.» (tenuta come testo), «Sede op.» (tenuta come "
            "testo; forse opera in?) · 412 righe",
        ),
        (
            "seat: 'Limestre (PT)' (provincia di Pistoia) (row 2), 'Zzz' (Toscana) (row 3) and 2 "
            "more is no comune of ISTAT's list; what it lies in was taken",
            "sede: 'Limestre (PT)' (provincia di Pistoia) (riga 2), 'Zzz' (Toscana) (riga 3) e "
            "altri 2 non è un comune dell'elenco ISTAT; è stato preso il territorio in cui si "
            "trova",
        ),
        (
            "rows 2, 5: no name is stated, and none was found: of no cooperative",
            "righe 2, 5: nessun nome è dichiarato né si è trovato: non è di nessuna cooperativa",
        ),
        (
            "sheet «Soci»: hidden rows were left out (show them to publish them): row 4",
            "foglio «Soci»: le righe nascoste sono state tralasciate (per pubblicarle, mostrarle): "
            "riga 4",
        ),
        (
            "taken for totals, notes or headings, no cooperatives: «Totale» (row 4), «Fonte: dati, "
            "elaborati» (row 6)",
            "considerate totali, note o intestazioni, non cooperative: «Totale» (riga 4), «Fonte: "
            "dati, elaborati» (riga 6)",
        ),
        ("It looks scanned: 3 pages, no text.", "Sembra una scansione: 3 pagine, senza testo."),
        ("profiles/r.csv, row 7", "profiles/r.csv, riga 7"),
        ("members: 'tanti' is not a number", "soci: 'tanti' non è un numero"),
        ("Words that nobody ever said.", "Words that nobody ever said."),
    ],
)
def test_a_message_is_said_in_italian(said: str, italian: str) -> None:
    assert IN_ITALIAN(said) == italian
    assert translator(Language.ENGLISH)(said) == said


@given(st.text(max_size=30).filter(lambda text: ", " not in text))
def test_what_a_message_quotes_stays_in_it(quoted: str) -> None:
    said = IN_ITALIAN(f"the field {quoted!r} is not known")
    assert said == f"il campo {quoted!r} non è conosciuto"


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "it_IT.UTF-8"}, Language.ITALIAN),
        ({"LANG": "it_IT.UTF-8", "LC_ALL": "en_GB.UTF-8"}, Language.ENGLISH),
        ({"LANG": "C"}, Language.ENGLISH),
        ({}, Language.ENGLISH),
    ],
)
def test_the_environment_tells_the_language(
    variables: dict[str, str], language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert environment_language() is language


# --- the page ------------------------------------------------------------------------------------


def report(*problems: Problem, cooperatives: tuple[CooperativeSummary, ...] = ()) -> BuildReport:
    return BuildReport("soci", "", False, 3, 4, 2, 9, 0, 9, problems, {}, (), cooperatives)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.found.append(data.strip())


def text_of(page: str) -> _Text:
    parser = _Text()
    parser.feed(page)
    return parser


def test_the_page_says_what_is_missing_and_what_was_refused() -> None:
    refused = Problem(
        "a.doc", Severity.ERROR, Reason.UNSUPPORTED, "files of type .doc are not read", "Rename it."
    )
    one = CooperativeSummary(
        "Robinia", "Adria (RO)", ("reti",), {"profile": 1}, ("contacts", "proof")
    )
    page = html_report(report(refused, cooperatives=(one,)), Language.ITALIAN, date(2026, 3, 5))
    found = text_of(page).found
    assert "Controllo di soci, 05/03/2026" in found
    assert "Letti 3 file: 4 documenti di 2 cooperative." in found
    for said in ("a.doc", "i file di tipo .doc non vengono letti", "→ Rinominarlo."):
        assert said in found
    for said in ("Robinia", "Adria (RO)", "reti", "1 profilo"):
        assert said in found
    assert "i contatti, una prova (un caso di studio)" in found


def test_what_files_say_cannot_write_the_page() -> None:
    bad = "<script>alert(1)</script>"
    problem = Problem(bad, Severity.WARNING, Reason.PARTIAL, bad, bad)
    one = CooperativeSummary(bad, bad, (bad,), {}, ())
    page = html_report(report(problem, cooperatives=(one,)), Language.ENGLISH, date(2026, 3, 5))
    assert "script" not in text_of(page).tags
    assert "src=" not in page
    assert "http" not in page


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return tmp_path / "corpus"

    return write


def test_check_writes_the_page_and_prints_in_the_language_asked_for(
    corpus: Callable[[str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus("profiles/r.csv", "Cooperativa;Comune;Attività;Rif.\nRobinia;Adria;reti;x\n")
    page = tmp_path / "report.html"
    command = ["check", str(folder), "--html", str(page), "--language", "it"]
    assert main(command, encoder=ToyEncoder()) == 0
    printed = capsys.readouterr().out
    assert "1 colonna non riconosciuta: «Rif.» (tenuta come testo) · 1 riga" in printed
    found = text_of(page.read_text("utf-8")).found
    assert found.index("Robinia") < found.index("Adria (RO)") < found.index("reti")
    assert "i contatti, una prova (un caso di studio), la data del profilo" in found
