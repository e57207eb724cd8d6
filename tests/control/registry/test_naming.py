"""A name of a domain comes into the registry canonical, and only as the guard of domains lets it.

For a change by a page it is as for one by `wurao change`.
"""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")

PERIOD = {"start": "2026-03-01T08:00:00Z", "end": "2026-04-01T08:00:00Z"}


def domain(name: str, match: str = "exact", **more: Any) -> dict[str, Any]:
    from wurao.control.registry import record

    row = {"name": name, "match": match, "cause": "fraud", "source": "李四", "start": PERIOD["start"]}
    return record.checked_row("domains", row | more)


def order(target: str, **more: Any) -> dict[str, Any]:
    from wurao.control.registry import record

    row = {"order_id": "o", "verb": "block", "target_kind": "domain", "target": target, "cause": "fraud"}
    return record.checked_row("orders", row | {"authority": "李四"} | PERIOD | more)


def put(table: str, *rows: dict[str, Any]) -> Any:
    from wurao.control.registry import record

    return record.put_all(table, rows, record.Author("regulator", "web"))


def held(table: str) -> list[dict[str, Any]]:
    from wurao.control.registry import rows

    return rows.rows_where(table)


@pytest.mark.parametrize("name", ["com.cn", "taiyuan.gov.cn", "baidu.com", "weebly.com", "x.weebly.com"])
def test_what_the_guard_holds_is_refused_as_by_wurao_change_and_nothing_is_written(registry: Path, name: str) -> None:
    import pyarrow as pa

    from wurao.control.registry.models import Change
    from wurao.domains.guarding import guarded_rows
    from wurao.errors import Refused
    from wurao.tables import schema

    rows = {"domains": domain(name, "below"), "orders": order(name)}
    for table, row in rows.items():
        (_, faults) = guarded_rows(table, pa.Table.from_pylist([row], schema(table)))
        if not faults:
            # An order may aim at what can be listed as an exact name only.
            assert (table, name) == ("orders", "x.weebly.com")
            continue
        with pytest.raises(Refused) as refused:
            put(table, row)
        assert faults[0].error in refused.value.wrong
        assert refused.value.where == f"{table}.{faults[0].column}"
        assert refused.value.right == faults[0].expected
        assert held(table) == []
    assert not Change.objects.exists()


def test_a_second_person_lets_a_protected_name_through_unless_it_is_who_asked(db: Path) -> None:
    from wurao.errors import Refused

    for table, make in (("domains", domain), ("orders", order)):
        with pytest.raises(Refused, match="PROTECTED"):
            put(table, make("taiyuan.gov.cn", second_person=" 李四 "))
        put(table, make("taiyuan.gov.cn", second_person="王五"))
        assert len(held(table)) == 1


def test_one_name_that_is_held_keeps_out_all_that_came_with_it(registry: Path) -> None:
    from wurao.errors import Refused

    with pytest.raises(Refused, match=r"'com\.cn' PUBLIC_SUFFIX"):
        put("domains", domain("evil-one.com"), domain("com.cn"), domain("gov.cn"))
    assert held("domains") == []


def test_a_name_is_one_however_it_is_written_and_is_found_again(registry: Path) -> None:
    from wurao.control.registry import record
    from wurao.control.registry.models import Change

    author = record.Author("regulator", "web")
    first, again = put("domains", domain("Evil-One.COM."), domain("evil-one.com", source="另一个"))
    assert first.key == again.key == '["evil-one.com","exact"]'
    assert again.before["source"] == "李四"
    (row,) = held("domains")
    assert row["name"] == "evil-one.com"
    key = record.checked_key("domains", {"name": "EVIL-one.com", "match": "exact"})
    gone = record.delete("domains", key, author, seen=again.seq)
    assert held("domains") == []
    record.undo(gone, author)
    assert held("domains") == [row]
    assert Change.objects.latest("seq").key == first.key


def test_a_release_and_orders_on_what_is_no_domain_need_no_guard(
    registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wurao.control.registry import record
    from wurao.domains import guarding

    def asked(stamp: str) -> None:
        raise AssertionError("the guard was asked")

    monkeypatch.setattr(guarding, "_guard", asked)
    put("orders", order("taiyuan.gov.cn", verb="release"), order("13800000009", order_id="n", target_kind="number"))
    record.delete("orders", ("n",), record.Author("regulator", "web"))
    assert [each["target"] for each in held("orders")] == ["taiyuan.gov.cn"]


def test_newer_guard_data_hold_from_the_next_change_on(registry: Path, tmp_path: Path) -> None:
    from wurao.domains.guard_loading import load_guard
    from wurao.errors import Refused

    put("domains", domain("evil-one.com"))
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "banks.csv").write_text("name,owner,source\nevil-one.com,某银行,a test\n")
    load_guard(parts, "a test", smaller=True)
    with pytest.raises(Refused, match="PROTECTED"):
        put("domains", domain("evil-one.com", source="再次"))
