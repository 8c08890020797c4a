"""The data behind the pages on competencies, on an organisation, and on the network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from indexer.domain import Document, DocumentKind, Period
from indexer.index.snapshot import Generation, load_current
from indexer.places import Gazetteer
from indexer.vocabulary import Linker
from search_service.domain import ExplicitFilters, Proof
from search_service.filters.competencies import (
    CompetenceName,
    Key,
    competence_key,
    competence_name,
    competencies_of,
    slug,
)
from search_service.filters.who_did_it import able
from search_service.insights.competence_families import counted, families_of, with_words
from search_service.insights.competence_profile import (
    MAX_CO_OCCURRING,
    CompetencePage,
    CompetenceSummary,
    Holder,
    competence_page,
)
from search_service.insights.network_overview import (
    MAX_HEAT_ROWS,
    Cell,
    NetworkOverview,
    network_overview,
)
from search_service.insights.organisation_profile import OrganisationProfile, organisation_profile
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

GAZETTEER = Gazetteer.load()
PAYROLL = CompetenceName("elaborazione paghe", "payroll")


def key(text: str) -> Key:
    return competence_key(text, Linker.load())


def all_competencies(generation: Generation) -> tuple[CompetenceSummary, ...]:
    """The competencies of every family, in alphabetical order."""
    found = (one.summary for family in families_of(generation) for one in family.competencies)
    return tuple(sorted(found, key=lambda s: (s.name.label.casefold(), s.slug)))


def written(name: str) -> CompetenceName:
    return CompetenceName(name, name)


def profile(name: str, seat: str, competencies: str, text: str) -> str:
    return f"---\nname: {name}\nseat: {seat}\ncompetencies: [{competencies}]\n---\n{text}\n"


def case(title: str, who: str, more: str, text: str) -> str:
    return f"---\ntitle: {title}\ncooperatives: [{who}]\n{more}\n---\n{text}\n"


SOURCES = {
    "profiles/rossa.md": profile(
        "Rossa",
        "Bologna",
        "Data Engineering, crisantemi, SAP",
        "Portiamo dati da un capo all'altro.",
    ),
    "profiles/verde.md": profile(
        "Verde", "Imola", "data engineering, crisantemi", "Facciamo ingegneria."
    ),
    "profiles/blu.md": profile(
        "Blu", "Palermo", "sartoria, C++, C#", "Cuciamo con macchine e ago."
    ),
    "profiles/nera.md": profile("Nera", "Italia", "", "Curiamo giardini, anche pensili."),
    "case_studies/uno.md": case(
        "Uno",
        "Rossa, Blu",
        "client: un museo\ndate: 2024-05\ncompetencies: [data engineering, crisantemi, restauro]",
        "Il flusso di data engineering di Rossa e Blu porta gli archivi.",
    ),
    "case_studies/due.md": case(
        "Due", "Rossa", "date: 2025\ncompetencies: [data engineering]", "Altri archivi."
    ),
    "case_studies/tre.md": case(
        "Tre", "Verde", "competencies: [giardini pensili, falegnameria]", "Senza dire quando."
    ),
    "case_studies/quattro.md": case(
        "Quattro", "Verde", "client: una radio", "Verde ha fatto crisantemi; Nera la sartoria."
    ),
    "events/fiera.md": (
        "---\ntitle: Fiera\norganisers: [Nera]\nparticipants: [Rossa]\ndate: 2025-03-05\n---\n"
        "Rossa ha parlato di crisantemi, Nera di sartoria.\n"
    ),
    "events/cena.md": "---\ntitle: Cena\norganisers: [Nera]\n---\nA tavola Nera e anche Verde.\n",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return load_current(build_sources(tmp_path_factory.mktemp("network"), SOURCES).index)[0]


@pytest.fixture(scope="module")
def network(generation: Generation) -> NetworkOverview:
    return network_overview(generation, GAZETTEER)


def page(address: str, generation: Generation) -> CompetencePage:
    found = competence_page(address, generation, GAZETTEER)
    assert found is not None
    return found


def dossier(organisation: str, generation: Generation) -> OrganisationProfile:
    return organisation_profile(generation.organisations[organisation], generation)


def told(holders: tuple[Holder, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Who, and by which documents, with the beginning of the passage."""
    return [
        (
            h.organisation.name,
            [(s.document.title, s.passage.text[:13] if s.passage else "") for s in h.evidence],
        )
        for h in holders
    ]


