"""The guard's data on disk: which names are guarded and why, dated, with sources, every file with its checksum.

A directory holds some of `PARTS` and `public_suffix_list.dat`, and `guard.json`, which says of each its date, its
source, how many names it has, and its SHA-256. The package ships one (`guard_data/`; the suffix list comes with the
package `publicsuffixlist`); what an administration loads (`guard_loading`) stands over it, part by part.
`read_guard_data` refuses whatever is not as its `guard.json` says, so that nothing is ever published past half a
guard. Called by `guard`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.domains.guard_table import Mark
from wurao.domains.names import read_names
from wurao.domains.suffixes import LIST, Suffixes, read_suffixes, shipped_text
from wurao.errors import Refused
from wurao.settings.places import data_directory

FORMAT = 1
MANIFEST = "guard.json"
COLUMNS = ("name", "owner", "source")
LARGEST = 256 << 20
"""Octets of one part."""
MEND = "load sound data: wurao domains guard load DIR, or go back to the shipped: wurao domains guard load --shipped"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of guarded names: what it marks them as, and what it is called on screen."""

    file: str
    mark: Mark
    name_zh: str
    name_en: str


PARTS = (
    Part("government.csv", Mark.PROTECTED, "政府与公共服务", "government and public services"),
    Part("banks.csv", Mark.PROTECTED, "银行与支付", "banks and payment"),
    Part("operators.csv", Mark.PROTECTED, "运营商", "operators"),
    Part("services.csv", Mark.POPULAR, "大型服务与应用商店", "large services and app stores"),
    Part("hosting.csv", Mark.SHARED, "托管与共享", "hosting and sharing"),
    Part("popular.txt", Mark.POPULAR, "热门域名", "popular names"),
)
"""In the order in which the first that has a name speaks for it. CSV has `COLUMNS`; `.txt` is ranked, a name a line."""


@dataclass(frozen=True, slots=True)
class PartAbout:
    """What `guard.json` says of a part."""

    date: str
    source: str
    names: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PartRead:
    """A part as read: from where, what is said of it."""

    file: str
    where: Path
    about: PartAbout


@dataclass(frozen=True, slots=True)
class GuardData:
    """Every guarded name, in the order of `PARTS` and of their rows, and the public suffix list."""

    names: pa.StringArray
    part: npt.NDArray[np.int8]
    """The place of each name's part in `PARTS`."""
    rank: npt.NDArray[np.int32]
    """Its place in a ranked part, from 1; 0 elsewhere."""
    owner: pa.StringArray
    suffixes: Suffixes
    parts: tuple[PartRead, ...]
    """All parts, the suffix list last."""


def shipped_directory() -> Path:
    """The guard data of the package."""
    return Path(str(files(__package__).joinpath("guard_data")))


def loaded_directory() -> Path:
    """Where `wurao domains guard load` puts newer ones; it need not exist."""
    return data_directory() / "guard"


def read_guard_data(loaded: Path | None = None, shipped: Path | None = None) -> GuardData:
    """The shipped data with the loaded ones over them, part by part; Refused where any of it is not sound."""
    places = [
        each for each in (loaded or loaded_directory(), shipped or shipped_directory()) if _is_there(each, shipped)
    ]
    if not places:
        raise Refused("there is no guard data", where=str(shipped or shipped_directory()), right="install wurao anew")
    abouts = {place: read_manifest(place) for place in places}
    names, part, rank, owner, read = [], [], [], [], []
    for number, each in enumerate(PARTS):
        place = next((place for place in places if each.file in abouts[place]), None)
        if place is None:
            raise Refused(f"has no {each.file}", where=str(places[-1] / MANIFEST), right=MEND)
        about = abouts[place][each.file]
        found, owners = rows_of(each, _octets(place, each.file, about), place / each.file)
        names.append(found)
        owner.append(owners)
        part.append(np.full(len(found), number, np.int8))
        ranked = each.file.endswith(".txt")
        rank.append(np.arange(1, len(found) + 1, dtype=np.int32) if ranked else np.zeros(len(found), np.int32))
        read.append(PartRead(each.file, place, about))
    suffixes, about_list = _suffixes(places, abouts)
    return GuardData(
        pa.concat_arrays(names),
        np.concatenate(part),
        np.concatenate(rank),
        pa.concat_arrays(owner),
        suffixes,
        (*read, about_list),
    )


def guard_stamp(loaded: Path | None = None, shipped: Path | None = None) -> str:
    """What changes whenever other guard data are loaded, or a file of them is touched: for whoever goes on for long.

    Cheap enough to be asked twenty times a second; what it says of a file is its size and when it was written.
    """
    digest = hashlib.sha256()
    for place in (loaded or loaded_directory(), shipped or shipped_directory()):
        digest.update(str(place.resolve()).encode())
        for name in (MANIFEST, LIST, *(part.file for part in PARTS)):
            with suppress(OSError):
                told = (place / name).stat()
                digest.update(f"{name} {told.st_size} {told.st_mtime_ns} {told.st_ino}".encode())
    return digest.hexdigest()


