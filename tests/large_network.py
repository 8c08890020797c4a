"""An invented network of any size, as varied as a real one, to measure pages with."""

from __future__ import annotations

from indexer.vocabulary import Linker

_SEATS = (
    "Torino Aosta Milano Trento Venezia Trieste Genova Bologna Firenze Perugia Ancona Roma "
    "Pescara Campobasso Napoli Bari Potenza Catanzaro Palermo Cagliari Modena Padova Lecce Pisa"
).split()
_SECTORS = ("62.10.00", "88.10.00", "85.59.20", "81.21.00", "63.10.10", "90.02.00")
_CERTIFICATIONS = ("ISO 9001", "ISO 27001", "ISO 14001", "SA 8000", "UNI PdR 125")
_FORMS = ("cooperativa sociale di tipo A", "cooperativa sociale di tipo B", "cooperativa")
_COMMON = 40  # competencies that many have; the others are rare
_EACH = 6  # competencies of a cooperative


def large_network(cooperatives: int) -> dict[str, str]:
    """The files of a corpus: profiles, and a case study for every second cooperative.

    Args:
        cooperatives: How many; each has a seat, six competencies and contacts.
    """
    concepts = [concept.it for concept in Linker.load().vocabulary.concepts.values()]
    sources = {}
    for n in range(cooperatives):
        common = [concepts[(n * 7 + k * 3) % _COMMON] for k in range(_EACH // 2)]
        rare = [
            concepts[_COMMON + (n * 5 + k) % (len(concepts) - _COMMON)] for k in range(_EACH // 2)
        ]
        listed = ", ".join(f'"{one}"' for one in dict.fromkeys((*common, *rare)))
        sources[f"profiles/{n:04d}.md"] = f"""\
---
name: Cooperativa {_name(n)}
seat: {_SEATS[n % len(_SEATS)]}
legal_form: {_FORMS[n % len(_FORMS)]}
sectors: ["{_SECTORS[n % len(_SECTORS)]}"]
certifications: [{_CERTIFICATIONS[n % len(_CERTIFICATIONS)]}]
employees: {3 + n % 200}
remote: {"true" if n % 3 == 0 else "false"}
competencies: [{listed}]
updated: 2026-0{1 + n % 9}-01
website: https://coop{n}.example
contacts: [info@coop{n}.example, "+39 051 {n:06d}"]
---
# Chi siamo

Siamo una cooperativa di {_SEATS[n % len(_SEATS)]}. Facciamo {common[0]} per enti pubblici.

# Servizi

Offriamo {rare[0]} e {common[1]} a imprese e associazioni.
"""
        if n % 2:
            sources[f"case_studies/{n:04d}.md"] = f"""\
---
title: Un lavoro di {common[0]} numero {n}
cooperatives: [Cooperativa {_name(n)}, Cooperativa {_name(n - 1)}]
client: Comune di {_SEATS[(n * 3) % len(_SEATS)]}
date: 20{15 + n % 11}-0{1 + n % 9}
competencies: ["{common[0]}", "{rare[0]}"]
---
Cooperativa {_name(n)} ha curato {common[0]} per il comune. Cooperativa {_name(n - 1)} ha seguito
la formazione del personale.
"""
    return sources


def _name(number: int) -> str:
    """A name that no other has, under every letter of the alphabet."""
    letters = "ABCDEFGHILMNOPQRSTUVZ"
    first, rest = number % len(letters), number // len(letters)
    return f"{letters[first]}{'aeiou'[rest % 5]}r{'aeiou'[rest // 5 % 5]}na {number}"


def hub(partners: int) -> dict[str, str]:
    """The files of a cooperative that has worked with many, and with each of them often.

    Args:
        partners: How many others; each has two case studies with it.
    """
    concepts = [concept.it for concept in Linker.load().vocabulary.concepts.values()]
    head = "name: Cooperativa Centro\nseat: Bologna\ncontacts: [info@centro.example]"
    sources = {"profiles/centro.md": f"---\n{head}\n---\nFacciamo rete con tutti.\n"}
    for n in range(partners):
        name = f"Cooperativa {_name(n)}"
        sources[f"profiles/{n:04d}.md"] = f"---\nname: {name}\n---\nLavoriamo bene insieme.\n"
        for k in range(2):
            named = ", ".join(f'"{concepts[(n * 2 + k + m * 31) % 90]}"' for m in range(3))
            sources[f"case_studies/{n:04d}-{k}.md"] = f"""\
---
title: Un progetto di rete con la cooperativa numero {n}, parte {k + 1}
cooperatives: [Cooperativa Centro, {name}]
client: Comune di {_SEATS[n % len(_SEATS)]}
date: 20{15 + n % 11}
competencies: [{named}]
---
Un lavoro fatto insieme.
"""
    return sources
