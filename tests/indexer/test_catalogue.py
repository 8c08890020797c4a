"""Who each document speaks of: one organisation for all its spellings, and the right part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.build import check
from indexer.catalogue import Catalogue, Draft, catalogue, draft
from indexer.model import (
    Block,
    Document,
    DocumentKind,
    Organisation,
    ParsedText,
    Problem,
    Reason,
    Role,
    Severity,
)
from indexer.places import Gazetteer
from indexer.settings import Settings
from tests.toy import ToyEncoder

GAZETTEER = Gazetteer.load()
VAT, OTHER_VAT = "00488410010", "01114601006"


def made(path: str, text: str = "", row: int | None = None, **metadata: object) -> Draft:
    blocks = (Block(text),) if text else ()
    result, problems = draft(path, "0" * 64, ParsedText(blocks, metadata, row=row), GAZETTEER)
    assert problems == ()
    return result


def profile(name: str, path: str = "", **metadata: object) -> Draft:
    return made(path or f"profiles/{name}.md", name=name, **metadata)


def resolved(*drafts: Draft) -> Catalogue:
    result, problems = catalogue(drafts)
    assert problems == ()
    return result


def only(found: Sequence[Organisation]) -> Organisation:
    (organisation,) = found
    return organisation


def links(found: Catalogue, document: str) -> dict[str, Role]:
    (entry,) = [e for e in found.entries if e.document.id == document]
    return {link.organisation: link.role for link in entry.document.organisations}


def problems_of(path: str, **metadata: object) -> tuple[Draft, tuple[Problem, ...]]:
    return draft(path, "0" * 64, ParsedText((), metadata), GAZETTEER)


# --- kind, title, identity -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("profiles/a.md", DocumentKind.PROFILE),
        ("profiles/2024/emilia/a.md", DocumentKind.PROFILE),
        ("case_studies/a.md", DocumentKind.CASE_STUDY),
        ("archivio/events/a.md", DocumentKind.EVENT),
    ],
)
def test_the_folder_gives_the_kind(path: str, kind: DocumentKind) -> None:
    assert made(path).kind is kind


def test_the_metadata_wins_over_the_folder_and_a_row_is_a_profile() -> None:
    assert made("events/a.md", kind="profile").kind is DocumentKind.PROFILE
    assert made("events/registro.csv", row=2, name="Arca").kind is DocumentKind.PROFILE
    assert made("x.csv", row=2, kind="evento").kind is DocumentKind.EVENT


def test_a_document_of_unknown_kind_is_read_as_an_event_and_reported() -> None:
    found, (problem,) = problems_of("varie/a.md")
    assert found.kind is DocumentKind.EVENT
    assert (problem.path, problem.severity) == ("varie/a.md", Severity.WARNING)
    assert problem.reason is Reason.UNKNOWN_KIND


def test_an_unknown_kind_in_the_metadata_leaves_the_decision_to_the_folder() -> None:
    found, (problem,) = problems_of("case_studies/a.md", kind="brochure")
    assert found.kind is DocumentKind.CASE_STUDY
    assert problem.reason is Reason.UNKNOWN_KIND


def test_a_problem_of_a_row_names_the_row() -> None:
    text = ParsedText((), {"name": "Arca", "date": "ieri"}, row=7)
    _, (problem,) = draft("profiles/r.csv", "0", text, GAZETTEER)
    assert problem.path == "profiles/r.csv, row 7"


def test_the_title_is_the_first_that_says_something() -> None:
    parsed = ParsedText((), {"title": "T", "name": "N"}, title="H")
    assert draft("profiles/f.md", "0", parsed, GAZETTEER)[0].title == "T"
    parsed = ParsedText((), {"name": "N"}, title="H")
    assert draft("profiles/f.md", "0", parsed, GAZETTEER)[0].title == "N"
    assert draft("events/f.md", "0", ParsedText((), {}, title="H"), GAZETTEER)[0].title == "H"
    assert draft("events/f.due.md", "0", ParsedText(()), GAZETTEER)[0].title == "f.due"


def test_the_id_is_the_path_and_the_name_for_a_row() -> None:
    assert made("events/Comunità.md").id == "events/Comunità.md"
    assert made("profiles/r.csv", row=2, name="Arca & Noè s.r.l.").id == "profiles/r.csv/arca-noe"


# --- organisations -------------------------------------------------------------------------


def test_the_vat_number_identifies_and_else_the_name() -> None:
    assert only(resolved(profile("Arca", vat=VAT)).organisations).id == f"it{VAT}"
    assert only(resolved(profile("Arca Nova scarl")).organisations).id == "arca-nova"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (profile("Arca", vat=VAT), profile("Tutt'altro", vat=VAT)),
        (profile("Arca", vat=VAT), profile("ARCA S.C.A.R.L.")),
        (profile("Arca", vat=VAT), profile("La Nave", aliases=["Arca soc. coop."])),
        (profile("La Nave", vat=VAT, aliases="Arca"), profile("ARCA")),
        (profile("Arca soc. coop.", "profiles/1.md"), profile("Arca", "profiles/2.md")),
    ],
)
def test_two_profiles_of_one_cooperative_are_one_organisation(first: Draft, second: Draft) -> None:
    for drafts in ((first, second), (second, first)):
        found = resolved(*drafts)
        organisation = only(found.organisations)
        assert links(found, first.id) == {organisation.id: Role.SUBJECT}
        assert links(found, second.id) == {organisation.id: Role.SUBJECT}


def test_two_cooperatives_of_one_name_stay_two_when_their_vat_numbers_differ() -> None:
    found = resolved(
        profile("Arca", "profiles/1.md", vat=VAT), profile("Arca", "profiles/2.md", vat=OTHER_VAT)
    )
    assert [o.id for o in found.organisations] == [f"it{VAT}", f"it{OTHER_VAT}"]
    assert links(found, "profiles/2.md") == {f"it{OTHER_VAT}": Role.SUBJECT}


def test_two_profiles_are_joined_the_newest_first() -> None:
    old = profile(
        "Arca Vecchia",
        vat=VAT,
        updated="2020",
        seat="Bardi",
        members=3,
        competencies="reti, cloud",
        website="https://old.example",
        works_in="Umbria",
    )
    new = profile(
        "Arca",
        vat=VAT,
        updated="2024",
        members=0,
        competencies="cloud, dati",
        remote=True,
        aliases="Arca Lab",
        works_in="Toscana",
        fictional=True,
    )
    arca = only(resolved(old, new).organisations)
    assert arca.name == "Arca"
    assert arca.aliases == ("Arca Vecchia", "Arca Lab")
    assert arca.competencies == ("cloud", "dati", "reti")
    assert (arca.members, arca.remote, arca.fictional) == (0, True, True)
    assert arca.website == "https://old.example"
    assert arca.seat is not None
    assert arca.seat.name == "Bardi"
    assert [p.name for p in arca.works_in] == ["Toscana", "Umbria"]


def test_a_file_without_a_name_is_the_profile_of_its_title() -> None:
    found = resolved(made("profiles/x.md", title="Arca Nova"))
    assert only(found.organisations).name == "Arca Nova"


def test_organisations_and_documents_are_sorted_by_id() -> None:
    found = resolved(profile("Zeta"), profile("Alfa"), made("events/a.md"))
    assert [o.id for o in found.organisations] == ["alfa", "zeta"]
    assert [e.document.id for e in found.entries] == [
        "events/a.md",
        "profiles/Alfa.md",
        "profiles/Zeta.md",
    ]


# --- who did what --------------------------------------------------------------------------


def test_a_case_study_makes_an_organisation_of_an_author_without_a_profile() -> None:
    found = resolved(
        made("case_studies/c.md", "Un lavoro.", cooperatives="Nuova Rotta scarl", fictional=True)
    )
    organisation = only(found.organisations)
    assert (organisation.id, organisation.name) == ("nuova-rotta", "Nuova Rotta scarl")
    assert organisation.fictional
    assert links(found, "case_studies/c.md") == {"nuova-rotta": Role.AUTHOR}


def test_an_author_is_found_by_any_spelling_of_its_profile() -> None:
    found = resolved(
        profile("Arca", vat=VAT, aliases="La Nave"),
        made("case_studies/c.md", cooperatives=["ARCA società cooperativa"]),
        made("case_studies/d.md", cooperatives=["La Nave soc. coop."]),
    )
    assert only(found.organisations).id == f"it{VAT}"
    assert links(found, "case_studies/c.md") == {f"it{VAT}": Role.AUTHOR}
    assert links(found, "case_studies/d.md") == {f"it{VAT}": Role.AUTHOR}


def test_an_unsigned_case_study_is_by_those_its_text_names() -> None:
    found = resolved(
        profile("Arca"), profile("Refolo"), made("case_studies/c.md", "Il lavoro di Arca e Refolo.")
    )
    assert links(found, "case_studies/c.md") == {"arca": Role.AUTHOR, "refolo": Role.AUTHOR}


def test_in_a_signed_case_study_the_others_are_only_mentioned() -> None:
    found = resolved(
        profile("Arca"),
        profile("Refolo"),
        made("case_studies/c.md", "Con l'aiuto di Refolo.", cooperatives="Arca"),
    )
    assert links(found, "case_studies/c.md") == {"arca": Role.AUTHOR, "refolo": Role.MENTION}


def test_the_client_of_an_unsigned_case_study_did_not_do_the_work() -> None:
    found = resolved(
        profile("Arca"),
        profile("Refolo"),
        made("case_studies/c.md", "Arca ha lavorato per Refolo.", client="Refolo soc. coop."),
    )
    assert links(found, "case_studies/c.md") == {"arca": Role.AUTHOR, "refolo": Role.MENTION}


def test_who_only_comes_to_an_event_is_no_candidate() -> None:
    found = resolved(
        profile("Arca"),
        made("events/e.md", organisers="Arca, Ente Ignoto", participants="Ente Ignoto | Altri"),
        made("events/f.md", organisers=["Arca", "Ente Ignoto"], participants=["Altri"]),
    )
    assert only(found.organisations).id == "arca"
    assert links(found, "events/f.md") == {"arca": Role.ORGANISER}


def test_parts_in_an_event_and_the_strongest_is_kept() -> None:
    found = resolved(
        profile("Arca"),
        profile("Refolo"),
        profile("Noè"),
        made(
            "events/e.md",
            "Noè e Arca hanno parlato.",
            organisers=["Arca"],
            participants=["Arca", "Refolo"],
        ),
    )
    assert links(found, "events/e.md") == {
        "arca": Role.ORGANISER,
        "refolo": Role.PARTICIPANT,
        "noe": Role.MENTION,
    }


def test_mentions_are_read_in_titles_and_headings_too() -> None:
    found, _ = catalogue(
        [
            profile("Arca"),
            profile("Refolo"),
            draft(
                "events/e.md",
                "0",
                ParsedText((Block("Il resto.", ("Refolo",)),), {"title": "Giornata di Arca"}),
                GAZETTEER,
            )[0],
        ]
    )
    assert links(found, "events/e.md") == {"arca": Role.MENTION, "refolo": Role.MENTION}


def test_a_name_shared_by_two_cooperatives_signs_nothing_and_is_reported() -> None:
    found, (problem,) = catalogue(
        [
            profile("Arca", "profiles/1.md", vat=VAT),
            profile("Arca", "profiles/2.md", vat=OTHER_VAT),
            profile("Refolo"),
            made("case_studies/c.md", "Arca con Refolo.", cooperatives="Arca"),
        ]
    )
    assert links(found, "case_studies/c.md") == {"refolo": Role.MENTION}
    assert (problem.path, problem.severity) == ("case_studies/c.md", Severity.WARNING)
    assert problem.detail == "'Arca' is the name of 2 cooperatives: it was linked to none"


# --- documents -----------------------------------------------------------------------------


def test_a_document_carries_what_its_fields_say() -> None:
    found = resolved(
        made(
            "case_studies/c.md",
            "Abbiamo posato la fibra ottica nelle frazioni del comune.",
            title="Banda larga",
            date="2023-09",
            updated="2024-01-02",
            source="https://a.example",
            client="Comune di Bardi",
            place="Bardi",
            competencies="reti",
            sectors="sanità",
            fictional=True,
        )
    )
    (entry,) = found.entries
    document: Document = entry.document
    assert (document.title, str(document.period), str(document.updated)) == (
        "Banda larga",
        "2023-09",
        "2024-01-02",
    )
    assert (document.client, document.source) == ("Comune di Bardi", "https://a.example")
    assert document.place is not None
    assert document.place.label == "Bardi (PR)"
    assert (document.competencies, document.sectors) == (("reti",), ("sanità",))
    assert (document.language, document.fictional) == ("it", True)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We build websites for farmers and their markets.", "en"),
        ("Costruiamo siti per gli agricoltori e i loro mercati.", "it"),
        ("42", "it"),
    ],
)
def test_the_language_is_detected_where_nobody_wrote_it(text: str, language: str) -> None:
    (entry,) = resolved(made("events/e.md", text)).entries
    assert entry.document.language == language


def test_a_written_language_wins_over_the_text() -> None:
    (entry,) = resolved(
        made("events/e.md", "We build websites for farmers.", language="it")
    ).entries
    assert entry.document.language == "it"


def test_what_the_fields_declare_can_be_cited_before_the_text() -> None:
    found = resolved(
        made("profiles/a.md", "Testo.", name="Arca", competencies="reti, cloud", sectors="62.10")
    )
    declared, text = found.entries[0].blocks
    assert declared.text == "Competenze: reti, cloud.\nSettori: 62.10."
    assert declared.headings == ("Scheda",)
    assert text.text == "Testo."


def test_a_document_that_declares_nothing_has_only_its_text() -> None:
    assert [b.text for b in resolved(made("events/e.md", "Testo.")).entries[0].blocks] == ["Testo."]


def test_a_second_document_of_one_id_is_left_out_and_reported() -> None:
    first = made("profiles/r.csv", "primo", row=2, name="Arca")
    second = made("profiles/r.csv", "secondo", row=5, name="ARCA soc. coop.")
    found, (problem,) = catalogue([first, second])
    assert [e.document.id for e in found.entries] == ["profiles/r.csv/arca"]
    assert found.entries[0].blocks[0].text == "primo"
    assert problem.path == "profiles/r.csv, row 5"
    assert (problem.severity, problem.reason) == (Severity.ERROR, Reason.DUPLICATE_ID)


def test_no_drafts_make_an_empty_catalogue() -> None:
    found = resolved()
    assert (found.entries, found.organisations) == ((), ())


def test_one_name_with_two_seats_is_reported(tmp_path: Path) -> None:
    for name, seat in (("uno", "Torino"), ("due", "Bari")):
        folder = tmp_path / "corpus" / "profiles"
        folder.mkdir(parents=True, exist_ok=True)
        text = f"---\nname: Luna\nseat: {seat}\n---\nVino e barche.\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    report = check(Settings(corpus=tmp_path / "corpus", index=tmp_path / "index"), ToyEncoder())
    (problem,) = report.problems
    assert (problem.path, problem.severity) == ("profiles/uno.md", Severity.WARNING)
    assert "another seat in profiles/due.md" in problem.detail
    assert "VAT" in problem.remedy