def titles(documents: tuple[Document, ...]) -> list[str]:
    return [document.title for document in documents]


# --- competencies ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Data Engineering", "data-engineering"),
        ("qualità dei dati", "qualita-dei-dati"),
        ("C++", "cpp"),
        ("C#", "csharp"),
        ("C", "c"),
        ("l'e-commerce / B2B", "l-e-commerce-b2b"),
        ("données «ouvertes»?<script>", "donnees-ouvertes-script"),
        ("数据", "数据"),
    ],
)
def test_a_slug_is_of_words_that_an_address_can_hold(text: str, address: str) -> None:
    assert slug(text) == address


def test_spellings_of_one_competence_share_a_key() -> None:
    assert key("Progettazione di bambole") == key("progettazioni: bambola")
    assert key("C++") != key("C#")
    assert key("🙂") == ()


def test_what_the_vocabulary_calls_the_same_is_one_in_both_languages() -> None:
    assert key("buste paga") == key("Payroll") == ("concept:payroll",)
    assert key("WordPress") != key("gestione dei contenuti")  # a product is no name of it
    name = competence_name("payroll", Linker.load())
    assert (name.label, name.english) == ("elaborazione paghe", "payroll")
    assert competence_name("crisantemi", Linker.load()) == CompetenceName(
        "crisantemi", "crisantemi"
    )


def test_a_tag_in_italian_and_one_in_english_are_one_competence(tmp_path: Path) -> None:
    sources = {
        "profiles/uno.md": profile("Uno", "Bologna", "buste paga", "Facciamo i cedolini."),
        "profiles/due.md": profile("Due", "Imola", "Payroll, paghe e contributi", "We help."),
        "case_studies/tre.md": case("Tre", "Uno", "date: 2025", "Uno ha fatto payroll per tutti."),
    }
    both = load_current(build_sources(tmp_path, sources).index)[0]
    (found,) = all_competencies(both)
    assert found == CompetenceSummary("payroll", PAYROLL, 2, 1)
    shown = page("buste-paga", both)  # as it was called before the vocabulary had it
    assert (shown.slug, shown.name, shown.value) == ("payroll", PAYROLL, "payroll")
    assert shown.variants == ("Payroll", "paghe e contributi", "buste paga")
    assert told(shown.demonstrating) == [("Uno", [("Tre", "Uno ha fatto ")])]
    assert page("elaborazione-paghe", both) == shown
    overview = network_overview(both, GAZETTEER)
    assert (counted(families_of(both)).declared, overview.scarce) == (1, ())
    assert [c.name for c in dossier("due", both).declared] == [PAYROLL]


def test_each_competence_has_its_own_address(generation: Generation) -> None:
    first, *others = generation.organisations.values()
    odd = replace(first, competencies=("a zonzo", "a-zonzo", "A-Zonzo", "🙂"))
    known = replace(generation, organisations={o.id: o for o in (odd, *others)})
    found = [c for c in competencies_of(known).values() if "zonzo" in c.slug]
    assert [(c.slug, c.variants) for c in found] == [
        ("a-zonzo", ("a zonzo",)),
        ("a-zonzo-2", ("a-zonzo", "A-Zonzo")),
    ]
    assert page("a-zonzo-2", known).name.label == "a-zonzo"
    assert all(c.key for c in competencies_of(known).values())


