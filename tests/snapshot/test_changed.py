"""What changes come to: the last word on each key wins, and rows that stay keep their order."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.changes import Change, deletions, last_words, puts
from wurao.snapshot.changed import changed_tables, merged, no_change
from wurao.tables import check_rows, empty, written_rows

SINCE = "2026-01-01T00:00:00Z"


def ported(rows: dict[str, str]) -> pa.Table:
    checked, bad = check_rows(
        "ported", [{"number": number, "operator": operator, "since": SINCE} for number, operator in rows.items()]
    )
    assert bad.count == 0
    return checked


def after(name: str, rows: pa.Table, changes: list[Change]) -> pa.Table:
    """A table with changes put over it."""
    return merged(rows, changed_tables(changes).get(name, no_change(name)))


def as_dict(rows: pa.Table) -> dict[object, object]:
    return {row["number"]: row["operator"] for row in written_rows("ported", rows)}


NUMBERS = [f"+861380351000{n}" for n in range(6)]
STEPS = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(["移动", "联通", None])), max_size=30)


@settings(deadline=None, max_examples=40)
@given(st.sets(st.sampled_from(NUMBERS)), STEPS)
def test_changes_do_to_a_table_what_they_would_do_to_a_dictionary(
    registered: set[str], steps: list[tuple[str, str | None]]
) -> None:
    expected: dict[str, str] = dict.fromkeys(sorted(registered), "电信")
    rows = ported(expected) if expected else empty("ported")
    changes: list[Change] = []
    for number, operator in steps:
        if operator is None:
            changes += deletions("ported", ported({number: "-"}).select(["number"]))
            expected.pop(number, None)
        else:
            changes += puts("ported", ported({number: operator}))
            expected[number] = operator
    assert as_dict(after("ported", rows, changes)) == expected


def test_a_row_put_is_whole_and_no_patch() -> None:
    full = {"number": "+8613803510001", "operator": "移动", "guard": "strict", "notice": "each"}
    rows, _ = check_rows("subscribers", [full])
    less, _ = check_rows("subscribers", [{"number": "+8613803510001", "marketing": 0}])
    (row,) = written_rows("subscribers", after("subscribers", rows, list(puts("subscribers", less))))
    assert (row["operator"], row["guard"], row["notice"], row["marketing"]) == (None, "label", "none", 0)


def test_keys_of_several_columns_are_told_apart() -> None:
    entries = [
        {"subscriber": "+8613803510001", "entry": entry, "match": match, "action": "deny"}
        for entry, match in (("95588", "exact"), ("95588", "prefix"), ("+8610", "prefix"))
    ]
    rows, bad = check_rows("lists", entries)
    assert bad.count == 0
    gone = deletions("lists", rows.slice(1, 1).select(["subscriber", "entry", "match"]))
    left = written_rows("lists", after("lists", rows, list(gone)))
    assert [(row["entry"], row["match"]) for row in left] == [("95588", "exact"), ("+8610", "prefix")]


def test_a_change_that_fails_the_checks_leaves_what_stood_there() -> None:
    rows = ported({NUMBERS[0]: "移动"})
    spoiled = Change(
        "ported", (NUMBERS[0],), "put", {"number": NUMBERS[0], "operator": "联通", "since": "never"}, SINCE
    )
    assert after("ported", rows, [spoiled]).equals(rows)
    assert last_words([spoiled])["ported"].puts.num_rows == 0
