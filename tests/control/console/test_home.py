"""Where the staff begin: what the registry holds, exactly while that is quickly told."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import registered
from tests.control.people import browser, staff

pytest.importorskip("django")


def shown(page: Any) -> dict[str, str]:
    html = page.get("/home/").content.decode()
    rows = re.findall(r'<th scope="row">(\w+)</th><td class="number">(.*?)</td>', html)
    return {name: re.sub(r"<[^>]*>", "", value) for name, value in rows}


def test_the_rows_of_small_tables_are_counted(db: Path) -> None:
    registered()
    assert shown(browser(staff("regulator"))) == {"senders": "1", "headers": "1", "consents": "0", "orders": "0"}


def test_of_large_tables_the_estimate_is_shown_as_one(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    from wurao.control.registry import rows

    registered()
    monkeypatch.setattr(rows, "COUNTED_TO", 0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute('ANALYZE "registry_senders"')
    told = shown(browser(staff("regulator")))["senders"]
    assert told.endswith("1")
    assert ("约" in told) == (connection.vendor == "postgresql")