def test_a_competence_is_called_as_the_vocabulary_does_or_as_first_written(
    generation: Generation,
) -> None:
    found = page("data-engineering", generation)
    assert (found.name, found.variants) == (
        CompetenceName("ingegneria dei dati", "data engineering"),
        ("Data Engineering", "data engineering"),
    )
    # Its address is that of its label; another spelling's leads there as well.
    first = generation.organisations["blu"]
    changed = {**generation.organisations, "blu": replace(first, competencies=("crisantemo",))}
    renamed = replace(generation, organisations=changed)
    assert page("crisantemi", renamed).slug == page("crisantemo", renamed).slug == "crisantemo"
    assert competence_page("astrologia", generation, GAZETTEER) is None


def test_competencies_stand_in_their_families_and_those_without_one_last(
    generation: Generation,
) -> None:
    found = {family.id: family for family in families_of(generation)}
    assert [one.summary.slug for one in found["data"].competencies] == ["data-engineering"]
    assert found["data"].name == CompetenceName("dati", "data")
    assert list(found)[-1] == ""
    assert {one.summary.slug for one in found[""].competencies} >= {"csharp", "cpp", "crisantemi"}


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("ingegneria dati", ["data-engineering"]),
        ("DATA engin", ["data-engineering"]),  # its name in English
        ("c++", ["cpp"]),
        ("dati giardini", []),  # no name has both
    ],
)
def test_words_keep_the_competencies_with_a_name_that_has_them_all(
    generation: Generation, words: str, slugs: list[str]
) -> None:
    kept = with_words(families_of(generation), words)
    assert [one.summary.slug for family in kept for one in family.competencies] == slugs


def test_no_words_keep_every_competence(generation: Generation) -> None:
    assert with_words(families_of(generation), " ") == families_of(generation)


def test_all_competencies_are_listed_with_their_counts(generation: Generation) -> None:
    assert all_competencies(generation) == (
        CompetenceSummary("csharp", written("C#"), 1, 0),
        CompetenceSummary("cpp", written("C++"), 1, 0),
        CompetenceSummary("crisantemi", written("crisantemi"), 2, 2),
        CompetenceSummary(
            "carpentry-joinery", CompetenceName("falegnameria", "carpentry and joinery"), 0, 0
        ),
        CompetenceSummary("giardini-pensili", written("giardini pensili"), 0, 0),
        CompetenceSummary(
            "data-engineering", CompetenceName("ingegneria dei dati", "data engineering"), 2, 1
        ),
        CompetenceSummary(
            "heritage-restoration",
            CompetenceName("restauro di beni culturali", "heritage conservation and restoration"),
            0,
            0,
        ),
        CompetenceSummary("sap", written("SAP"), 1, 0),
        CompetenceSummary(
            "textile-production",
            CompetenceName("sartoria e tessile", "dressmaking and textiles"),
            1,
            0,
        ),
    )


def test_a_page_tells_who_declares_who_demonstrated_and_of_whom_others_speak(
    generation: Generation,
) -> None:
    found = page("data-engineering", generation)
    assert told(found.declaring) == [("Rossa", []), ("Verde", [])]
    assert told(found.demonstrating) == [("Rossa", [("Due", ""), ("Uno", "Il flusso di ")])]
    assert found.corroborated == ()
    crisantemi = page("crisantemi", generation)
    assert crisantemi.corroborated == ()  # Rossa only spoke of them
    assert [h.organisation.id for h in crisantemi.demonstrating] == ["rossa", "verde"]


def test_others_confirm_what_they_say_that_somebody_did(tmp_path: Path) -> None:
    sources = {
        "profiles/alfa.md": profile("Alfa", "Bologna", "sicurezza informatica", "Ci pensiamo noi."),
        "profiles/beta.md": profile("Beta", "Imola", "sicurezza informatica", "Anche noi."),
        "events/sera.md": (
            "---\ntitle: Sera\norganisers: [Gamma]\n---\n"
            "Alfa ha svolto un penetration test. Beta ha parlato di sicurezza informatica.\n"
        ),
    }
    made = load_current(build_sources(tmp_path, sources).index)[0]
    (alfa,) = page("cybersecurity", made).corroborated  # by a part of it
    assert (alfa.organisation.name, titles(tuple(e.document for e in alfa.evidence))) == (
        "Alfa",
        ["Sera"],
    )


