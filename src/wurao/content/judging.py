"""What a text is judged to be: the score, the class and the kind that the classifier and the rules give it together."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from wurao.compiled import Bundle, View, apart
from wurao.content.finds import Finds


class Judged(Bundle):
    """What texts were judged to be, a place each."""

    columns: ClassVar[dict[str, str]] = {"score": "f4", "score_known": "f4", "class_of": "i1", "kind": "i1"}

    score: View
    """The calibrated probability of fraud or something illegal, from a sender that is not known."""
    score_known: View
    """The same from a known sender, of which some rules do not speak."""
    class_of: View
    """A place in `classes.CLASSES`."""
    kind: View
    """A place in `classes.KINDS`; -1 where the class has none."""

    @classmethod
    def empty(cls, rows: int) -> Judged:
        """Room for so many texts."""
        return cls(**{name: np.zeros(rows, kind) for name, kind in cls.columns.items()})


class Classifier(Bundle):
    """A trained classifier as compiled code takes it."""

    columns: ClassVar[dict[str, str]] = {"bias": "f4"}


class JudgingRoom(Bundle):
    """Room for one text at a time; one a thread."""

    columns: ClassVar[dict[str, str]] = {"units": "i4"}


def judging_room(classifier: Classifier, points: int) -> JudgingRoom:
    """Room for texts of up to so many points."""
    return JudgingRoom(units=np.empty(2 * points, np.int32))


def shipped() -> Classifier:
    """The classifier that comes with the package."""
    return Classifier(bias=np.zeros(1, np.float32))


@apart
def judge(
    classifier: Classifier, room: JudgingRoom, points: View, n: int, finds: Finds, judged: Judged, place: int
) -> None:
    """Judge the text of the first `n` points, of which `finds` holds what was found, into `place` of `judged`."""
    judged.score[place] = 0.0
    judged.score_known[place] = 0.0
    judged.class_of[place] = 0
    judged.kind[place] = -1
