"""A tenth of a leaked list points to who asked, among many, and to nobody else; a short list points at nobody."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")

import numpy as np

FIRMS = 120
FIRST = 1152930118441956977  # +8613835110001


def asked(sender_id: str, numbers: Any) -> Any:
    """A firm was answered about some numbers, all of which might be called; what it was told."""
    from wurao.control.may_call.leaks import sample_of
    from wurao.control.may_call.marking import key_of, marks_of, withheld
    from wurao.control.may_call.models import Asking

    hidden, threshold = withheld(marks_of(numbers, key_of(sender_id)))
    told = numbers[~hidden]
    Asking.objects.create(
        sender_id=sender_id,
        way="web",
        address="192.0.2.1",
        category=4,
        channel=0,
        lines=len(numbers),
        asked=len(numbers),
        repeated=0,
        callable=len(numbers),
        withheld=int(hidden.sum()),
        told=len(told),
        threshold=threshold,
        snapshot="s+1",
        list_sha256="0" * 64,
        sample=sample_of(told).astype("<i8").tobytes(),
    )
    return told


def scattered(random: Any, count: int) -> Any:
    return np.unique(FIRST + random.choice(3_000_000, count, replace=False))


@pytest.fixture
def firms(registry: Path) -> list[str]:
    """Many firms that all asked about the same list, so that nothing but the mark tells them apart."""
    return [f"firm{n:03}" for n in range(FIRMS)]


def test_a_tenth_of_a_list_points_to_who_asked_and_to_nobody_else(firms: list[str]) -> None:
    from wurao.control.may_call.leaks import numbers_needed, trace

    random = np.random.default_rng(20261130)
    numbers = scattered(random, 40_000)
    told = {firm: asked(firm, numbers) for firm in firms}
    for guilty in ("firm003", "firm077", "firm119"):
        leaked = random.choice(told[guilty], len(told[guilty]) // 10, replace=False)
        traced = trace(leaked)
        assert traced.needed == numbers_needed(FIRMS) <= len(leaked)
        assert [each.sender_id for each in traced.suspects if each.is_pointed_at] == [guilty]
        assert traced.suspects[0].hits == 0
        assert 0.7 * 0.0045 < traced.suspects[1].expected / len(leaked) < 1.3 * 0.0045


def test_numbers_from_elsewhere_mixed_in_hide_nobody(firms: list[str]) -> None:
    from wurao.control.may_call.leaks import trace

    random = np.random.default_rng(7)
    numbers = scattered(random, 100_000)
    told = {firm: asked(firm, numbers) for firm in firms[:30]}
    leaked = random.choice(told["firm011"], 10_000, replace=False)
    mixed = np.unique(np.concatenate([leaked, scattered(random, 1_500)]))
    assert [each.sender_id for each in trace(mixed).suspects if each.is_pointed_at] == ["firm011"]


def test_answers_of_one_firm_laid_together_still_point_to_it_and_to_the_asking(firms: list[str]) -> None:
    from wurao.control.may_call.leaks import trace

    random = np.random.default_rng(8)
    numbers, others = scattered(random, 60_000), scattered(random, 60_000)
    for firm in firms[:20]:
        asked(firm, numbers)
    told = np.union1d(asked("firm005", numbers), asked("firm005", others))
    found = trace(random.choice(told, len(told) // 10, replace=False)).suspects
    assert [each.sender_id for each in found if each.is_pointed_at] == ["firm005"]
    (first, second, *_) = found[0].askings
    assert first.share > 0.4
    assert second.share > 0.4
    leaked = trace(random.choice(numbers, 1, replace=False))
    assert not leaked.suspects[0].is_pointed_at


def test_which_asking_it_was_is_told_by_the_sample(firms: list[str]) -> None:
    from wurao.control.may_call.leaks import trace

    random = np.random.default_rng(9)
    lists = [scattered(random, 40_000) for _ in range(3)]
    told = [asked("firm001", numbers) for numbers in lists]
    found = trace(random.choice(told[1], 4_000, replace=False)).suspects[0]
    assert found.is_pointed_at
    assert found.askings[0].asking.pk == 2
    assert found.askings[0].share > 0.95
    assert all(each.share < 0.2 for each in found.askings[1:])


def test_a_list_of_nobodys_and_a_short_one_point_at_none(firms: list[str]) -> None:
    from wurao.control.may_call.leaks import trace

    random = np.random.default_rng(10)
    numbers = scattered(random, 40_000)
    told = [asked(firm, numbers) for firm in firms]
    for _ in range(5):
        assert not any(each.is_pointed_at for each in trace(scattered(random, 6_000)).suspects)
    short = trace(random.choice(told[0], 500, replace=False))
    assert short.needed > 500
    assert not any(each.is_pointed_at for each in short.suspects)


def test_the_lower_tail_is_the_binomials() -> None:
    from math import comb

    from wurao.control.may_call.leaks import lower_tail

    for hits, count, share in ((0, 1000, 0.0045), (2, 3000, 0.0045), (5, 2000, 0.01)):
        exact = sum(comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(hits + 1))
        assert lower_tail(hits, count, share) == pytest.approx(exact, rel=1e-9)
    assert lower_tail(10, 1000, 0.0045) == 1.0
