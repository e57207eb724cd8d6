"""What a machine tells of a template: a body that is read, a sample that fits it, and no fraud."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import BODY, SAMPLE

pytest.importorskip("django")

RETAIL = 1 << 4


def found(**changed: Any) -> list[Any]:
    from wurao.control.firms.template_check import Proposed, check_template

    proposed = replace(Proposed(BODY, SAMPLE, "retail", "marketing"), **changed)
    return check_template(proposed, RETAIL, frozenset({"【晋阳超市】本店{date}开业"}))


def refused(**changed: Any) -> list[str]:
    return [each.en for each in found(**changed) if each.refuses]


def test_a_template_whose_sample_fits_passes(registry: Path) -> None:
    assert refused() == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("【晋阳超市】{name，周末见", "does not close it"),
        ("【晋阳超市】您的{x:colour}到货了", "unknown type 'colour'"),
        ("本周末全场八折{name}", "signature"),
        ("【太原公安】本周末全场八折{name}", "public body"),
        ("【12345】本周末全场八折{name}", "public body"),
        ("【晋阳超市】{a}{b}{c}{d}满减", "any text"),
        ("【晋阳超市】{name}{amount}好", "fixed letters"),
        ("【晋阳超市】本店{date}开业", "registered already"),
        ("【晋阳超市】" + "大" * 501, "500 characters"),
    ],
)
def test_a_body_is_refused_with_the_reason(registry: Path, body: str, told: str) -> None:
    assert any(told in each for each in refused(body=body))


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("【晋阳超市】王女士，本周末全场八折优惠，拒收请回复R", "does not fit"),
        ("【别家超市】王女士，本周末全场8折，拒收请回复R", "does not fit"),
    ],
)
def test_a_sample_that_is_not_the_body_filled_is_refused(registry: Path, sample: str, told: str) -> None:
    assert any(told in each for each in refused(sample=sample))


def test_marketing_without_a_way_to_refuse_is_refused(registry: Path) -> None:
    body, sample = (each.removesuffix("，拒收请回复R") for each in (BODY, SAMPLE))
    assert any("how to refuse" in each for each in refused(body=body, sample=sample))
    assert refused(body=body, sample=sample, purpose="service") == []


def test_claims_that_do_not_hold_are_refused(registry: Path) -> None:
    assert refused(category="finance") == ["you are not registered for this category"]
    assert any("nine categories" in each for each in refused(category="service"))
    assert any("{code}" in each for each in refused(purpose="otp"))
    assert refused(category="nothing")
    assert refused(purpose="nothing")


def test_what_reads_like_fraud_is_refused_and_says_why(registry: Path) -> None:
    body = "【安全中心】您涉嫌洗钱，请立即把钱转到安全账户{account:digits}"
    sample = "【安全中心】您涉嫌洗钱，请立即把钱转到安全账户6222000011112222"
    (told,) = [each for each in found(body=body, sample=sample, purpose="service") if each.refuses]
    assert "像诈骗" in told.zh
    assert "洗钱" in told.zh


def test_a_blocked_domain_in_a_sample_is_refused(registry: Path) -> None:
    from wurao.control.registry import record

    row = {
        "name": "bad.example",
        "match": "below",
        "cause": "fraud",
        "source": "police",
        "start": "2026-03-01T08:00:00Z",
    }
    record.put("domains", record.checked_row("domains", row), record.Author("regulator", "file"))
    body = "【晋阳超市】详情见 http://{page:link} 拒收请回复R"
    sample = "【晋阳超市】详情见 http://www.{} 拒收请回复R"
    assert any("blocked domain" in each for each in refused(body=body, sample=sample.format("bad.example/a")))
    good = found(body=body, sample=sample.format("good.example/a"))
    assert not [each for each in good if each.refuses]
    assert any("good.example" in each.en for each in good)


def test_variables_are_told_with_their_types(registry: Path) -> None:
    from wurao.control.firms.template_check import variables

    told = [(each.written, each.type) for each in variables("【a】{code}，{amount:money}，{什么}")]
    assert told == [("{code}", "code"), ("{amount:money}", "amount"), ("{什么}", "text")]
