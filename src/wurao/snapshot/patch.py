"""The small columns of senders, trunks and templates, a run of changes written over a copy of what stood.

Places are kept, new names follow them; a deleted sender keeps its place and is marked gone. A part that the run does
not touch is not copied. Called by `overlay` only.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.snapshot.columns import Ints, integers, strings
from wurao.snapshot.compile import Arrays, Targets, compile_templates, sender_flags, trunk_flags
from wurao.snapshot.laying import Laying
from wurao.snapshot.marks import short_marks
from wurao.snapshot.senders import GONE
from wurao.snapshot.touched import OrderTargets


def patched_senders(laying: Laying, targets: Targets, touched: OrderTargets) -> Arrays:
    """The columns of senders and of their trunks."""
    if not (laying.changes("senders", "sender_trunks") or laying.trunks or len(touched.senders)):
        return {}
    names, changed = laying.names, laying.late["senders"]
    words = _grown(laying.array("senders"), 5, len(names.senders))
    words[len(laying.above.names.senders) :, 0] = GONE
    gone = names.places("senders", changed.gone.column("sender_id"))
    words[gone[gone >= 0], 0] = GONE
    put = names.places("senders", changed.puts.column("sender_id"))
    words[put, 0] = sender_flags(changed.puts, laying.snapshot.own_sender)
    words[put, 1] = integers(changed.puts, "ceiling_per_hour")
    words[put, 4] = short_marks(strings(changed.puts, "sender_id"))
    place = names.places("senders", touched.senders)
    place = place[place >= 0]
    words[place, 3] = targets.references("senders", place)
    return _relinked(laying, words) | {"senders": words.reshape(-1)}


def _relinked(laying: Laying, words: Ints) -> Arrays:
    """The trunks of every sender whose trunks a run touches, written anew after those that stood."""
    links, names, now = laying.late["sender_trunks"], laying.names, laying.after
    ids = [laying.senders.fresh, *links.keys("sender_id").chunks]
    if laying.trunks:
        ids += now.rows("sender_trunks", "trunk", laying.trunks.shifted).column("sender_id").chunks
    owners = pa.chunked_array(ids, pa.string()).unique()
    linked = np.unique(names.places("senders", owners))
    linked = linked[linked >= 0]
    if not len(linked):
        return {}
    rows = now.rows("sender_trunks", "sender_id", owners)
    every = rows.column("trunk").unique()
    rows = rows.filter(pc.is_in(rows.column("trunk"), value_set=every.filter(pa.array(now.has("trunks", every)))))
    owner, trunk = names.places("senders", rows.column("sender_id")), names.places("trunks", rows.column("trunk"))
    mine = np.flatnonzero((owner >= 0) & (trunk >= 0))
    mine = mine[np.argsort(owner[mine], kind="stable")]
    count = np.bincount(np.searchsorted(linked, owner[mine]), minlength=len(linked))
    stood = laying.array("sender_trunks")
    words[linked, 2] = (len(stood) + np.cumsum(count) - count) | count << 32
    return {"sender_trunks": np.concatenate([stood, trunk[mine].astype(np.int32)])}


def patched_trunks(laying: Laying, targets: Targets, touched: OrderTargets) -> Arrays:
    """The columns of trunks and of the numbers that they carry."""
    if not (laying.changes("trunks") or len(touched.trunks)):
        return {}
    names, changed = laying.names, laying.late["trunks"]
    words = _grown(laying.array("trunks"), 4, len(names.trunks))
    gone = names.places("trunks", changed.gone.column("trunk"))
    words[gone[gone >= 0]] = 0
    numbers = laying.array("trunk_numbers")
    put = names.places("trunks", changed.puts.column("trunk"))
    words[put, 0] = trunk_flags(changed.puts)
    for place, carried in zip(put.tolist(), changed.puts.column("public_safety").to_pylist(), strict=True):
        words[place, 1] = len(numbers) | len(carried or ()) << 32
        numbers = np.concatenate([numbers, np.array(carried or (), dtype=np.int64)])
    ordered = touched.trunks.filter(pa.array(laying.after.has("trunks", touched.trunks)))
    place_of = names.places("trunks", ordered)
    words[place_of, 2] = targets.references("trunks", place_of)
    return {"trunks": words.reshape(-1), "trunk_numbers": numbers}


def patched_templates(laying: Laying) -> Arrays:
    """The column of templates; a place without a row belongs to no sender."""
    names, now = laying.names, laying.after
    ids = laying.late["templates"].keys("template_id").chunks
    if len(laying.senders.fresh):
        ids = [*ids, *now.rows("templates", "sender_id", laying.senders.fresh).column("template_id").chunks]
    if not sum(map(len, ids)):
        return {}
    touched = pa.chunked_array(ids, pa.string()).unique()
    words = _grown(laying.array("templates"), 3, len(names.templates))
    place = names.places("templates", touched)
    words[place[place >= 0]] = -1
    rows = now.rows("templates", "template_id", touched)
    compiled = compile_templates(rows, names).reshape(-1, 3)
    words[names.places("templates", rows.column("template_id"))] = compiled
    return {"templates": words.reshape(-1)}


def _grown(words: Ints, width: int, rows: int) -> Ints:
    """A copy with places for new rows."""
    grown = np.zeros((rows, width), dtype=np.int64)
    grown[: len(words) // width] = words.reshape(-1, width)
    return grown
