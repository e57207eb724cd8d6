"""What a firm asked of a former holder of a number is asked of nobody any more."""

from pathlib import Path
from typing import Any

import pytest

from tests.control.consents.test_asking import TERMS
from tests.control.firm import of_firm, registered
from tests.control.people import NUMBER
from tests.control.program import Program

pytest.importorskip("django")


def asked(firm: Any) -> int:
    """A firm asks the number; the answer's status."""
    status, _ = firm.ask("POST", "firm/consents/requests", TERMS | {"number": NUMBER, "max_per_day": 2, "days": 365})
    return int(status)


def states() -> list[str]:
    from wurao.control.consents.models import Request

    return list(Request.objects.values_list("state", flat=True))


def test_a_next_holder_may_be_asked_anew(registry: Path) -> None:
    from wurao.control.holders.ending import change_hands
    from wurao.control.registry.record import Author
    from wurao.numbering import parse_text

    registered()
    firm = Program(of_firm())
    assert asked(firm) == 200
    assert asked(firm) == 422
    number = parse_text(NUMBER)
    change_hands(number, Author("operator", "web"))
    assert states() == []
    assert asked(firm) == 200


def test_who_erases_has_said_no_and_is_not_asked_again(registry: Path) -> None:
    from wurao.control.holders.ending import erase
    from wurao.control.registry.record import Author
    from wurao.numbering import parse_text

    registered()
    firm = Program(of_firm())
    assert asked(firm) == 200
    number = parse_text(NUMBER)
    erase(number, Author("subscriber", "web"))
    assert states() == ["declined"]
    assert asked(firm) == 422
