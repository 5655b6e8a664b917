"""The journal, and what a killed process leaves of it."""

from pathlib import Path

import pytest
from search_bench import Bench, bytes_of, search_spec

from regen.search.storage import JOURNAL, open_storage


@pytest.mark.parametrize("torn", [b'{"op_code": 4, "worker_', b'{"op_code"' + b" " * 9000, b"\x00\xff"])
def test_a_torn_last_line_is_cut_off(bench: Bench, tmp_path: Path, torn: bytes) -> None:
    bench.run(search_spec(3))
    journal = bench.home / "state" / "search" / JOURNAL
    whole = journal.read_bytes()
    with journal.open("ab") as file:
        file.write(torn)
    open_storage(journal.parent)
    assert journal.read_bytes() == whole
    with journal.open("ab") as file:
        file.write(torn)
    more = bench.run(search_spec(5))
    assert bytes_of(*more) == bytes_of(*Bench(tmp_path / "fresh").run(search_spec(5)))


@pytest.mark.parametrize("content", [b"", b'{"torn'])
def test_a_journal_without_a_whole_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / JOURNAL).write_bytes(content)
    open_storage(tmp_path)
    assert (tmp_path / JOURNAL).read_bytes() == b""
