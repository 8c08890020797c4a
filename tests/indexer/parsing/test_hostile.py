"""Hostile files among good ones: each is bounded and reported, and none takes a good one away.

Here those that are soon made and soon read, and a few that end at the deadline, which is short.
``python -m tests.indexer.hostile`` reads all of them within the real limits.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.domain import Reason, Severity
from tests.indexer.hostile.drill import FILES, HARMLESS, Drill, drill

SECONDS = 2
# Those that take more than a moment to make, or to read.
SLOW = set(
    """
    arrays_nested_in_a_page ascii_85_zeros ascii_hex_without_end columns_beyond_number
    comment_without_end dictionaries_nested fields_nested flate_bomb_nested flate_damaged
    image_in_line_of_dct_without_end image_in_line_without_end images_in_line lzw_bomb
    no_table_in_a_big_file number_without_end page_of_an_endless_title page_of_attributes
    pages_beyond_number predictor_of_many_rows quote_without_end rows_beyond_number run_length_bomb
    sheet_nested sheet_of_a_billion_rows sheet_of_far_cells sheet_of_late_laughs sheet_of_many_rows
    spaces_without_end stars_nested states_pushed string_without_end strings_nested
    streams_beyond_number tables_one_after_the_other text_of_one_line text_of_one_wide_line
    word_of_many_elements zip_in_a_zip zip_of_high_ratio zip_of_many_parts zip_of_zeros
    zip_that_lies_of_its_size dictionary_without_end filters_without_end
    """.split()
)
TOO_SLOW = {"events/sheet_of_a_billion_rows.xlsx", "events/page_of_attributes.html"}
ONE_LINE = "events/text_of_one_line.txt"
NAMES = [name for name in FILES if Path(name).stem not in SLOW or name in TOO_SLOW | {ONE_LINE}]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Drill:
    folder = tmp_path_factory.mktemp("hostile")
    return drill(folder, NAMES, good=200, seconds=SECONDS, megabytes=512)


@pytest.mark.process
@pytest.mark.xdist_group("hostile")
class TestTheDrill:
    """One build, looked at from all sides."""

    def test_there_are_enough_of_them(self, done: Drill) -> None:
        assert len(done.hostile) >= 60
        assert len(done.good) == 200

    def test_no_good_file_is_lost(self, done: Drill) -> None:
        assert done.lost == frozenset()
        for n in range(200):
            assert f"parola{n:03d}" in done.passages

    def test_every_hostile_file_is_reported_with_a_reason_and_a_remedy(self, done: Drill) -> None:
        assert done.unreported == frozenset()
        assert done.wrong == ()
        for problem in done.problems:
            assert problem.detail, problem
            assert problem.remedy, problem
            assert problem.severity is Severity.ERROR or problem.path in done.indexed

    def test_good_files_are_not_blamed(self, done: Drill) -> None:
        assert not done.good & {problem.path for problem in done.problems}

    def test_each_is_bounded_in_time(self, done: Drill) -> None:
        assert done.slowest[0] < SECONDS + 5, done.slowest
        reasons = {p.path: p.reason for p in done.problems}
        assert {reasons[path] for path in TOO_SLOW} == {Reason.TOO_SLOW}
        assert reasons[ONE_LINE] in (Reason.TOO_LARGE, Reason.TOO_SLOW)  # as busy as the machine is

    def test_nothing_of_the_machine_is_read_and_nothing_expands(self, done: Drill) -> None:
        for secret in ("balena", "root:", "haha"):
            assert secret not in done.passages
            assert all(secret not in p.detail for p in done.problems)
        assert HARMLESS in done.indexed

    def test_the_reasons_of_some(self, done: Drill) -> None:
        reasons = {Path(p.path).name: p.reason for p in done.problems}
        assert {
            "flate_bomb.pdf": Reason.TOO_LARGE,
            "pages_in_a_circle.pdf": Reason.CORRUPT,
            "outline_in_a_circle.pdf": Reason.NO_TEXT,
            "keys_of_rubbish.pdf": Reason.ENCRYPTED,
            "zip_of_overlapping_parts.docx": Reason.TOO_LARGE,
            "word_of_laughs.docx": Reason.CORRUPT,
            "sheet_that_reads_files.xlsx": Reason.CORRUPT,
            "text_with_zeros.txt": Reason.WRONG_TYPE,
            "text_of_surrogates.txt": Reason.CORRUPT,
            "pdf_that_is_a_text.pdf": Reason.WRONG_TYPE,
            "fields_of_laughs.md": Reason.BAD_METADATA,
        }.items() <= reasons.items()
