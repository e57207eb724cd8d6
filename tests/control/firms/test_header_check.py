"""What a machine tells of a header: no public service, nothing that looks like one, nothing that is taken."""

from pathlib import Path

import pytest

from tests.control.firm import CODE, OTHER_CODE, registered

pytest.importorskip("django")


def refused(written: str, sender_id: str = CODE) -> list[str]:
    from wurao.control.firms.header_check import check_header

    return [each.en for each in check_header(written, sender_id) if each.refuses]


@pytest.mark.parametrize(
    "written",
    ["95588", "1008611", "110", "12110351", "95510*", "955881", "9558812", "11011", "10695588", "106110", "10010*"],
)
def test_a_public_services_number_and_what_begins_like_one_is_refused(registry: Path, written: str) -> None:
    if written == "95510*":  # covers 95511 nowhere: a beginning of its own
        assert refused(written) == []
        return
    assert refused(written)


@pytest.mark.parametrize(
    "written", ["1069000195588", "10690100861", "400-889-5588", "0351-2010086", "1069 0001 12345", "10690012110"]
)
def test_what_ends_like_one_or_holds_an_operators_is_refused(registry: Path, written: str) -> None:
    (told,) = refused(written)
    assert "looks like" in told
    assert "regulator" in told


@pytest.mark.parametrize(
    "written", ["P0LICE", "ICBC", "1CBC", "GongAn", "ABC", "WURAO", "CMCC 10086", "10086 VIP", "WECHAT-PAY"]
)
def test_a_name_that_reads_like_a_public_bodys_is_refused(registry: Path, written: str) -> None:
    assert refused(written)


@pytest.mark.parametrize("written", ["+85223456789", "1064812345678", "hello world, how are you", "", "*", "withheld"])
def test_what_no_operator_at_home_assigns_is_refused(registry: Path, written: str) -> None:
    assert refused(written)


@pytest.mark.parametrize(
    "written",
    [
        "10690001234567",
        "0351-7654321",
        "13835110001",
        "4008123123",
        "9601234",
        "JINYANG",
        "ABCD",
        "10690012*",
        "1010 1234",
    ],
)
def test_an_ordinary_one_passes(registry: Path, written: str) -> None:
    assert refused(written) == []


def test_a_beginning_of_too_many_numbers_is_refused(registry: Path) -> None:
    for written in ("1069*", "106900*", "138*", "0351*", "4*"):
        assert refused(written), written


def test_what_another_firm_has_is_refused_whether_it_covers_or_lies_within(registry: Path) -> None:
    registered(header="10690012340077")
    for written in ("10690012340077", "10690012*", "1069001234007*"):
        assert "another firm" in refused(written, OTHER_CODE)[0]
        assert refused(written, CODE) == (["you have it registered already"] if "*" not in written else [])
    assert refused("10690012340078", OTHER_CODE) == []
    assert refused("106900123400771", OTHER_CODE) == []


def test_a_number_within_a_registered_beginning_is_refused(registry: Path) -> None:
    from wurao.control.registry import record

    registered(header="")
    row = {"header": "10690012", "match": "prefix", "sender_id": CODE, "start": "2026-03-01T08:00:00Z"}
    record.put("headers", record.checked_row("headers", row), record.Author("operator", "file"))
    for written in ("10690012340077", "106900123*", "10690012*"):
        assert "another firm" in refused(written, OTHER_CODE)[0]
    assert refused("10690013340077", OTHER_CODE) == []