SHARED = {
    "profiles/rossa.md": profile("Rossa", "Bologna", "crisantemi", "Coltiviamo."),
    "profiles/blu.md": profile("Blu", "Palermo", "", "Cuciamo."),
    "profiles/oro.md": profile("Oro", "Milano", "", "Portiamo casse."),
    "case_studies/uno.md": case(
        "Uno",
        "Rossa, Blu, Oro",
        "client: un museo\ndate: 2024-05\n"
        "competencies: [data engineering, crisantemi, restauro, falconeria araba, SAP]",
        "Oro ha curato il data engineering. Blu ha curato la falconeria araba. Blu ha installato "
        "SAP. Rossa ha portato i fiori.",
    ),
    "case_studies/due.md": case(
        "Due", "Oro", "date: 2025\ncompetencies: [restauro]", "Un lavoro di Oro."
    ),
}


def test_what_several_did_together_is_of_who_did_that_part_or_declares_it(tmp_path: Path) -> None:
    made = load_current(build_sources(tmp_path, SHARED).index)[0]
    who = {
        address: {h.organisation.id for h in page(address, made).demonstrating}
        for address in ("data-engineering", "crisantemi", "falconeria-araba", "sap")
    }
    assert who == {
        "data-engineering": {"oro"},  # by its concept
        "crisantemi": {"rossa"},  # which declares them, though the text says nothing of them
        "falconeria-araba": {"blu"},  # by its words
        "sap": {"blu"},
    }
    restored = page("restauro", made)
    assert told(restored.demonstrating) == [("Oro", [("Due", "")])]  # alone
    assert titles(restored.unattributed) == ["Uno"]
    assert page("crisantemi", made).unattributed == ()


def test_pages_filters_and_facets_credit_the_same(tmp_path: Path) -> None:
    made = load_current(build_sources(tmp_path, SHARED).index)[0]
    searcher = Searcher(made, ToyEncoder())
    for address in ("data-engineering", "crisantemi", "falconeria-araba", "heritage-restoration"):
        found = page(address, made)
        shown = {h.organisation.id for h in (*found.declaring, *found.demonstrating)}
        chosen = ExplicitFilters.of(competence=found.value)
        answer = searcher.search(searcher.understand("", chosen), 10)
        assert {hit.organisation.id for hit in answer.documented} == shown, address
        counts = {value.value: value.count for value in answer.facets["competencies"]}
        assert counts[found.value] == len(shown)
    for organisation in made.organisations:
        found_of = dossier(organisation, made)
        claimed = {claim.slug for claim in (*found_of.declared, *found_of.undeclared)}
        assert claimed == {
            competence.slug
            for competence in competencies_of(made).values()
            if organisation in able(competence, made)
        }


def test_words_alone_make_nobody_master_of_what_it_does_not_claim(generation: Generation) -> None:
    """Nera, of which two documents speak beside "sartoria", declares none and did no such job."""
    found = page("sartoria", generation)
    who = {h.organisation.id for h in (*found.declaring, *found.demonstrating, *found.corroborated)}
    assert who == {"blu"}


def test_an_undated_job_for_nobody_demonstrates_nothing(generation: Generation) -> None:
    assert page("falegnameria", generation).demonstrating == ()


def test_a_page_counts_the_regions_of_those_that_have_it(generation: Generation) -> None:
    regions = page("data-engineering", generation).regions
    assert [(place.name, n) for place, n in regions] == [("Emilia-Romagna", 2)]


