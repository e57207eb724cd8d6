"""Tables read: every row checked, every bad one named with file and line, every good one kept."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.errors import Misused, Refused
from wurao.numbering import parse_text
from wurao.tables import (
    HOURS_COLUMNS,
    MARKETING_COLUMNS,
    TABLES,
    BadRows,
    CheckedTable,
    check_rows,
    empty,
    read_table_batches,
    read_tables,
    schema,
    written_rows,
)

NOW = "2026-03-01T08:00:00+08:00"
LATER = "2026-04-01T08:00:00+08:00"
ORDER = {"verb": "block", "target_kind": "number", "cause": "fraud", "authority": "山西", "start": NOW, "end": LATER}
CONSENT = {"subscriber": "13803510001", "sender_id": "s", "categories": "finance", "channels": "call", "given": NOW}
SENDER = {"sender_id": "s", "name": "某银行", "categories": "finance", "since": NOW}


def read(directory: Path, name: str) -> CheckedTable:
    return read_tables(directory, [name])[name]


def told(table: CheckedTable | BadRows) -> list[str]:
    bad = table.bad if isinstance(table, CheckedTable) else table
    assert bad.count >= len(bad.kept)
    return [str(row) for row in bad.kept]


def csv(directory: Path, name: str, text: str) -> CheckedTable:
    (directory / f"{name}.csv").write_text(text)
    return read(directory, name)


def numbers(table: CheckedTable) -> list[object]:
    return [row["number"] for row in written_rows(table.name, table.table)]


def test_what_was_registered_comes_out_in_its_inside_forms(tmp_path: Path) -> None:
    table = csv(
        tmp_path,
        "subscribers",
        "number,marketing,hours,guard,overseas_calls,shield_until,guardian\n"
        "138-0351-0001,5,134217727,strict,false,2026-03-01T08:00:00.25+08:00,0351-2345678\n"
        "+8613803510002,,,,,,\n",
    )
    assert table.bad.count == 0
    assert table.table.schema == schema("subscribers")
    first, second = table.table.to_pylist()
    assert first["number"] == parse_text("+8613803510001")
    assert first["guardian"] == parse_text("+863512345678")
    assert (first["marketing"], first["guard"], first["overseas_calls"]) == (5, 3, False)
    assert first["shield_until"].isoformat() == "2026-03-01T00:00:00.250000+00:00"
    assert (second["marketing"], second["guard"], second["notice"], second["since"]) == (2**27 - 1, 1, 2, None)


def test_missing_tables_are_empty_and_parts_are_read_in_order(tmp_path: Path) -> None:
    for part, number in (("b", "13803510002"), ("a", "13803510001")):
        pq.write_table(pa.table({"number": [number]}), tmp_path / f"subscribers-{part}.parquet")
    (tmp_path / "trunks").mkdir()
    (tmp_path / "trunks" / "1.csv").write_text("trunk,operator,overseas,public_safety\nt,移动,true,110;119\n")
    found = read_tables(tmp_path)
    assert list(found) == list(TABLES)
    assert numbers(found["subscribers"]) == ["+8613803510001", "+8613803510002"]
    assert written_rows("trunks", found["trunks"].table)[0]["public_safety"] == "110;119"
    assert found["orders"].table.equals(empty("orders"))


def test_a_table_given_twice_an_unknown_one_and_an_empty_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="holds no table"):
        read_tables(tmp_path)
    with pytest.raises(Refused, match="is no directory"):
        read_tables(tmp_path / "nowhere")
    with pytest.raises(Misused, match="no table 'friends'"):
        read_tables(tmp_path, ["friends"])
    (tmp_path / "ported.csv").write_text("number,operator,since\n")
    pq.write_table(pa.table({"number": ["1"]}), tmp_path / "ported.parquet")
    with pytest.raises(Refused, match=r"ported more than once: ported\.parquet, ported\.csv"):
        read_tables(tmp_path)


def test_the_message_says_where_what_and_what_would_be_right(tmp_path: Path) -> None:
    table = csv(tmp_path, "subscribers", "number,guard\n13803510001,label\n13803510002,high\n")
    assert told(table) == ["subscribers.csv:3 guard: 'high' is no level; write off, label, standard or strict"]
    assert numbers(table) == ["+8613803510001"]
    assert table.rows == 2


BAD_VALUES = [
    ("number", "1" * 400, "is no telephone number"),
    ("number", "", "is empty"),
    ("number", "95588", "is no telephone number"),
    ("guardian", "ACME", "is no telephone number"),
    ("guardian", "13803510009", "is the subscriber's own number"),
    ("marketing", "134217728", "is no number in range"),
    ("hours", "-1", "is no number in range"),
    ("overseas_calls", "yes", "is neither true nor false"),
    ("since", "2026-03-01T08:00:00", "is no time between 1970 and 2100 with an offset"),
    ("since", "0001-01-01T00:00:00Z", "is no time between 1970 and 2100 with an offset"),
    ("only_my_list_until", "9999-01-01T00:00:00Z", "is no time between 1970 and 2100 with an offset"),
    ("shield_until", "2026-02-30T00:00:00Z", "is no time between 1970 and 2100 with an offset"),
    ("notice", "NONE", "is no notice"),
]


@pytest.mark.parametrize(("column", "value", "error"), BAD_VALUES)
def test_a_bad_value_makes_one_bad_row_in_every_kind_of_input(
    tmp_path: Path, column: str, value: str, error: str
) -> None:
    good = {"number": "13803510001", "guard": "off"}
    bad = {"number": "13803510009", "guard": "off", column: value}
    for directory, write in ((tmp_path / "c", write_csv), (tmp_path / "p", write_parquet)):
        directory.mkdir()
        write(directory, "subscribers", [good, bad])
        table = read(directory, "subscribers")
        assert numbers(table) == ["+8613803510001"]
        (row,) = table.bad.kept
        assert (row.column, row.value, row.error) == (column, value[:200], error)
    _, found = check_rows("subscribers", [good, bad])
    assert [(row.line, row.column, row.error) for row in found.kept] == [(2, column, error)]


def write_csv(directory: Path, name: str, rows: list[dict[str, str]]) -> None:
    header = list(dict.fromkeys(key for row in rows for key in row))
    lines = [header, *([row.get(key, "") for key in header] for row in rows)]
    text = "".join(",".join('"' + field.replace('"', '""') + '"' for field in line) + "\n" for line in lines)
    (directory / f"{name}.csv").write_text(text)


def write_parquet(directory: Path, name: str, rows: list[dict[str, str]]) -> None:
    header = list(dict.fromkeys(key for row in rows for key in row))
    pq.write_table(pa.table({key: [row.get(key) for row in rows] for key in header}), directory / f"{name}.parquet")


def test_times_without_a_zone_in_parquet_are_bad_and_others_of_any_unit_are_read(tmp_path: Path) -> None:
    moment = 1_772_323_200
    for unit, factor in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        since = pa.array([moment * factor, None], pa.timestamp(unit, "Asia/Shanghai"))
        pq.write_table(
            pa.table({"number": ["13803510001", "13803510002"], "since": since}), tmp_path / "subscribers.parquet"
        )
        table = read(tmp_path, "subscribers")
        assert table.bad.count == 0
        assert table.table["since"].cast(pa.int64()).to_pylist() == [moment * 10**6, None]
    naive = pa.array([moment, None, -1], pa.timestamp("s"))
    pq.write_table(
        pa.table({"number": ["13803510001", "13803510002", "13803510003"], "since": naive}),
        tmp_path / "subscribers.parquet",
    )
    table = read(tmp_path, "subscribers")
    assert numbers(table) == ["+8613803510002"]
    assert [row.expected for row in table.bad.kept] == [
        "write RFC 3339 with an offset, such as 2026-03-01T08:00:00+08:00"
    ] * 2


def test_a_wish_written_as_an_integer_or_as_its_columns_is_the_same_wish(tmp_path: Path) -> None:
    bits = 0b101 | 1 << 26
    by_column = {name: str(bool(bits >> place & 1)).lower() for place, name in enumerate(MARKETING_COLUMNS)}
    hours = dict.fromkeys(HOURS_COLUMNS, "")
    write_csv(tmp_path, "subscribers", [{"number": "13803510001", **by_column, **hours}])
    (row,) = read(tmp_path, "subscribers").table.to_pylist()
    assert (row["marketing"], row["hours"]) == (bits, 2**27 - 1)


def test_a_wish_that_contradicts_itself_is_bad(tmp_path: Path) -> None:
    by_column = dict.fromkeys(MARKETING_COLUMNS, "true")
    write_csv(
        tmp_path,
        "subscribers",
        [
            {"number": "13803510001", "marketing": "0", **by_column},
            {"number": "13803510002", "marketing": "134217727", **by_column},
            {"number": "13803510003", **by_column, "marketing_finance_call": "perhaps"},
        ],
    )
    table = read(tmp_path, "subscribers")
    assert numbers(table) == ["+8613803510002"]
    assert [(row.line, row.column, row.error) for row in table.bad.kept] == [
        (2, "marketing", "contradicts the columns of its bits"),
        (4, "marketing_finance_call", "is neither true nor false"),
    ]


def test_some_of_the_columns_of_a_wish_are_not_enough(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        csv(tmp_path, "subscribers", "number,marketing,marketing_finance_call\n13803510001,0,true\n")
    assert str(refused.value) == (
        "subscribers.csv: has 1 of the 27 columns of marketing, without marketing_finance_message and 25 others; "
        "write all 27 of marketing_finance_call … marketing_other_autocall, or none of them and marketing as one "
        "whole number"
    )
    with pytest.raises(Refused, match=r"of hours, without hours_weekday_00;"):
        csv(tmp_path, "subscribers", ",".join(["number", *HOURS_COLUMNS[1:]]) + "\n")


def test_a_row_of_json_names_all_the_columns_of_a_wish_or_none(tmp_path: Path) -> None:
    whole = dict.fromkeys(MARKETING_COLUMNS, False)
    rows = [
        {"number": "13803510001", **whole},
        {"number": "13803510002", "marketing_other_call": False},
        {"number": "13803510003", "marketing": 5},
        {"number": "13803510004", "guard": "off"},
        {"number": "13803510005", "marketing": 5, **whole},
        {"number": "13803510006", **whole, "marketing_food_call": None},
    ]
    found, bad = check_rows("subscribers", rows)
    assert found["marketing"].to_pylist() == [0, 5, 2**27 - 1]
    assert [(row.line, row.column, row.error) for row in bad.kept] == [
        (2, "marketing", "has 1 of the 27 columns of marketing, without marketing_finance_call and 25 others"),
        (6, "marketing", "has 26 of the 27 columns of marketing, without marketing_food_call"),
        (5, "marketing", "contradicts the columns of its bits"),
    ]


def test_the_first_of_several_rows_with_one_key_is_kept(tmp_path: Path) -> None:
    table = csv(tmp_path, "subscribers", "number,guard\n13803510001,off\n13803510002,off\n+86 138 0351 0001,strict\n")
    assert [row["guard"] for row in written_rows("subscribers", table.table)] == ["off", "off"]
    assert told(table) == [
        "subscribers.csv:4 number: '+8613803510001' stands in an earlier row; write each number once"
    ]


def test_keys_of_several_columns_and_over_several_files_are_told_apart(tmp_path: Path) -> None:
    header = "subscriber,entry,match,action\n"
    (tmp_path / "lists-1.csv").write_text(header + "13803510001,1069,prefix,deny\n13803510001,10690001,exact,deny\n")
    (tmp_path / "lists-2.csv").write_text(header + "13803510002,1069,prefix,deny\n13803510001,1069,prefix,allow\n")
    table = read(tmp_path, "lists")
    assert table.table.num_rows == 3
    assert [(row.file, row.line, row.column) for row in table.bad.kept] == [("lists-2.csv", 3, "subscriber")]


ORDERS = [
    ({"target": "110"}, "target", "is or holds a number that no order may hit"),
    (
        {"target": "0351-110", "verb": "limit", "rate_per_hour": "5"},
        "target",
        "is or holds a number that no order may hit",
    ),
    ({"target": "12345"}, "target", "is or holds a protected number and nobody else agreed"),
    ({"target": "12345", "second_person": "山西"}, "second_person", "is the authority itself"),
    ({"target": "12345", "second_person": " 山西\u3000"}, "second_person", "is the authority itself"),
    ({"target": "12345", "second_person": "王"}, None, ""),
    ({"target": "110", "verb": "release"}, None, ""),
    ({"target": "12345", "target_kind": "header"}, "target", "is or holds a protected number and nobody else agreed"),
    ({"target": "138", "target_kind": "header"}, "target", "whole operator"),
    ({"target": "9558", "target_kind": "header", "second_person": "王"}, "target", "whole operator"),
    ({"target": "+8613800", "target_kind": "header"}, None, ""),
    ({"target": "955", "target_kind": "header", "verb": "release"}, None, ""),
    ({"target": "ACME CORP LTD", "target_kind": "header"}, "target", "is no number or prefix"),
    ({"target": "138", "target_kind": "prefix"}, "target", "whole operator"),
    ({"target": "+86138", "target_kind": "prefix", "second_person": "王"}, "target", "whole operator"),
    ({"target": "1", "target_kind": "prefix"}, "target", "whole operator"),
    ({"target": "", "target_kind": "prefix"}, "target", "is empty"),
    ({"target": "+1202", "target_kind": "prefix"}, "target", "whole operator"),
    ({"target": "+442079", "target_kind": "prefix"}, "target", "whole operator"),
    ({"target": "+4420791", "target_kind": "prefix"}, None, ""),
    ({"target": "+120255", "target_kind": "prefix"}, None, ""),
    ({"target": "13803", "target_kind": "prefix"}, None, ""),
    ({"target": "95588", "target_kind": "prefix"}, "target", "protected number"),
    ({"target": "ACME CORP LTD", "target_kind": "prefix"}, "target", "is no number or prefix"),
    ({"target": "t", "target_kind": "trunk"}, None, ""),
    ({"target": "13803510001", "verb": "limit"}, "rate_per_hour", "is empty in a limit"),
    ({"target": "13803510001", "end": ""}, "end", "is empty"),
    ({"target": "13803510001", "end": NOW}, "end", "is not after start"),
    ({"target": "13803510001", "supersedes": "o"}, "supersedes", "is the order itself"),
    ({"target": "13803510001", "supersedes": "none"}, "supersedes", "is no order of orders"),
]


@pytest.mark.parametrize(("fields", "column", "error"), ORDERS)
def test_an_order_that_nobody_may_give_is_bad(
    tmp_path: Path, fields: dict[str, str], column: str | None, error: str
) -> None:
    write_csv(
        tmp_path,
        "orders",
        [{"order_id": "o", **ORDER, **fields}, {"order_id": "other", **ORDER, "target": "13803510002"}],
    )
    table = read(tmp_path, "orders")
    assert [row.column for row in table.bad.kept] == ([column] if column else [])
    assert all(error in row.error for row in table.bad.kept)
    assert table.table.num_rows == 2 - len(table.bad.kept)


def test_orders_that_replace_each_other_in_a_circle_are_bad_and_those_that_lead_there_stay(tmp_path: Path) -> None:
    chain = {"a": "", "b": "a", "c": "b", "x": "y", "y": "z", "z": "x", "into": "x"}
    rows = [{"order_id": name, **ORDER, "target": "13803510002", "supersedes": of} for name, of in chain.items()]
    write_csv(tmp_path, "orders", rows)
    table = read(tmp_path, "orders")
    assert table.table["order_id"].to_pylist() == ["a", "b", "c", "into"]
    assert {row.error for row in table.bad.kept} == {"leads back to the order itself"}


CONSENTS = [
    ({"revoked": "2026-02-01T00:00:00Z"}, "revoked"),
    ({"revoked": NOW}, None),
    ({"expires": "2026-02-01T00:00:00Z"}, "expires"),
    ({"categories": "finance;weather"}, "categories"),
    ({"categories": "finance;health", "channels": "call;message"}, None),
    ({"channels": "name"}, "channels"),
    ({"sender_id": "t"}, "sender_id"),
    ({"max_per_day": "2147483648"}, "max_per_day"),
    ({"proof_sha256": "ab"}, "proof_sha256"),
    ({"proof_sha256": "AB" * 32}, None),
]


@pytest.mark.parametrize(("fields", "column"), CONSENTS)
def test_a_consent_that_cannot_be_is_bad(tmp_path: Path, fields: dict[str, str], column: str | None) -> None:
    write_csv(tmp_path, "senders", [SENDER])
    write_csv(tmp_path, "consents", [{"consent_id": "c", **CONSENT, **fields}])
    table = read_tables(tmp_path)["consents"]
    assert [row.column for row in table.bad.kept] == ([column] if column else [])


def test_what_refers_to_no_sender_and_no_trunk_is_bad(tmp_path: Path) -> None:
    write_csv(tmp_path, "senders", [SENDER, {**SENDER, "sender_id": "spoiled", "state": "gone"}])
    write_csv(
        tmp_path,
        "headers",
        [
            {"header": f"1069000{n}", "match": "exact", "sender_id": s, "start": NOW}
            for n, s in enumerate(["s", "t", "spoiled"])
        ],
    )
    write_csv(
        tmp_path,
        "templates",
        [{"template_id": "m", "sender_id": "t", "category": "food", "purpose": "marketing", "body": "x"}],
    )
    write_csv(
        tmp_path,
        "sender_trunks",
        [{"sender_id": "s", "trunk": "k"}, {"sender_id": "s", "trunk": "l"}, {"sender_id": "t", "trunk": "k"}],
    )
    write_csv(tmp_path, "trunks", [{"trunk": "k", "operator": "移动", "overseas": "false"}])
    found = read_tables(tmp_path)
    assert [(row.line, row.error) for row in found["headers"].bad.kept] == [
        (3, "is no sender of senders"),
        (4, "is no sender of senders"),
    ]
    assert found["templates"].bad.count == 1
    assert [(row.line, row.column) for row in found["sender_trunks"].bad.kept] == [(3, "trunk"), (4, "sender_id")]


def test_entries_are_numbers_or_prefixes_as_match_says(tmp_path: Path) -> None:
    header = "subscriber,entry,match,action\n"
    table = csv(
        tmp_path,
        "lists",
        header
        + "13803510001,95588,exact,allow\n13803510001,95588,prefix,allow\n"
        + "13803510001,ACME,exact,deny\n13803510001,ACME,prefix,deny\n13803510001,1,part,deny\n",
    )
    assert [row["entry"] for row in written_rows("lists", table.table)] == ["95588", "95588", "ACME"]
    assert table.table["entry"][0] != table.table["entry"][1]
    assert [(row.line, row.column) for row in table.bad.kept] == [(5, "entry"), (6, "match")]


@pytest.mark.parametrize("name", ["", "com", "localhost", "1.2.3.4", "a b.com", "-a.com", "a..com", "x" * 64 + ".com"])
def test_a_domain_of_one_label_or_none_is_bad(tmp_path: Path, name: str) -> None:
    row = {"match": "below", "cause": "fraud", "source": "12321", "start": NOW}
    write_csv(tmp_path, "domains", [{"name": name, **row}, {"name": "诈骗.example.com", **row}])
    table = read(tmp_path, "domains")
    assert [bad.column for bad in table.bad.kept] == ["name"]
    assert table.table["name"].to_pylist() == ["诈骗.example.com"]


@pytest.mark.parametrize("verb", ["block", "release"])
@pytest.mark.parametrize("name", [".", "..", "com", "a b.com", "http://a.com/", "10.0.0.1", "-a.com", "a..com"])
def test_an_order_on_what_can_be_no_domain_is_bad(tmp_path: Path, name: str, verb: str) -> None:
    header = "order_id,verb,target_kind,target,cause,authority,start,end\n"
    rest = "fraud,山西,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\n"
    rows = f"o1,{verb},domain,{name},{rest}o2,{verb},domain,诈骗.Example.com.,{rest}"
    table = csv(tmp_path, "orders", header + rows)
    assert [str(bad) for bad in table.bad.kept] == [
        f"orders.csv:2 target: {name!r} is no domain of two labels or more; write a name such as example.com"
    ]
    assert table.table["target"].to_pylist() == ["诈骗.example.com"]


def test_unknown_columns_are_named_and_kept_out_and_missing_ones_refused(tmp_path: Path) -> None:
    table = csv(tmp_path, "subscribers", "number,colour,guard\n13803510001,red,off\n")
    assert table.warnings == ["subscribers.csv: unknown columns kept out: colour"]
    assert table.table.column_names == schema("subscribers").names
    with pytest.raises(
        Refused, match=r"orders\.csv: the column verb, target_kind, target, cause, authority, start, end is missing"
    ):
        csv(tmp_path, "orders", "order_id\no1\n")


def test_batches_hold_the_good_rows_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "subscribers.csv").write_text("number\n" + "".join(f"1380351{n:04d}\n" for n in range(100)) + "x\n1\n")
    bad, warnings = BadRows(), []
    batches = list(read_table_batches(tmp_path, "subscribers", bad, warnings))
    assert [line for batch in batches for line in batch.lines] == list(range(2, 102))
    assert bad.count == 2


def test_very_many_bad_rows_are_counted_and_the_first_kept(tmp_path: Path) -> None:
    table = csv(tmp_path, "subscribers", "number\n" + "x\n" * 5000 + "13803510001\n")
    assert (table.bad.count, len(table.bad.kept), table.table.num_rows) == (5000, 1000, 1)


_A_DAY = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
WISHES = st.fixed_dictionaries(
    {
        "number": st.integers(13800000000, 13899999999).map(str),
        "marketing": st.integers(0, 2**27 - 1),
        "hours": st.integers(0, 2**27 - 1),
        "guard": st.sampled_from(["off", "label", "standard", "strict"]),
        "only_my_list": st.booleans(),
        "since": _A_DAY.map(lambda at: at.isoformat()),
        "operator": st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    }
)


@settings(deadline=None, max_examples=60)
@given(st.lists(WISHES, min_size=1, max_size=8, unique_by=lambda row: row["number"]))
def test_what_is_checked_and_written_and_checked_again_is_the_same(rows: list[dict[str, object]]) -> None:
    checked, bad = check_rows("subscribers", rows)
    assert bad.count == 0
    again, _ = check_rows("subscribers", json.loads(json.dumps(written_rows("subscribers", checked))))
    assert again.equals(checked)


def test_a_file_that_is_named_for_no_table_is_told_of(tmp_path: Path) -> None:
    for name in ("subscribers-1.csv", "subcribers.csv", "notes.txt", "domains.csv.bak"):
        (tmp_path / name).write_text("number\n+8613803510001\n")
    warnings = [line for each in read_tables(tmp_path).values() for line in each.warnings]
    assert [line.startswith(f"{tmp_path / 'subcribers.csv'}: is left out") for line in warnings] == [True]
    assert read_tables(tmp_path, ["subscribers"])["subscribers"].warnings == []
