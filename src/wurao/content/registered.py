"""Registered templates on their way into a snapshot, out of it again, and as changes above it have them.

`compiled_bodies` is what whoever builds a snapshot hands to `snapshot.build`; `standing` takes the templates of an
opened one, `changed_since` those that changes put or deleted since. The place of a template is that of its row, as the
registry's own column of templates has it. Called by the command line, by control and by screening.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.content.folding import fold_texts
from wurao.content.template_index import Arrays, compile_templates, no_templates
from wurao.content.templates import Templates
from wurao.snapshot import Changed, Snapshot
from wurao.snapshot.build import TEMPLATE_ARRAYS
from wurao.snapshot.columns import places
from wurao.tables.bad import Fault


def compiled_bodies(bodies: pa.Array) -> tuple[Arrays, list[Fault]]:
    """The columns of the templates with these bodies, and what is wrong with those that cannot be read."""
    compiled = compile_templates(bodies, fold_texts)
    return compiled.arrays, compiled.faults


def body_faults(bodies: pa.Array) -> list[Fault]:
    """What is wrong with bodies that cannot be read."""
    return compile_templates(bodies, fold_texts).faults


def standing(snapshot: Snapshot) -> Templates:
    """The templates of a snapshot; of one that was built without bodies none that any text fits."""
    names = [TEMPLATE_ARRAYS + name for name in Templates.columns]
    if not all(name in snapshot.arrays for name in names):
        return no_templates(len(snapshot.names.templates))
    return Templates(**{name: snapshot.arrays[TEMPLATE_ARRAYS + name] for name in Templates.columns})


def changed_since(changed: Changed | None, names: pa.Array) -> Templates:
    """The templates that changes speak of, `names` being all that have a place; no text fits a deleted one."""
    if not changed:
        return no_templates(len(names), above=True)
    gone = changed.gone.column("template_id").combine_chunks()
    ids = pa.concat_arrays([changed.puts.column("template_id").combine_chunks(), gone])
    bodies = pa.concat_arrays([changed.puts.column("body").combine_chunks(), pa.nulls(len(gone), pa.string())])
    where = places(ids, names)
    there: npt.NDArray[np.int64] = np.flatnonzero(where >= 0)
    compiled = compile_templates(bodies.take(pa.array(there)), fold_texts, places=where[there], total=len(names))
    return compiled.templates()