def test_beside_is_what_is_often_named_with_it(generation: Generation) -> None:
    """Crisantemi three times: by Rossa, by Verde, in Uno; SAP and restauro once."""
    assert [b.slug for b in page("data-engineering", generation).co_occurring] == ["crisantemi"]
    assert page("sap", generation).co_occurring == ()
    many = tuple(f"mestiere{n}" for n in range(MAX_CO_OCCURRING + 4))
    changed = {
        o.id: replace(o, competencies=(*o.competencies, *many))
        for o in generation.organisations.values()
    }
    crowded = page("data-engineering", replace(generation, organisations=changed))
    assert len(crowded.co_occurring) == MAX_CO_OCCURRING == 8
    assert crowded.co_occurring[0].slug == "crisantemi"


# --- an organisation -------------------------------------------------------------------------


def test_a_dossier_has_what_shows_each_declared_competence(generation: Generation) -> None:
    found = dossier("rossa", generation)
    assert [
        (c.slug, c.name.label, c.proof, [s.document.title for s in c.evidence])
        for c in found.declared
    ] == [
        ("data-engineering", "ingegneria dei dati", Proof.DEMONSTRATED, ["Due", "Uno"]),
        ("crisantemi", "crisantemi", Proof.DEMONSTRATED, ["Uno"]),
        ("sap", "SAP", Proof.DECLARED, []),
    ]
    assert found.undeclared == ()  # nothing says that the restoring in Uno was its part


def test_its_own_case_study_that_says_the_words_demonstrates_what_it_declares(
    generation: Generation,
) -> None:
    verde = dossier("verde", generation)
    crisantemi = next(c for c in verde.declared if c.slug == "crisantemi")
    assert [(s.document.title, s.proof) for s in crisantemi.evidence] == [
        ("Quattro", Proof.DEMONSTRATED)
    ]
    assert [(c.name.label, c.proof) for c in verde.undeclared] == [
        ("giardini pensili", Proof.DECLARED),
        ("falegnameria", Proof.DECLARED),
    ]


def test_a_dossier_files_each_document_once_the_newest_first(generation: Generation) -> None:
    rossa, nera = dossier("rossa", generation), dossier("nera", generation)
    assert titles(rossa.case_studies) == ["Due", "Uno"]
    assert titles(rossa.profiles) == ["Rossa"]
    assert titles(rossa.events) == ["Fiera"]
    assert titles(nera.events) == ["Fiera", "Cena"]
    assert titles(dossier("verde", generation).mentions) == ["Cena"]
    assert titles(nera.mentions) == ["Quattro"]
    for organisation in generation.organisations:
        found = dossier(organisation, generation)
        filed = [*found.profiles, *found.case_studies, *found.events, *found.mentions]
        assert sorted(d.id for d in filed) == sorted(
            d.id
            for d in generation.documents.values()
            if organisation in {link.organisation for link in d.organisations}
        )


def test_partners_did_a_job_together_and_did_not_only_meet(generation: Generation) -> None:
    (blu,) = dossier("rossa", generation).partners
    assert (blu.organisation.id, titles(blu.documents)) == ("blu", ["Uno"])
    assert [p.organisation.id for p in dossier("blu", generation).partners] == ["rossa"]
    assert dossier("nera", generation).partners == dossier("verde", generation).partners == ()


# --- the network -----------------------------------------------------------------------------


def test_the_network_in_numbers(network: NetworkOverview) -> None:
    assert network.organisations == 4
    assert network.documents == {
        DocumentKind.PROFILE: 4,
        DocumentKind.CASE_STUDY: 4,
        DocumentKind.EVENT: 2,
    }
    assert network.newest == Period.parse("2025")
    assert network.demonstrating == 2 / 4


def test_declared_and_undeclared_are_all_that_is_listed(
    generation: Generation, network: NetworkOverview
) -> None:
    counts = counted(families_of(generation))
    assert (counts.declared, counts.undeclared, counts.total) == (6, 3, 9)
    assert counts.total == len(all_competencies(generation))
    assert counts.undeclared == len(network.undeclared)


