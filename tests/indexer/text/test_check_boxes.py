"""Boxes to tick in forms."""

from __future__ import annotations

import pytest

from indexer.text.check_boxes import is_unticked, options_apart
from indexer.text.negation import negated_sentences
from indexer.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "Certificato: ☒ ISO 9001 ☐ ISO 27001",
            ["Certificato:", "☒ ISO 9001", "☐ ISO 27001"],
        ),
        ("☐ ISO 14001 ☑ SA 8000", ["☐ ISO 14001", "☑ SA 8000"]),
        ("ISO 9001 ☒ ISO 27001 ☐", ["ISO 9001 ☒", "ISO 27001 ☐"]),
        ("Lavora a distanza ☒", ["Lavora a distanza ☒"]),
        ("☐", ["☐"]),
        ("Senza caselle.", ["Senza caselle."]),
    ],
)
def test_each_option_is_a_line(text: str, lines: list[str]) -> None:
    assert options_apart(text).split("\n") == lines


def test_an_option_that_was_not_chosen_is_no_evidence() -> None:
    said = split_sentences(options_apart("Certificato: ☒ ISO 9001 ☐ ISO 27001"))
    denied = negated_sentences(said, [()] * len(said))
    assert dict(zip(said, denied, strict=True)) == {
        "Certificato:": False,
        "☒ ISO 9001": False,
        "☐ ISO 27001": True,
    }
    assert is_unticked("ISO 27001 ☐")
    assert not is_unticked("A distanza: ☐ no ☒ sì")
