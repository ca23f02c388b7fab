"""What the demo leaves: a sheet of screens, and one passage's journey with its real bytes."""

from __future__ import annotations

import html
import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kiosk.demo import film
from kiosk.demo.tap import BATCH, RECEIPT
from kiosk.frames import Frame, image_of
from kiosk.identity import Identity
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE
from kiosk.scanner import scanner
from wire import signed
from wire.batch import Batch, Receipt

COLUMNS, WIDTH = 3, 640

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1c2733;background:#f4f6f8}h1{font-size:1.7rem}h2{margin:2.2rem 0 .3rem;font-size:1.2rem}
pre{background:#fff;padding:1rem;border-radius:.6rem;overflow:auto;font-size:.8rem;
white-space:pre-wrap;word-break:break-all}img{max-width:100%;border-radius:.6rem}
p{margin:.3rem 0 .8rem}
"""

FRAME = (
    "The first picture of the film in which the scanner reads the code. (The kiosk itself "
    "never writes a frame; this one was drawn.)"
)
ROW = (
    "The clear header (decoded), then the sealed part as it lies there: only the tracing "
    "authority's key opens it."
)
HUB = "What the hub tells an official who may see the name, and writes into its audit that it did."


def contact_sheet(pictures: Sequence[Path], out: Path) -> Path:
    """Put the screens on one sheet; returns its path."""
    tiles = []
    for path in sorted(pictures):
        picture = cv2.imread(str(path))
        if picture is not None:
            height = round(picture.shape[0] * WIDTH / picture.shape[1])
            tile = cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA)
            tiles.append(cv2.copyMakeBorder(tile, 6, 6, 6, 6, cv2.BORDER_CONSTANT, value=(90,) * 3))
    while len(tiles) % COLUMNS:
        tiles.append(np.full_like(tiles[0], 90))
    rows = [cv2.hconcat(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    sheet = out / "contact-sheet.png"
    cv2.imwrite(str(sheet), cv2.vconcat(rows))
    return sheet


def write(
    out: Path, *, data: Path, film_folder: Path, entry: dict[str, Any], verdict: dict[str, Any]
) -> Path:
    """Write the page about ``entry`` (a line of ``hub entries --json --reveal``)."""
    number, scene = 0, film.script()[0]
    text = scene.expects[0][1]
    frame = _frame(film.segment(film_folder, number, scene), text)
    if frame is not None:
        cv2.imwrite(str(out / "frame.png"), frame)
    with OutboxView(data / FILE) as outbox:
        row = outbox.rows(after=entry["seq"] - 1, limit=1)[0]
    picture = '<img src="frame.png" alt="the frame">' if frame is not None else ""
    row_shown = _json(_readable(row.entry.header)) + _pre(row.entry.sealed.hex())
    parts = [
        ("1. The frame", FRAME, picture),
        ("2. The text", "What the code holds, letter by letter.", _pre(text)),
        ("3. The verdict", "Posted after the commit; nothing in it is personal.", _json(verdict)),
        ("4. The row on the disk", ROW, row_shown),
        *_crossed(data),
        ("7. The hub's row", HUB, _json(entry)),
    ]
    body = "".join(f"<h2>{title}</h2><p>{told}</p>{what}" for title, told, what in parts)
    page = out / "journey.html"
    page.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>One passage</title>'
        f"<style>{STYLE}</style><h1>One passage's journey</h1>{body}</html>",
        encoding="utf-8",
    )
    return page


def _frame(path: Path, text: str) -> Any:
    reader = scanner(who=lambda _: frozenset({"somebody"}))
    film_file = cv2.VideoCapture(str(path))
    try:
        for number in itertools.count():
            there, image = film_file.read()
            if not there:
                return None
            look = reader.look(Frame(image_of(image), number / film.FPS, number))
            if any(seen.text == text for seen in look.seen):
                return image
    finally:
        film_file.release()


def _crossed(data: Path) -> Iterator[tuple[str, str, str]]:
    if not (data / BATCH).exists():
        return
    keys = Identity.load(data).hub_keys
    sent, back = (data / BATCH).read_bytes(), (data / RECEIPT).read_bytes()
    batch = Batch.unpack(signed.peek_payload(sent))
    receipt = Receipt.unpack(signed.verify(back, keys, "receipt").payload)
    yield (
        "5. The batch",
        f"{len(batch.entries)} sealed entries, signed by the kiosk: {len(sent)} bytes.",
        _pre(sent.hex()),
    )
    yield (
        "6. The receipt",
        "Signed by the hub after its own commit; only this retires the row.",
        _json(receipt.pack()) + _pre(back.hex()),
    )


def _readable(header: Any) -> dict[str, Any]:
    facts = {name: getattr(header, name) for name in header.__slots__}
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _json(value: Any) -> str:
    text = json.dumps(
        value,
        ensure_ascii=False,
        indent=1,
        default=lambda item: item.hex() if isinstance(item, bytes) else str(item),
    )
    return _pre(text)


def _pre(text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>"
