"""What was read of one text, told to a person: class, kind, score, hosts, what was found, the templates that it fits.

`read_one` reads the text of the event of `explain` as a batch would, uncompiled; `name_text` writes beside what rule 8
looked at what lies behind its score. Called by the engine.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wurao.content.classes import CLASSES, KINDS
from wurao.content.explaining import Moved, explain_text
from wurao.content.hosts import HOSTS_A_TEXT
from wurao.content.reader import Fitting
from wurao.events.columns import EventColumns
from wurao.screening.explain import Explanation, TextTold
from wurao.screening.facts import Facts
from wurao.screening.gather import profile_of, rank_of
from wurao.screening.sight import Sight
from wurao.screening.texts import TextReader, hosts_looked_up, with_texts
from wurao.snapshot.domains import look_hosts_up
from wurao.wishes import CONTENT_PROTECTION_BIT, Channel

MOVED = 8
"""So many of the things that moved the score are named among what rule 8 looked at."""


def read_one(
    texts: TextReader, sight: Sight, events: EventColumns, text: str | None
) -> tuple[EventColumns, TextTold | None]:
    """The event with what was read of its text, and that told; nothing of one that may not be read."""
    base, overlay = sight.snapshot.registry, sight.overlaid.registry
    profile = profile_of(base, overlay, rank_of(base, overlay, events.callee[0]))
    if not text or events.channel[0] != Channel.MESSAGE or not profile >> CONTENT_PROTECTION_BIT & 1:
        return events, None
    octets = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
    places, one = np.array([0, len(octets)], np.int32), np.zeros(1, np.int64)
    fitting = texts.fitting(sight)
    read = texts.reader.read_octets(octets, places, one, events.array("template"), fitting, keeping=False, plain=True)
    events = with_texts(events, read)
    if read.faults:
        return events, None
    hosts_looked_up(sight, events, one, read, look_hosts_up.plain)
    judged, readings = read.judged, read.readings
    hosts, begins = readings.array("hosts"), readings.array("host_begins")
    links = [
        hosts[begins[n] : begins[n + 1]].tobytes().decode() for n in range(min(readings.hosts_of[1], HOSTS_A_TEXT))
    ]
    class_of, kind = judged.class_of[0], judged.kind[0]
    _, finds = texts.reader.finds()
    return events, TextTold(
        CLASSES[class_of] if class_of >= 0 else None,
        KINDS[kind] if kind >= 0 else None,
        judged.score[0],
        tuple(links),
        tuple(finds),
        templates_of(texts, sight, fitting),
    )


def templates_of(texts: TextReader, sight: Sight, fitting: Fitting) -> tuple[str, ...]:
    """The names of the templates that the text read last fits."""
    names = sight.overlaid.names.templates
    return tuple(names[place].as_py() for place in texts.reader.fitting_templates(fitting))


def name_text(explanation: Explanation, told: TextTold | None, text: str | None, facts: Facts) -> Explanation:
    """The explanation with what was read of the text, which rule 8, where it was asked, names as what it looked at."""
    if told is None or text is None:
        return explanation
    explained = explain_text(text, facts.sender.known)
    moved, class_of = tuple(explained.moved), explained.class_ if explained.class_ in CLASSES else None
    told = replace(told, score=facts.text.score, class_of=class_of, kind=explained.kind, moved=moved)
    for record in explanation.rules:
        if record.asked and record.rule == "content":
            record.looked_at["text.class"] = told.class_of
            record.looked_at["text.kind"] = told.kind
            record.looked_at["text.links"] = ";".join(told.links) or None
            record.looked_at["text.moved"] = "; ".join(map(_moved, moved[:MOVED])) or None
            record.looked_at["template.fits"] = ";".join(told.templates) or None
    return replace(explanation, text=told)


def _moved(moved: Moved) -> str:
    words = f" ({', '.join(moved.words)})" if moved.words else ""
    return f"{moved.what} {moved.zh} {moved.en}{words} {moved.weight:+.2f}"
