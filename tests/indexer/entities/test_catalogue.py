"""Who each document speaks of: one organisation for all its spellings, and the right part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from indexer.domain import (
    Block,
    Document,
    DocumentKind,
    Organisation,
    ParsedText,
    Reason,
    Role,
    Severity,
)
from indexer.entities.catalogue import Catalogue, build_catalogue
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from indexer.places import Gazetteer
from indexer.settings import Settings
from indexer.source.drafts import Draft, draft
from indexer.source.metadata import FieldProblem, Fields
from indexer.source.problems import field_problems
from tests.indexer.metadata_samples import SAMPLES, WRITTEN
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
    result, problems = build_catalogue(drafts, GAZETTEER)
    assert problems == ()
    return result


def reported(*drafts: Draft) -> tuple[Catalogue, list[tuple[str, str]]]:
    """The catalogue, and where and why it warns."""
    result, problems = build_catalogue(drafts, GAZETTEER)
    assert {p.severity for p in problems} <= {Severity.WARNING}
    return result, [(p.path, p.detail) for p in problems]


def only(found: Sequence[Organisation]) -> Organisation:
    (organisation,) = found
    return organisation


def shared_with_fields(kind: type[Organisation | Document]) -> list[str]:
    return sorted(SAMPLES.keys() & {field.name for field in fields(kind)})


@pytest.mark.parametrize("name", shared_with_fields(Organisation))
def test_what_a_profile_states_is_on_its_organisation(name: str) -> None:
    given = profile("Arca", **({} if name == "name" else {name: SAMPLES[name]}))
    found = getattr(only(resolved(given).organisations), name)
    assert found == getattr(given.fields, name), f"catalogue._merge leaves {name} out"
    assert name == "name" or found != getattr(Fields(), name)


@pytest.mark.parametrize("name", shared_with_fields(Document))
def test_what_a_file_states_is_on_its_document(name: str) -> None:
    given = made("case_studies/a.md", "Un testo.", **{WRITTEN.get(name, name): SAMPLES[name]})
    (entry,) = resolved(given).entries
    stated = getattr(given.fields, name)
    expected = stated.document if name == "visibility" else stated
    assert getattr(entry.document, name) == expected, f"catalogue._document leaves {name} out"
    assert stated != getattr(Fields(), name)


def links(found: Catalogue, document: str) -> dict[str, Role]:
    (entry,) = [e for e in found.entries if e.document.id == document]
    return {link.organisation: link.role for link in entry.document.organisations}


def problems_of(path: str, **metadata: object) -> tuple[Draft, tuple[FieldProblem, ...]]:
    return draft(path, "0" * 64, ParsedText((), metadata), GAZETTEER)


def test_profiles_of_one_number_that_share_neither_name_nor_seat_are_told() -> None:
    found, told = reported(
        profile("Arca", vat=VAT, seat="Bardi"), profile("Bussola", vat=VAT, seat="Bologna")
    )
    assert only(found.organisations).id == f"it{VAT}"
    assert told == [
        (
            "profiles/Bussola.md",
            "'Bussola' has the VAT number of 'Arca' (profiles/Arca.md): they were taken for one",
        )
    ]
    resolved(profile("Arca", vat=VAT), profile("ARCA soc. coop.", "profiles/b.md", vat=VAT))
    resolved(profile("Arca", vat=VAT, seat="Bardi"), profile("Nuova", vat=VAT, seat="Bardi"))
    moved = profile("Nuova", vat=VAT, seat="Bologna", aliases=["Arca"])
    resolved(profile("Arca", vat=VAT, seat="Bardi"), moved)


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
    assert problem.reason is Reason.UNKNOWN_KIND


def test_an_unknown_kind_in_the_metadata_leaves_the_decision_to_the_folder() -> None:
    found, (problem,) = problems_of("case_studies/a.md", kind="brochure")
    assert found.kind is DocumentKind.CASE_STUDY
    assert problem.reason is Reason.UNKNOWN_KIND


def test_a_problem_of_a_row_names_the_row() -> None:
    text = ParsedText((), {"name": "Arca", "date": "ieri"}, row=7)
    _, (found,) = draft("profiles/r.csv", "0", text, GAZETTEER)
    (problem,) = field_problems("profiles/r.csv", [(7, found)])
    assert (problem.path, problem.severity) == ("profiles/r.csv, row 7", Severity.WARNING)


def test_the_title_is_the_first_that_says_something() -> None:
    parsed = ParsedText((), {"title": "T", "name": "N"}, title="H")
    assert draft("profiles/f.md", "0", parsed, GAZETTEER)[0].title == "T"
    parsed = ParsedText((), {"name": "N"}, title="H")
    assert draft("profiles/f.md", "0", parsed, GAZETTEER)[0].title == "N"
    assert draft("events/f.md", "0", ParsedText((), {}, title="H"), GAZETTEER)[0].title == "H"
    assert draft("events/f.due.md", "0", ParsedText(()), GAZETTEER)[0].title == "F.due"
    of_a_file = draft("events/festa_di-strada.txt", "0", ParsedText(()), GAZETTEER)[0]
    assert of_a_file.title == "Festa di strada"


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
    parsed = ParsedText((Block("Il resto.", ("Refolo",)),), {"title": "Giornata di Arca"})
    event, _ = draft("events/e.md", "0", parsed, GAZETTEER)
    found = resolved(profile("Arca"), profile("Refolo"), event)
    assert links(found, "events/e.md") == {"arca": Role.MENTION, "refolo": Role.MENTION}


# --- namesakes -----------------------------------------------------------------------------

TURIN = profile("Luna", "profiles/uno.md", seat="Torino", competencies="vino")
BARI = profile("Luna", "profiles/due.md", seat="Bari", competencies="barche")
TOLD = (
    "profiles/uno.md",
    "'Luna' is also the name of Luna of Bari (BA) (profiles/due.md): they were kept apart",
)
BOTH = "'Luna' is the name of Luna of Bari (BA) and of Luna of Torino (TO)"


def test_two_cooperatives_of_one_name_are_two_with_their_own_profiles() -> None:
    for drafts in ((TURIN, BARI), (BARI, TURIN)):
        found, warnings = reported(*drafts)
        assert [(o.id, o.name, o.competencies) for o in found.organisations] == [
            ("luna--bari-ba", "Luna", ("barche",)),
            ("luna--torino-to", "Luna", ("vino",)),
        ]
        assert links(found, "profiles/uno.md") == {"luna--torino-to": Role.SUBJECT}
        assert links(found, "profiles/due.md") == {"luna--bari-ba": Role.SUBJECT}
        assert warnings == [TOLD]


def test_namesakes_told_apart_by_their_vat_numbers_are_no_matter_to_report() -> None:
    found = resolved(
        profile("Luna", "profiles/1.md", vat=VAT, seat="Torino"),
        profile("Luna", "profiles/2.md", vat=OTHER_VAT, seat="Bari"),
    )
    assert [o.id for o in found.organisations] == [f"it{VAT}", f"it{OTHER_VAT}"]


def test_of_many_namesakes_a_warning_names_a_few() -> None:
    seats = ("Torino", "Bari", "Roma", "Parma", "Imola", "Siena")
    many = [profile("Luna", f"profiles/{n}.md", seat=seat) for n, seat in enumerate(seats)]
    _, warnings = reported(*many, made("case_studies/c.md", cooperatives="Luna"))
    assert (
        "case_studies/c.md",
        "'Luna' is the name of Luna of Bari (BA) and of Luna of Imola (BO) and of Luna of Parma "
        "(PR) and of 3 more: it was linked to none",
    ) in warnings


def test_a_profile_that_may_be_either_namesake_s_is_nobody_else_s() -> None:
    found, warnings = reported(TURIN, BARI, profile("Luna", "profiles/tre.md", members=3))
    assert links(found, "profiles/tre.md") == {"luna": Role.SUBJECT}
    assert [(o.id, o.members) for o in found.organisations] == [
        ("luna", 3),
        ("luna--bari-ba", None),
        ("luna--torino-to", None),
    ]
    assert (
        "profiles/tre.md",
        "'Luna' is also the name of Luna of Bari (BA) (profiles/due.md): they were kept apart",
    ) in warnings


def test_rows_of_namesakes_are_documents_of_their_own() -> None:
    rows = [
        made("profiles/r.csv", "Vino.", row=2, name="Luna", seat="Torino"),
        made("profiles/r.csv", "Barche.", row=3, name="Luna", seat="Bari"),
        made("profiles/r.csv", "Pane.", row=4, name="Luna", vat=VAT),
        made("profiles/r.csv", "Miele.", row=5, name="Sole", seat="Bari"),
    ]
    found, _ = reported(*rows)
    assert {e.document.id: links(found, e.document.id) for e in found.entries} == {
        f"profiles/r.csv/it{VAT}": {f"it{VAT}": Role.SUBJECT},
        "profiles/r.csv/luna--bari-ba": {"luna--bari-ba": Role.SUBJECT},
        "profiles/r.csv/luna--torino-to": {"luna--torino-to": Role.SUBJECT},
        "profiles/r.csv/sole": {"sole": Role.SUBJECT},
    }


@pytest.mark.parametrize("field", ["cooperatives", "organisers", "participants"])
def test_a_shared_name_in_a_field_is_linked_to_none_and_names_both(field: str) -> None:
    folder = "case_studies" if field == "cooperatives" else "events"
    found, warnings = reported(TURIN, BARI, made(f"{folder}/c.md", "Un lavoro.", **{field: "Luna"}))
    assert links(found, f"{folder}/c.md") == {}
    assert [o.id for o in found.organisations] == ["luna--bari-ba", "luna--torino-to"]
    assert warnings == [TOLD, (f"{folder}/c.md", f"{BOTH}: it was linked to none")]


def test_a_shared_name_in_a_text_is_linked_to_none_and_reported_once() -> None:
    text = "Con Luna abbiamo aperto la cantina. Luna ha curato il vino."
    found, warnings = reported(TURIN, BARI, made("case_studies/c.md", text))
    assert links(found, "case_studies/c.md") == {}
    assert warnings == [TOLD, ("case_studies/c.md", f"{BOTH}: it was linked to none")]


def test_the_remedy_for_a_shared_name_shows_how_to_write_it() -> None:
    _, problems = build_catalogue(
        [TURIN, BARI, made("case_studies/c.md", "Luna c'era.")], GAZETTEER
    )
    (problem,) = [p for p in problems if p.path == "case_studies/c.md"]
    assert problem.remedy == (
        "Write its seat beside it, as in 'Luna (Bari)', or an alias that only one of them has."
    )


@pytest.mark.parametrize("written", ["Luna (Torino)", "Luna Torino", "LUNA soc. coop. (Torino)"])
def test_the_seat_beside_it_settles_a_shared_name(written: str) -> None:
    study = made("case_studies/c.md", "Luna ha curato il vino.", cooperatives=[written])
    found, warnings = reported(TURIN, BARI, study)
    assert links(found, "case_studies/c.md") == {"luna--torino-to": Role.AUTHOR}
    assert warnings == [TOLD]


def test_the_seat_in_the_text_settles_it_for_the_rest_of_the_text() -> None:
    text = "Il lavoro è di Luna di Bari. Luna ha curato le barche."
    found, warnings = reported(TURIN, BARI, made("case_studies/c.md", text))
    assert links(found, "case_studies/c.md") == {"luna--bari-ba": Role.AUTHOR}
    assert warnings == [TOLD]


def test_in_its_own_profile_a_shared_name_is_its_own() -> None:
    turin = made("profiles/uno.md", "Luna fa vino.", name="Luna", seat="Torino")
    found, warnings = reported(turin, BARI)
    assert links(found, "profiles/uno.md") == {"luna--torino-to": Role.SUBJECT}
    assert warnings == [TOLD]


def test_a_shared_name_of_namesakes_that_are_all_linked_is_no_matter_to_report() -> None:
    both = ["Luna (Torino)", "Luna (Bari)"]
    found, warnings = reported(
        TURIN, BARI, made("case_studies/c.md", "Luna e Luna insieme.", cooperatives=both)
    )
    linked = {"luna--torino-to": Role.AUTHOR, "luna--bari-ba": Role.AUTHOR}
    assert links(found, "case_studies/c.md") == linked
    assert warnings == [TOLD]


def test_authors_without_a_profile_are_nobody_else() -> None:
    found = resolved(
        profile("Луна", "profiles/uno.md"),
        made("case_studies/c.md", cooperatives=["Солнце", "月", "Луна", "Arca"]),
    )
    assert sorted(o.name for o in found.organisations) == ["Arca", "Луна", "Солнце", "月"]
    assert "senza-nome" in links(found, "case_studies/c.md")
    assert len(links(found, "case_studies/c.md")) == 4


def test_a_cooperative_that_is_called_like_a_namesake_and_its_seat_keeps_its_name() -> None:
    study = made("case_studies/c.md", cooperatives="Luna Bari")
    found, _ = reported(TURIN, BARI, profile("Luna Bari"), study)
    assert links(found, "case_studies/c.md") == {"luna-bari": Role.AUTHOR}


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
    found, (problem,) = build_catalogue([first, second], GAZETTEER)
    assert [e.document.id for e in found.entries] == ["profiles/r.csv/arca"]
    assert found.entries[0].blocks[0].text == "primo"
    assert problem.path == "profiles/r.csv, row 5"
    assert (problem.severity, problem.reason) == (Severity.ERROR, Reason.DUPLICATE_ID)


def test_no_drafts_make_an_empty_catalogue() -> None:
    found = resolved()
    assert (found.entries, found.organisations) == ((), ())


def test_a_passage_speaks_for_the_namesake_that_its_document_names(tmp_path: Path) -> None:
    sources = {
        "profiles/uno.md": "---\nname: Luna\nseat: Torino\n---\nVino.\n",
        "profiles/due.md": "---\nname: Luna\nseat: Bari\n---\nBarche.\n",
        "profiles/tre.md": "---\nname: Refolo\n---\nDati.\n",
        "events/e.md": "---\norganisers: [Luna (Bari), Refolo]\n---\nLuna ha mostrato le barche.\n",
    }
    for name, text in sources.items():
        path = tmp_path / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    report = build_index(settings, ToyEncoder())
    assert [(p.path, p.severity) for p in report.problems] == [
        ("profiles/uno.md", Severity.WARNING)
    ]
    generation, _ = load_current(settings.index)
    speaks = {p.document: p.organisations for p in generation.passages}
    assert speaks == {
        "events/e.md": ("luna--bari-ba",),
        "profiles/due.md": ("luna--bari-ba",),
        "profiles/tre.md": ("refolo",),
        "profiles/uno.md": ("luna--torino-to",),
    }
