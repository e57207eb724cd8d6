"""Orders that aim at what is not registered are found, whichever way they were given, and no other."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from tests.snapshot import reference, small
from wurao.changes import ChangeWriter, deletions, puts
from wurao.numbering import canonical, prefix_text
from wurao.numbering.number import is_prefix
from wurao.snapshot import build
from wurao.snapshot.aims import DOMAIN, TOLD, at_nothing, registered, warnings_of
from wurao.tables import check_rows


@given(st.integers(0, 2**32))
def test_an_order_aims_at_nothing_when_no_row_is_what_it_names(seed: int) -> None:
    made = small.registry(Random(seed))
    tables = small.tables_of(made)
    headers = [row["header"] for row in made.of("headers")]
    there = {
        reference.HEADER: {prefix_text(each) if is_prefix(each) else canonical(each) for each in headers},
        reference.SENDER: {row["sender_id"] for row in made.of("senders")},
        reference.TRUNK: {row["trunk"] for row in made.of("trunks")},
    }
    expected = [
        row["order_id"]
        for row in made.of("orders")
        if row["target_kind"] in there and row["target"] not in there[row["target_kind"]]
    ]
    orders = tables["orders"].filter(pc.not_equal(tables["orders"].column("target_kind"), DOMAIN))
    assert at_nothing(orders, tables).column("order_id").to_pylist() == expected


def test_what_a_change_registered_or_took_away_counts(tmp_path: Path) -> None:
    tables, store = tmp_path / "tables", tmp_path / "store"
    tables.mkdir()
    (tables / "trunks.csv").write_text("trunk,operator,overseas\nhome,移动,false\n")
    (tables / "orders.csv").write_text(
        "order_id,verb,target_kind,target,cause,authority,start,end\n"
        + "".join(
            f"o{n},block,trunk,{trunk},fraud,某局,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\n"
            for n, trunk in enumerate(("home", "late", "never"))
        )
    )
    assert [line.partition(" ")[0] for line in build(tables, store, own_sender="").warnings] == [
        "orders.csv:3",
        "orders.csv:4",
    ]
    late, _ = check_rows("trunks", [{"trunk": "late", "operator": "移动", "overseas": False}])
    home, _ = check_rows("trunks", [{"trunk": "home"}], only_key=True)
    moved = {"order_id": "o2", "verb": "block", "target_kind": "trunk", "target": "nowhere", "cause": "fraud"}
    moved |= {"authority": "某局", "start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"}
    order, _ = check_rows("orders", [moved])
    with ChangeWriter(store) as writer:
        writer.append([*puts("trunks", late), *deletions("trunks", home), *puts("orders", order)])
    assert registered(store)["trunks"].column("trunk").to_pylist() == ["late"]
    assert [line.partition(" target")[0] for line in build(tables, store, own_sender="").warnings] == [
        "orders.csv:2",
        "the change log",
    ]


def test_of_very_many_the_first_are_told_and_all_are_counted() -> None:
    made = small.Registry()
    for n in range(TOLD + 5):
        row = small.MADE["orders"][0](Random(n))
        made.put("orders", row | {"order_id": f"o{n:02}", "target_kind": reference.SENDER, "target": "nobody"})
    tables = small.tables_of(made)
    orders = at_nothing(tables["orders"], tables)
    told = warnings_of(orders, [f"orders.csv:{n}" for n in range(TOLD)])
    assert len(told) == TOLD + 1
    assert told[-1].startswith(f"{TOLD + 5} orders in all")


TIMES = "2026-01-01T00:00:00Z,2026-02-01T00:00:00Z"
DOMAINS = "name,match,cause,source,start\n"


def test_an_order_on_a_domain_blocks_nothing_until_the_name_is_listed(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "domains.csv").write_text(
        DOMAINS
        + "listed.example,exact,fraud,12321,2026-01-01T00:00:00Z\n"
        + "All.Example,below,fraud,12321,2026-01-01T00:00:00Z\n"
        + "诈骗.example,below,fraud,12321,2026-01-01T00:00:00Z\n"
    )
    aims = [
        ("block", "listed.example", None),
        ("block", "below.listed.example", "is not listed in domains"),
        ("block", "ALL.example.", None),
        ("block", "a.b.all.example", None),
        ("block", "notall.example", "is not listed in domains"),
        ("block", "a.xn--0d3aq50a.example", None),
        ("release", "listed.example", "changes nothing"),
        ("release", "other.example", "changes nothing"),
    ]
    (tables / "orders.csv").write_text(
        "order_id,verb,target_kind,target,cause,authority,start,end\n"
        + "".join(f"o{n},{verb},domain,{name},fraud,某局,{TIMES}\n" for n, (verb, name, _) in enumerate(aims))
    )
    built = build(tables, tmp_path / "store", own_sender="")
    assert built.bad["orders"] == 0
    expected = [(f"orders.csv:{line}", said) for line, (_, _, said) in enumerate(aims, 2) if said]
    assert [line.partition(" ")[0] for line in built.warnings] == [place for place, _ in expected]
    assert all(said in line for (_, said), line in zip(expected, built.warnings, strict=True))


def test_listing_the_name_by_a_change_ends_the_warning(tmp_path: Path) -> None:
    tables, store = tmp_path / "tables", tmp_path / "store"
    tables.mkdir()
    order = f"o1,block,domain,late.example,fraud,某局,{TIMES}\n"
    (tables / "orders.csv").write_text("order_id,verb,target_kind,target,cause,authority,start,end\n" + order)
    assert len(build(tables, store, own_sender="").warnings) == 1
    row = {"name": "late.example", "match": "exact", "cause": "fraud", "source": "12321", "start": TIMES[:20]}
    listed, _ = check_rows("domains", [row])
    with ChangeWriter(store) as writer:
        writer.append(puts("domains", listed))
    assert build(tables, store, own_sender="").warnings == []