def _is_there(place: Path, shipped: Path | None) -> bool:
    """Whether a directory is to be read: a loaded one may be missing, half of one may not."""
    return place.exists() or place.is_symlink() or place in (shipped, shipped_directory())


def _suffixes(places: list[Path], abouts: dict[Path, dict[str, PartAbout]]) -> tuple[Suffixes, PartRead]:
    place = next((place for place in places if LIST in abouts[place]), None)
    if place is not None:
        about = abouts[place][LIST]
        text = _octets(place, LIST, about).decode("utf-8")
        return read_suffixes(text, str(place / LIST)), PartRead(LIST, place, about)
    try:
        text = shipped_text()
    except OSError as error:
        raise Refused(f"cannot be read: {error}", where=LIST, right="install publicsuffixlist anew") from error
    suffixes = read_suffixes(text)
    source = "publicsuffix.org, by the package publicsuffixlist; MPL-2.0"
    about = PartAbout(suffixes.version[:10], source, len(suffixes.names), hashlib.sha256(text.encode()).hexdigest())
    return suffixes, PartRead(LIST, Path(str(files("publicsuffixlist"))), about)


def read_manifest(place: Path) -> dict[str, PartAbout]:
    """What `guard.json` of a directory says of each part; Refused where it is missing or damaged."""
    where = str(place / MANIFEST)
    try:
        written = json.loads((place / MANIFEST).read_bytes())
        if written["format"] != FORMAT:
            raise Refused(f"is of format {written['format']}, not {FORMAT}", where=where, right=MEND)
        return {str(file): PartAbout(**about) for file, about in written["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(f"cannot be read ({error})", where=where, right=MEND) from error


def manifest_text(abouts: dict[str, PartAbout]) -> str:
    """The text of `guard.json`."""
    told = {file: asdict(about) for file, about in abouts.items()}
    return json.dumps({"format": FORMAT, "files": told}, ensure_ascii=False, indent=1) + "\n"


def _octets(place: Path, file: str, about: PartAbout) -> bytes:
    where = str(place / file)
    try:
        if (place / file).stat().st_size > LARGEST:
            raise Refused(f"has more than {LARGEST:,} octets", where=where, right=MEND)
        octets = (place / file).read_bytes()
    except OSError as error:
        raise Refused(f"cannot be read ({error.strerror or error})", where=where, right=MEND) from error
    if hashlib.sha256(octets).hexdigest() != about.sha256:
        raise Refused(f"is not what {MANIFEST} says (SHA-256)", where=where, right=MEND)
    return octets


def rows_of(part: Part, octets: bytes, where: Path) -> tuple[pa.StringArray, pa.StringArray]:
    """The canonical names of a part and whose they are; Refused at the first line that is none."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("is not UTF-8", where=str(where), right="write it in UTF-8") from error
    if octets and not octets.endswith(b"\n"):
        raise Refused("ends in the middle of a line", where=str(where), right="take a whole file")
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    written, owners, lines = _ranked(numbered) if part.file.endswith(".txt") else _rows(numbered, where)
    if not written:
        raise Refused("holds no name", where=str(where), right="take a whole file")
    read = read_names(pa.array(written, pa.string()))
    if not read.readable.all():
        place = int(np.flatnonzero(~read.readable)[0])
        right = str(read.errors[place].as_py())
        raise Refused(f"{written[place]!r} is no name", where=f"{where}:{lines[place]}", right=right)
    return read.canonical, pa.array(owners, pa.string())


def _ranked(numbered: list[tuple[int, str]]) -> tuple[list[str], list[str], list[int]]:
    """A name a line, or, as rankings are given away, `rank,name`."""
    names = [line.rpartition(",")[2].strip() for _, line in numbered]
    return names, [""] * len(names), [number for number, _ in numbered]


def _rows(numbered: list[tuple[int, str]], where: Path) -> tuple[list[str], list[str], list[int]]:
    if not numbered or tuple(numbered[0][1].split(",")) != COLUMNS:
        line = numbered[0][0] if numbered else 1
        raise Refused("has no header", where=f"{where}:{line}", right=f"begin with {','.join(COLUMNS)}")
    names, owners, lines = [], [], []
    for number, text in numbered[1:]:
        row = next(csv.reader(io.StringIO(text)))
        if len(row) != len(COLUMNS) or not all(row):
            raise Refused("is no row", where=f"{where}:{number}", right=f"write {','.join(COLUMNS)}, none empty")
        names.append(row[0])
        owners.append(row[1])
        lines.append(number)
    return names, owners, lines