def test_the_regions_with_and_without_anybody(network: NetworkOverview) -> None:
    assert network.regions_covered == 2
    assert {r: n for r, n in network.by_region.items() if n} == {"regione:08": 2, "regione:19": 1}
    assert len(network.regions_without) == 18
    assert network.regions_without[0].name == "Piemonte"


def test_the_heat_map_has_the_commonest_competencies_first(network: NetworkOverview) -> None:
    assert [r.name for r in network.heat_map.regions] == ["Emilia-Romagna", "Sicilia"]
    rows = [(r.slug, r.declared, r.demonstrated) for r in network.heat_map.rows]
    assert rows == [
        ("crisantemi", 2, 2),
        ("data-engineering", 2, 1),
        ("csharp", 1, 0),
        ("cpp", 1, 0),
        ("sap", 1, 0),
        ("textile-production", 1, 0),
    ]
    assert network.heat_map.rows[1].cells == (Cell(2, 1), Cell(0, 0))


def test_the_heat_map_has_twenty_rows_those_demonstrated_before_their_equals(
    generation: Generation,
) -> None:
    blu = generation.organisations["blu"]
    many = replace(blu, competencies=(*(f"mestiere {n}" for n in range(30)), "restauro"))
    crowded = replace(generation, organisations={**generation.organisations, "blu": many})
    rows = network_overview(crowded, GAZETTEER).heat_map.rows
    assert len(rows) == MAX_HEAT_ROWS == 20
    assert [row.slug for row in rows[:3]] == [
        "crisantemi",
        "data-engineering",
        "heritage-restoration",
    ]


def test_scarce_is_what_only_one_has(network: NetworkOverview) -> None:
    found = [
        (s.slug, s.organisation.id, s.region.name if s.region else "", s.demonstrated, s.asked)
        for s in network.scarce
    ]
    assert found == [
        ("csharp", "blu", "Sicilia", False, 0),
        ("cpp", "blu", "Sicilia", False, 0),
        ("sap", "rossa", "Emilia-Romagna", False, 0),
        ("textile-production", "blu", "Sicilia", False, 0),
    ]


def test_what_one_declares_and_another_did_is_not_scarce(generation: Generation) -> None:
    rossa = replace(generation.organisations["rossa"], competencies=())
    fewer = replace(generation, organisations={**generation.organisations, "rossa": rossa})
    assert "data-engineering" not in {s.slug for s in network_overview(fewer, GAZETTEER).scarce}
    nera = replace(generation.organisations["nera"], competencies=("falegnameria",))
    more = replace(generation, organisations={**generation.organisations, "nera": nera})
    first = network_overview(more, GAZETTEER).scarce[0]  # asked for: before the rest
    assert (first.slug, first.asked, first.region) == ("carpentry-joinery", 1, None)


def test_undeclared_is_what_no_profile_lists(network: NetworkOverview) -> None:
    """Nera's text says "giardini, anche pensili", though no list of hers does."""
    assert [(u.slug, titles(u.documents)) for u in network.undeclared] == [
        ("carpentry-joinery", ["Tre"]),
        ("giardini-pensili", ["Tre"]),
        ("heritage-restoration", ["Uno"]),
    ]


def test_an_index_of_one_bare_name_has_an_overview(tmp_path: Path) -> None:
    sources = {"profiles/sola.md": "---\nname: Sola\n---\nNulla.\n"}
    bare = load_current(build_sources(tmp_path, sources).index)[0]
    found = network_overview(bare, GAZETTEER)
    assert (found.newest, found.demonstrating, found.heat_map.rows) == (None, 0.0, ())
    assert found.scarce == found.undeclared == all_competencies(bare) == ()
    assert dossier("sola", bare).declared == ()
