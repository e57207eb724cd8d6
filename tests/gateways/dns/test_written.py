"""What was written of a zone is read back as it was, whatever octets its names have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.domains import Entries
from wurao.errors import Refused
from wurao.gateways.dns.knot import LARGE, RECENT
from wurao.gateways.dns.layers import Said
from wurao.gateways.dns.written import Answer, write_large, write_recent, written_recent, written_serial

LABELS = st.text(
    st.characters(codec="utf-8", exclude_characters=".", exclude_categories=["Cs"]), min_size=1, max_size=9
)
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
SAID = st.lists(st.builds(Said, NAMES, st.booleans(), st.booleans()), unique_by=lambda said: said[:2], max_size=6)


@given(SAID, st.sampled_from([None, "warning.example.cn"]))
def test_a_recent_zone_is_read_back_as_it_was_written(tmp_path_factory, said: list[Said], page: str | None):
    file = tmp_path_factory.getbasetemp() / "recent.zone"
    write_recent(file, RECENT, said, 77, Answer(warning_page=page))
    assert written_recent(file) == said
    assert written_serial(file) == 77


@pytest.mark.parametrize("page", ["w.example.\nbaidu.com CNAME .", "w.example. ; x", "w.example\n$INCLUDE /etc/passwd"])
def test_a_warning_page_cannot_end_a_line(tmp_path: Path, page: str):
    recent, large = tmp_path / "recent.zone", tmp_path / "large.zone"
    listed = [Said("fraud.example", False, True)]
    write_recent(recent, RECENT, listed, 77, Answer(warning_page=page))
    entries = Entries(pa.array(["fraud.example"]), np.zeros(1, bool))
    write_large(large, LARGE, entries, 77, Answer(warning_page=page))
    for file in (recent, large):
        owners = [line.split()[0] for line in file.read_text().splitlines() if " CNAME " in line]
        assert owners == ["fraud.example"]
        assert "$INCLUDE" not in file.read_text()
    with pytest.raises(Refused):
        write_recent(recent, RECENT, listed, 78, Answer(warning_page="a" * 64))
    assert written_recent(recent) == listed


def test_where_there_is_no_zone_nothing_was_said(tmp_path: Path):
    assert written_recent(tmp_path / "none.zone") == []
