"""The guard before a listing: rows of the registry, orders on domains, and the names of a list."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.domains.small import guard_of, rows_of
from wurao.domains import Decision, DomainReason, Guard
from wurao.domains.importing import COLUMNS, import_list
from wurao.domains.listing import canonical_keys, judge_list, judge_rows
from wurao.tables import TABLES, check_rows

TIMES = {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"}


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return guard_of(tmp_path_factory.mktemp("guard") / "parts")


def held(guard: Guard, table: str, rows: pa.Table) -> dict[int, tuple[str, str]]:
    return {
        int(row): (fault.column, fault.error.partition(":")[0])
        for fault in judge_rows(guard, table, rows)[1]
        for row in np.flatnonzero(fault.rows)
    }


def test_rows_that_may_not_be_listed_are_named_with_their_column(guard: Guard) -> None:
    rows = rows_of(
        ("evil.com", 1), ("com.cn", 1), ("x.weebly.com", 1), ("x.weebly.com", 0), ("bank.example", 1),
        ("bank.example", 0, 0, None, "police"), ("bank.example", 1, 0, None, "局长"), ("xn--zzzzzz99999999.cn", 1),
    )  # fmt: skip
    assert held(guard, "domains", rows) == {
        1: ("name", "PUBLIC_SUFFIX"),
        2: ("match", "BELOW_SHARED_NAME"),
        4: ("name", "PROTECTED"),
        5: ("name", "PROTECTED"),
        7: ("name", "BAD_PUNYCODE"),
    }


def test_who_agreed_and_who_asked_are_kept_without_white_space_around_them(guard: Guard) -> None:
    rows = rows_of(("bank.example", 1, 0, None, " 局长 "), ("app.example", 1, 0, None, " police "))
    judged, faults = judge_rows(guard, "domains", rows)
    assert judged["second_person"].to_pylist() == ["局长", "police"]
    assert [np.flatnonzero(fault.rows).tolist() for fault in faults] == [[1]]
    given = {"cause": "fraud", "source": " police", "start": TIMES["start"]}
    for second, kept in ((" 局长\u3000", [["局长", "police"]]), ("ＰＯＬＩＣＥ ", [])):
        piece = next(import_list(guard, io.BytesIO(b"bank.example\n"), "list", given | {"second_person": second}))
        assert [[row["second_person"], row["source"]] for row in piece.rows.to_pylist()] == kept


def test_names_become_canonical_where_they_can_be_read(guard: Guard) -> None:
    rows = rows_of(("Evil.COM.", 1), ("中国.cn", 0), ("❤.ws", 0))
    assert judge_rows(guard, "domains", rows)[0]["name"].to_pylist() == ["evil.com", "xn--fiqs8s.cn", "❤.ws"]
    keys = rows.select(list(TABLES["domains"].key))
    assert canonical_keys(keys)["name"].to_pylist() == ["evil.com", "xn--fiqs8s.cn", "❤.ws"]


def test_orders_on_domains_pass_the_guard_and_releases_need_not(guard: Guard) -> None:
    def order(
        number: int, verb: str, target: str, kind: str = "domain", second: str | None = None
    ) -> dict[str, object]:
        return {"order_id": f"o{number}", "verb": verb, "target_kind": kind, "target": target, "cause": "fraud",
                "authority": "局", "second_person": second, "rate_per_hour": 5, **TIMES}  # fmt: skip

    rows, bad = check_rows(
        "orders",
        [
            order(0, "block", "Evil.com"),
            order(1, "block", "co.uk", second="某"),
            order(2, "block", "bank.example"),
            order(3, "block", "bank.example", second="局"),
            order(4, "block", "bank.example", second="某"),
            order(5, "release", "bank.example"),
            order(6, "block", "x.weebly.com"),
            order(7, "limit", "weebly.com"),
            order(8, "block", "+8613803510001", "number"),
        ],
    )
    assert bad.count == 0
    assert held(guard, "orders", rows) == {
        1: ("target", "PUBLIC_SUFFIX"),
        2: ("target", "PROTECTED"),
        3: ("target", "PROTECTED"),
        7: ("target", "SHARED_NAME"),
    }


def test_the_names_of_a_list_are_judged_as_they_are_meant(guard: Guard) -> None:
    text = b"evil.com\nx.weebly.com\n# match: exact\nbelow.example\n# match: below\nbelow.example\ncom\n\xff\n"
    (judged,) = judge_list(guard, io.BytesIO(text), "list")
    assert [Decision(int(each)).code for each in judged.decision] == [
        "list", "list-exact", "list", "second-person", "refuse",
    ]  # fmt: skip
    assert judged.exact.tolist() == [False, True, True, False, False]
    assert judged.narrowed.tolist() == [False, True, False, False, False]
    assert [row.line for row in judged.bad] == [8]
    (nothing,) = judge_list(guard, io.BytesIO(b"# comment\n\xff\n"), "list")
    assert (len(nothing.written), [row.line for row in nothing.bad]) == (0, [2])


def test_what_was_done_to_read_a_name_is_said_unless_the_guard_says_more(guard: Guard) -> None:
    (judged,) = judge_list(guard, io.BytesIO("http://evil.com/x\nhttp://bank.example/\nраy.com\n".encode()), "list")
    assert [DomainReason(int(each)).name for each in judged.reason] == ["URL", "PROTECTED", "MIXED_SCRIPT"]


def test_a_list_becomes_rows_of_the_table_and_a_report(guard: Guard) -> None:
    text = "evil.com\nx.weebly.com\nbank.example\nexample\na b\n"
    given = {"cause": "fraud", "source": "police", "start": TIMES["start"]}
    (piece,) = import_list(guard, io.BytesIO(text.encode()), "list", given)
    assert piece.rows.column_names == list(COLUMNS)
    assert piece.rows.select(["name", "match", "source"]).to_pylist() == [
        {"name": "evil.com", "match": "below", "source": "police"},
        {"name": "x.weebly.com", "match": "exact", "source": "police"},
    ]
    assert check_rows("domains", piece.rows.to_pylist())[1].count == 0
    assert [(each["line"], each["decision"], each["reason"]) for each in piece.report] == [
        (3, "second-person", "PROTECTED"), (4, "refuse", "SINGLE_LABEL"), (5, "refuse", "BAD_CHARACTER"),
    ]  # fmt: skip
    assert piece.report[0]["would_hit"]["by"]["owner"] == "银行"
    assert piece.counts == {"list": 1, "list-exact": 1, "second-person": 1, "refuse": 2, "narrowed": 1}


def test_a_second_person_given_for_the_whole_list_lets_through_what_waits(guard: Guard) -> None:
    given = {"cause": "fraud", "source": "police", "start": TIMES["start"]}
    for second, rows in (("police", 0), ("局长", 1)):
        piece = next(import_list(guard, io.BytesIO(b"bank.example\n"), "list", given | {"second_person": second}))
        assert len(piece.rows) == rows


def test_a_table_says_for_itself_what_it_says_and_its_bad_rows_are_named(guard: Guard, tmp_path: Path) -> None:
    text = "name,match,source,start\nevil.com,exact,12321,2026-03-01T00:00:00Z\nb.com,,,whenever\nc.com,,,\n"
    given = {"cause": "fraud", "source": "police", "start": TIMES["start"]}
    (piece,) = import_list(guard, io.BytesIO(text.encode()), "t.csv", given, exact=False)
    assert [(row["name"], row["match"], row["source"]) for row in piece.rows.to_pylist()] == [
        ("evil.com", "exact", "12321"), ("c.com", "below", "police"),
    ]  # fmt: skip
    assert [(each["line"], each["reason"]) for each in piece.report] == [(3, "BAD_LINE")]
