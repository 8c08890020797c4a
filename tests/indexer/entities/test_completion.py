"""Whose a profile without a name is, and names that are several in one string."""

from __future__ import annotations

from indexer.domain import Block, ParsedText, Problem, Reason, Role
from indexer.entities.catalogue import Catalogue, build_catalogue
from indexer.places import Gazetteer
from indexer.source.drafts import Draft, draft

GAZETTEER = Gazetteer.load()
VAT = "00488410010"


def made(
    path: str, text: str = "", title: str = "", row: int | None = None, **raw: object
) -> Draft:
    blocks = (Block(text),) if text else ()
    return draft(path, "0" * 64, ParsedText(blocks, raw, title=title, row=row), GAZETTEER)[0]


def catalogue(*drafts: Draft) -> tuple[Catalogue, list[Problem]]:
    found, problems = build_catalogue(drafts, GAZETTEER)
    return found, list(problems)


def names(found: Catalogue) -> list[str]:
    return [o.name for o in found.organisations]


def links(found: Catalogue, document: str) -> dict[str, Role]:
    (entry,) = [e for e in found.entries if e.document.id == document]
    return {link.organisation: link.role for link in entry.document.organisations}


def test_no_cooperative_is_named_after_a_file_or_a_programs_title() -> None:
    found, (problem,) = catalogue(
        made(
            "profiles/x_formula.pdf", "Posiamo reti.", title="Presentazione standard di PowerPoint"
        ),
        made("profiles/robinia.md", name="Robinia"),
    )
    assert names(found) == ["Robinia"]
    assert (problem.path, problem.reason) == ("profiles/x_formula.pdf", Reason.NO_NAME)
    assert links(found, "profiles/x_formula.pdf") == {}


def test_rows_without_a_name_are_told_in_one_line_and_are_nobodys() -> None:
    rows = [made("profiles/r.xlsx", row=n, competencies="reti") for n in (2, 5)]
    found, (problem,) = catalogue(*rows, made("profiles/r.xlsx", row=3, name="Robinia"))
    assert names(found) == ["Robinia"]
    assert problem.detail == "rows 2, 5: no name is stated, and none was found: of no cooperative"


def test_a_vat_number_that_a_register_knows_tells_whose_a_profile_is() -> None:
    register = made("profiles/r.csv", row=2, name="Robinia", vat=VAT)
    by_field = made("profiles/a.md", "Posa di reti.", vat=VAT, seat="Adria")
    by_text = made("profiles/b.pdf", f"Posa di reti. P. IVA {VAT}", title="Servizi")
    found, (problem,) = catalogue(register, by_field, by_text)
    assert names(found) == ["Robinia"]
    (robinia,) = found.organisations
    assert robinia.seat is not None
    assert robinia.seat.name == "Adria"
    for document in ("profiles/a.md", "profiles/b.pdf"):
        assert links(found, document) == {f"it{VAT}": Role.SUBJECT}
    assert problem.detail == "no name is stated: taken for a profile of 'Robinia', which it names"


def test_a_letterhead_or_a_heading_names_a_known_cooperative() -> None:
    register = made("profiles/r.csv", row=2, name="Robinia", seat="Adria")
    brochure = made(
        "profiles/b.pdf", "Robinia soc. coop. - via Po 1, Adria", title="Servizi di rete."
    )
    found, (problem,) = catalogue(register, brochure)
    assert names(found) == ["Robinia"]
    assert links(found, "profiles/b.pdf") == {"robinia": Role.SUBJECT}
    assert problem.reason is Reason.NO_NAME


def test_one_cooperative_in_a_register_and_in_a_brochure_is_one() -> None:
    register = made("profiles/r.csv", row=2, name="Robinia Soc. Coop.", seat="Adria (RO)")
    brochure = made("profiles/b.pdf", "Siamo una cooperativa di Adria.", title="Robinia")
    found, problems = catalogue(register, brochure)
    assert len(found.organisations) == 1
    assert problems == []


def test_two_cooperatives_in_its_first_lines_leave_a_profile_to_none() -> None:
    known = [made("profiles/r.csv", row=n, name=name) for n, name in ((2, "Robinia"), (3, "Acero"))]
    both = made("profiles/b.pdf", "Robinia e Acero lavorano insieme.", title="servizi in rete.")
    found, (problem,) = catalogue(*known, both)
    assert set(links(found, "profiles/b.pdf").values()) == {Role.MENTION}
    assert "of no cooperative" in problem.detail


def test_names_in_one_string_are_several_where_each_is_known() -> None:
    known = [made(f"profiles/{name}.md", name=name) for name in ("Calicanto", "Robinia")]
    for written in ("Calicanto, Robinia", "Calicanto e Robinia", "Calicanto & Robinia"):
        case = made("case_studies/rete.md", "Abbiamo cablato la scuola.", cooperatives=written)
        found, problems = catalogue(*known, case)
        assert names(found) == ["Calicanto", "Robinia"], written
        assert links(found, "case_studies/rete.md") == {
            "calicanto": Role.AUTHOR,
            "robinia": Role.AUTHOR,
        }
        assert problems == []


def test_a_name_with_a_comma_in_it_stays_one() -> None:
    known = [
        made(f"profiles/{n}.md", name=name) for n, name in enumerate(("Terra, Acqua", "Terra"))
    ]
    case = made("case_studies/a.md", "Lavori.", cooperatives="Terra, Acqua")
    found, _ = catalogue(*known, case)
    assert names(found) == ["Terra", "Terra, Acqua"]
    unknown = made("case_studies/b.md", "Lavori.", cooperatives="Rossi, Bianchi e Associati")
    assert "Rossi, Bianchi e Associati" in names(catalogue(*known, unknown)[0])
