"""A key makes so many calls a minute, however many processes and threads ask, and whatever the clock does."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.control.people import browser, key_of, subscriber

pytest.importorskip("django")

MINUTE = 60 * 10**9


@given(per_minute=st.integers(1, 1_000), pauses=st.lists(st.integers(0, 2 * MINUTE), max_size=60))
def test_never_more_than_twice_a_minutes_calls_are_taken_in_any_minute(
    tmp_path_factory: pytest.TempPathFactory, per_minute: int, pauses: list[int]
) -> None:
    from wurao.control.accounts.limits import take

    key, now, taken = 0, MINUTE, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WURAO_DATA", str(tmp_path_factory.mktemp("limits")))
        for pause in pauses:
            now += pause
            wait = take(key, per_minute, now=now)
            assert wait >= 0
            if wait:
                assert take(key, per_minute, now=now + int(wait * 1e9) + 1_000) == 0
                now += int(wait * 1e9) + 1_000
            taken.append(now)
    for each in taken:
        assert sum(each <= other < each + MINUTE for other in taken) <= 2 * per_minute


def test_a_clock_that_steps_back_shuts_nobody_out(data: Path) -> None:
    from wurao.control.accounts.limits import take

    for _ in range(5):
        assert take(3, 5, now=10**18) == 0
    assert take(3, 5, now=10**18) > 0
    # As after the machine was started anew, and its steady clock with it.
    assert take(3, 5, now=10**9) == 0


def test_processes_and_threads_share_one_bucket(data: Path) -> None:
    from wurao.control.accounts.limits import take

    code = "from wurao.control.accounts.limits import take; print(sum(take(7, 200) == 0 for _ in range(150)))"
    others = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    own: list[float] = []
    threads = [threading.Thread(target=lambda: own.extend(take(7, 200) for _ in range(50))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = own.count(0) + sum(int(each.communicate()[0]) for each in others)
    # 200 at once, and what comes back in the seconds that this takes.
    assert 200 <= taken <= 300


def test_a_key_that_asks_too_often_is_told_when_to_come_again(registry: Path) -> None:
    from wurao.control.accounts.models import AccessRecord, ApiKey

    key = key_of(subscriber())
    ApiKey.objects.update(per_minute=3)
    page, headers = browser(), {"Authorization": f"Bearer {key}"}
    answers = [page.get("/api/v1/wishes", headers=headers) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 3 + [429] * 3
    assert answers[3]["Content-Type"] == "application/problem+json"
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    # Recorded, once a minute.
    assert AccessRecord.objects.filter(what="too_many_calls").count() == 1
    assert (
        browser().get("/api/v1/wishes", headers={"Authorization": f"Bearer {key_of(subscriber())}"}).status_code == 200
    )
