"""One event by name: read as a person writes it, refused with what would be right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import sight_of
from tests.snapshot import small
from wurao.errors import Refused
from wurao.events.columns import EventColumns
from wurao.numbering import IMPOSSIBLE, WITHHELD
from wurao.screening.single import columns_of_one, moment_of

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


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_any_text_for_a_time_is_read_or_refused(text: str) -> None:
    try:
        moment = moment_of(text)
    except Refused as refused:
        moment = len(refused.where)
    assert moment >= 0
