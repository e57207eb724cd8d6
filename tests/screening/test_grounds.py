"""What of the registry spoke is named: the order, the list entry and the consents that plain rows say it was."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import sight_of
from tests.screening.events import Event, batch, events
from tests.snapshot import reference, small
from wurao.numbering import parse_prefix, parse_text
from wurao.numbering.number import is_prefix
from wurao.screening.engine import event_columns
from wurao.screening.explain import Explanation, RuleRecord, Value
from wurao.screening.gather import look
from wurao.screening.grounds import _entry_text, name_grounds
from wurao.screening.precedence import RULE_NAMES
from wurao.screening.sight import Sight
from wurao.verdicts import Action, Reason
from wurao.wishes import CATEGORIES


def grounds(sight: Sight, event: Event) -> dict[str, Value]:
    """All that is named of an event when every rule was asked."""
    records = tuple(RuleRecord(name, asked=True) for name in RULE_NAMES)
    explanation = Explanation(Action.ALLOW, Reason.NOTHING_SPOKE, None, False, records)
    columns = event_columns(batch([event]), sight)
    with np.errstate(over="ignore"):
        looked = look(sight.snapshot.registry, sight.overlaid.registry, columns, 0)
        name_grounds(explanation, sight, columns, looked)
    return {name: value for record in records for name, value in record.looked_at.items()}


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.booleans())
def test_what_is_named_is_what_the_rows_say(seed: int, with_changes: bool) -> None:
    random = Random(seed)
    made = small.registry(random)
    changes = small.steps(random, made) if with_changes else []
    sight, now = sight_of(made, changes), small.applied(made, changes)
    for event in events(random, 12):
        found, right = grounds(sight, event), reference.looked(now, event)
        for name, may in zip(("fraud.order_id", "harassment.order_id"), right["orders"], strict=True):
            assert found.get(name) in ([order["order_id"] for order in may] or [None])
        assert found.get("sender.sender_id") == right["sender"]
        assert found.get("listed.entry") in (entries(now, event) or [None])
        assert found.get("consent.consent_id") == (";".join(consents(now, event, right)) or None)


def entries(made: small.Registry, event: Event) -> list[str]:
    """The entries that may speak: the longest that match, of the action that wins."""
    found = [
        (reference.length(row["entry"], event["caller"]), -row["action"], row["entry"])
        for row in made.of("lists")
        if row["subscriber"] == event["callee"]
        and reference.matches(row["entry"], event["caller"])
        and (row["until"] is None or event["at"] < row["until"])
    ]
    return [_entry_text(entry, event["caller"]) for *rank, entry in found if rank == list(max(found)[:2])]


def consents(made: small.Registry, event: Event, right: dict[str, object]) -> list[str]:
    """The consents to the known sender that have the event's category or the declared one."""
    declared = CATEGORIES.index(event["declared"]) if event["declared"] in CATEGORIES else -1
    wanted = {right["category"], declared} - {-1}
    one = [
        small.Registry({name: {} for name in small.MADE} | {"consents": {key: row}})
        for key, row in made.rows["consents"].items()
    ]
    sender = right["sender"]
    said = [
        reference.consented(each, event["callee"], sender, event["channel"], event["at"]) if sender else 0
        for each in one
    ]
    ids = [each.of("consents")[0]["consent_id"] for each in one]
    return [name for name, bits in zip(ids, said, strict=True) if any(bits >> category & 1 for category in wanted)]


@pytest.mark.parametrize(
    ("entry", "caller", "text"),
    [
        ("13803510001", "13803510001", "1380351**** exact"),
        ("95588", "95588", "95588 exact"),
        ("BANK", "BANK", "BANK exact"),
        ("+86138", "13803510001", "+86138 prefix"),
        ("+861380351000", "13803510001", "+861380351*** prefix"),
        ("106900", "10690001234567", "106900 prefix"),
        ("955", "95588", "955 prefix"),
    ],
)
def test_an_entry_shows_no_more_of_a_number_than_the_masked_number_does(entry: str, caller: str, text: str) -> None:
    read = parse_prefix if text.endswith("prefix") else parse_text
    found = read(entry)
    assert found is not None
    assert is_prefix(found) == text.endswith("prefix")
    assert _entry_text(found, parse_text(caller)) == text
