"""Damaged files: every record is read, rejected with a reason, or the file is refused with a message."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from scrapers.errors import GigsError
from scrapers.imports.convert import batches
from scrapers.imports.mapping import Mapping

N_RECORDS = 60
FIELDS = {"feed": ("title", "link"), "other": ("title", "price")}


def sound(kind: str, folder: Path) -> bytes:
    """A sound file of a kind with sixty records."""
    jobs = [{"title": f"Bird {n}, ünd “more”", "price": f"{n},50 €"} for n in range(N_RECORDS)]
    path = folder / "sound"
    if kind == "csv":
        lines = ['"' + '","'.join(job.values()) + '"' for job in jobs]
        return ("title,price\n" + "\n".join(lines) + "\n").encode()
    if kind == "json":
        return json.dumps(jobs, ensure_ascii=False, indent=1).encode()
    if kind == "jsonl":
        return "\n".join(json.dumps(job, ensure_ascii=False) for job in jobs).encode()
    if kind == "feed":
        items = "".join(f"<item><title>{job['title']}</title><link>https://m.example/{n}</link></item>"
                        for n, job in enumerate(jobs))  # fmt: skip
        return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()
    if kind == "parquet":
        pl.DataFrame(jobs).write_parquet(path)
    else:
        path.unlink(missing_ok=True)
        con = sqlite3.connect(path)
        con.execute("create table jobs (title text, price text)")
        con.executemany("insert into jobs values (:title, :price)", jobs)
        con.commit()
        con.close()
    return path.read_bytes()


def damaged(content: bytes, dice: random.Random) -> bytes:
    """The content with some bytes flipped, cut out, doubled or set to something nasty."""
    said = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        at, length = dice.randrange(len(said) or 1), dice.randint(1, 40)
        match dice.randrange(6):
            case 0 if said:
                said[at % len(said)] ^= 1 << dice.randrange(8)
            case 1:
                del said[at : at + length]
            case 2:
                said[at:at] = said[at : at + length]
            case 3:
                said[at:at] = dice.choice(
                    [b'"', b"\x00", b"\xff\xfe", b"\n", b"\r", b"{", b"]", b"<", b"&x;"]
                )
            case 4:
                del said[at:]
            case _:
                said[at:at] = dice.randbytes(length)
    return bytes(said)


def campaign(kind: str, folder: Path, n: int) -> tuple[int, int]:
    """Numbers of damaged files that were read (in part at least) and refused."""
    dice = random.Random(f"damage {kind}")
    title, price = FIELDS["feed" if kind == "feed" else "other"]
    mapping = f'[source]\nplatform = "m"\n[fields]\ntitle = "{title}"\nprice_raw = "{price}"\n'
    plan = Mapping("m", mapping, "m.toml").for_file("damaged")
    content, path = sound(kind, folder), folder / "damaged"
    n_read = n_refused = 0
    for _ in range(n):
        path.write_bytes(damaged(content, dice))
        try:
            found = list(batches(path, plan))
        except GigsError as error:
            assert error.hint
            n_refused += 1
            continue
        n_read += 1
        lines = [line for batch in found for line in batch.listings["line"].to_list()]
        rejected = {line for batch in found for line in batch.rejects["line"].to_list()}
        assert len(lines) == len(set(lines))
        assert not rejected.intersection(lines)
        assert set(lines) | rejected == set(range(1, len(lines) + len(rejected) + 1)), "a record went missing"
        assert all(reason for batch in found for reason in batch.rejects["reason"])
    return n_read, n_refused


KINDS = ["csv", "json", "jsonl", "feed", "parquet", "sqlite"]


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files(kind: str, tmp_path: Path):
    n_read, n_refused = campaign(kind, tmp_path, 40)
    assert n_read + n_refused == 40
    assert n_refused > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_many_damaged_files(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    n_read, n_refused = campaign(kind, tmp_path, 2_000)
    with capsys.disabled():
        print(f"\n{kind}: 2,000 damaged files (seed 'damage {kind}'): {n_read:,} read, {n_refused:,} refused")
    assert n_read + n_refused == 2_000
