"""One event by name: read as a person writes it, refused with what would be right."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import sight_of
from tests.snapshot import small
from wurao.errors import Refused
from wurao.events.columns import EventColumns
from wurao.events.moments import NO_MOMENT, moments
from wurao.numbering import IMPOSSIBLE, WITHHELD
from wurao.screening.single import columns_of_one

NAMES = sight_of(small.applied(small.Registry(), [])).overlaid.names
CALL = {"at": "2026-05-17T09:30:00+08:00", "channel": "call", "to_number": "13803510001"}


def test_what_is_not_given_is_null() -> None:
    columns = columns_of_one(CALL, NAMES)
    assert {
        name: columns.array(name)[0] for name in ("trunk", "template", "declared", "attestation", "roaming")
    } == dict.fromkeys(("trunk", "template", "declared", "attestation", "roaming"), -1)
    assert columns.array("caller")[0] == WITHHELD
    assert columns.array("at")[0] == 1_778_981_400_000_000
    assert set(EventColumns.columns) == {name for name in EventColumns.columns if len(columns.array(name)) == 1}


def test_a_caller_that_is_no_number_is_impossible() -> None:
    assert columns_of_one(CALL | {"from_number": "13"}, NAMES).array("caller")[0] == IMPOSSIBLE


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"to_number": "13"}, "to_number"),
        ({"to_number": None}, "to_number"),
        ({"to_number": "xx"}, "to_number"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-05-17T09:30:00"}, "at"),
        ({"at": "20260517T093000+0800"}, "at"),
        ({"at": "1969-12-31T23:59:59Z"}, "at"),
        ({"at": "2101-01-01T00:00:00Z"}, "at"),
        ({"at": None}, "at"),
        ({"channel": "fax"}, "channel"),
        ({"channel": None}, "channel"),
        ({"attestation": "D"}, "attestation"),
        ({"roaming": "maybe"}, "roaming"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_would_be_right(wrong: dict[str, str | None], where: str) -> None:
    with pytest.raises(Refused) as refused:
        columns_of_one(CALL | wrong, NAMES)
    assert refused.value.where == where
    assert "write" in str(refused.value)


TIMES = st.one_of(
    st.text(max_size=30),
    st.from_regex(
        r"(19|20|21)\d\d[-/]?[01]\d-?[0-3]\d[Tt _][012]\d:?[0-6]\d:?[0-6]\d(\.\d{0,9})?(Z|z|[+-][012]\d:?[0-6]\d)?",
        fullmatch=True,
    ),
    st.sampled_from(["2016-12-31T23:59:60Z", "20260517T093000+0800", "2026-05-17T09:30:00.", "2026-02-29T00:00:00Z"]),
)


@settings(max_examples=400)
@given(TIMES)
def test_a_time_is_read_or_refused_as_in_a_file_of_events(text: str) -> None:
    try:
        moment = int(columns_of_one(CALL | {"at": text}, NAMES).array("at")[0])
    except Refused:
        moment = NO_MOMENT
    written = pa.array([text.encode(errors="surrogatepass")]).view(pa.utf8())
    assert moments(written).tolist() == [moment]


def test_a_leap_second_is_the_second_after_it() -> None:
    at = columns_of_one(CALL | {"at": "2016-12-31T23:59:60Z"}, NAMES).array("at")[0]
    assert at == columns_of_one(CALL | {"at": "2017-01-01T08:00:00+08:00"}, NAMES).array("at")[0]
