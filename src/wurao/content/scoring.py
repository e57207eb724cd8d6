"""A column of texts judged by any classifier: what `classify` and `evaluate` do, without templates, hashes or hosts.

In goes an Arrow column, out comes `Judged`, a place a row. Screening reads by `reading`, which does the same a text
at a time beside all else that it needs.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from wurao.compiled import Bundle, View, compiled
from wurao.content.finds import Finds, FindTables, find_all, find_tables
from wurao.content.folding import fold, octets_of, room_for, scratch_for
from wurao.content.folding_tables import Folding, folding_tables
from wurao.content.judging import Classifier, Judged, JudgingRoom, judge, judging_room
from wurao.content.reading import LONGEST


class _Column(Bundle):
    """A column on its way, and room for the longest text."""

    columns: ClassVar[dict[str, str]] = {"data": "u1", "places": "i8", "scratch": "i4", "points": "i4"}

    data: View
    places: View
    scratch: View
    points: View


def judge_texts(texts: Any, classifier: Classifier) -> Judged:
    """What each text of an Arrow column is judged to be; a null is an empty text, a long one is read to `LONGEST`."""
    data, places = octets_of(texts)
    longest = min(int(np.max(places[1:] - places[:-1], initial=0)), LONGEST)
    column = _Column(
        data=data,
        places=places,
        scratch=np.empty(scratch_for(longest), np.int32),
        points=np.empty(room_for(longest), np.int32),
    )
    judged = Judged.empty(len(places) - 1)
    room = judging_room(classifier, room_for(longest))
    _judge_all(folding_tables(), find_tables(), Finds.empty(), classifier, room, column, judged)
    return judged


def _judge_each(
    folding: Folding,
    tables: FindTables,
    finds: Finds,
    classifier: Classifier,
    room: JudgingRoom,
    column: _Column,
    judged: Judged,
) -> None:
    for row in range(len(column.places) - 1):
        start = column.places[row]
        end = min(column.places[row + 1], start + LONGEST)
        n = fold(folding, column.data, start, end, column.scratch, column.points)
        find_all(tables, column.points, n, finds)
        judge(classifier, room, column.points, n, finds, judged, row)


_judge_all = compiled(_judge_each)


def warm() -> None:
    """Compile what judges a column."""
    import pyarrow as pa

    from wurao.content.judging import classifier_in_use

    judge_texts(pa.array(["a1"]), classifier_in_use())
