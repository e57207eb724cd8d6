"""Rows read and written past the ORM's compiler are what the ORM would have made of them, on either database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.control.people import NUMBER, key_of, staff, subscriber

pytest.importorskip("django")


def test_a_key_that_is_good_is_found_with_its_person_as_the_orm_has_both(db: Path) -> None:
    from wurao.control.accounts.models import ApiKey

    for person in (subscriber(), staff("operator", operator="移动")):
        text = key_of(person)
        found = ApiKey.found(text)
        wanted = ApiKey.objects.select_related("person").get(person=person)
        assert found is not None
        for one, other in ((found, wanted), (found.person, wanted.person)):
            assert {**vars(one), "_state": 0} == {**vars(other), "_state": 0}
            assert (one._state.adding, one._state.db) == (other._state.adding, other._state.db)


def test_a_key_that_is_ended_or_old_or_whose_person_is_gone_is_not_found(db: Path) -> None:
    from wurao.control.accounts.models import ApiKey, Person

    text = key_of(subscriber())
    assert ApiKey.found(text + "x") is None
    for wrong, right in (
        ({"ended": True}, {"ended": False}),
        ({"until": datetime.now(UTC)}, {"until": datetime.now(UTC) + timedelta(days=1)}),
    ):
        ApiKey.objects.update(**wrong)
        assert ApiKey.found(text) is None
        ApiKey.objects.update(**right)
        assert ApiKey.found(text) is not None
    Person.objects.update(is_active=False)
    assert ApiKey.found(text) is None


def test_a_row_that_is_inserted_is_there_as_the_orm_reads_it(db: Path) -> None:
    from wurao.control.registry.models import Change
    from wurao.control.straight import insert

    now = datetime.now(UTC)
    given = {"table": "senders", "key": '["甲"]', "op": "put", "row": {"name": "甲", "n": [1, None]}, "made_at": now}
    made = [insert(Change(role="operator", way="web", whose=whose, **given)) for whose in (None, 7)]
    assert made[0].pk < made[1].pk
    for each in made:
        read = Change.objects.get(pk=each.pk)
        assert {**vars(read), "_state": 0} == {**vars(each), "_state": 0}
        read.way = "api"
        read.save()
        assert Change.objects.count() == 2


def test_rows_come_in_their_inside_forms(db: Path) -> None:
    from wurao.control.registry import record, rows

    author = record.Author("operator", "web")
    written = {
        "subscribers": {
            "number": NUMBER,
            "since": "2026-01-02T03:04:05.000006Z",
            "only_my_list": True,
            "guard": "strict",
        },
        "trunks": {"trunk": "T1", "operator": "移动", "overseas": True, "public_safety": "110;120"},
        "holidays": {"date": "2026-10-01", "day_type": "public_holiday"},
    }
    for table, row in written.items():
        checked = record.checked_row(table, row)
        record.put(table, checked, author)
        key = rows.key_in(table, checked)
        assert rows.row_of(table, key) == checked
        assert rows.rows_of(table, [key]) == {key: checked}
        assert rows.rows_where(table) == [checked]
    assert rows.row_of("trunks", ("T2",)) is None
    assert rows.rows_of("trunks", []) == {}
