"""How strong each degradation may get until half the codes no longer read, per decoder.

``python -m bench reading [--samples N] [--no-node] [--write]``: prints the table, draws the
curves to docs/pictures/reading.png and, with ``--write``, puts the table into
docs/reading.md. 1 when a peer is ahead anywhere.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench import machine
from bench.corpus import DEGRADATIONS, Degradation, picture
from bench.decode import Ours
from bench.peers import Peers

if TYPE_CHECKING:
    from bench.peers import Peer

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reading.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"

Curves = dict[tuple[str, str], list[float]]


def main(argv: list[str]) -> int:
    """Print the table and draw the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10, help="pictures at each strength")
    parser.add_argument("--no-node", action="store_true", help="leave WeChat's and jsQR out")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    asked = parser.parse_args(argv)
    peers = Peers(node=not asked.no_node)
    with peers as others:
        everybody: list[Peer] = [Ours(), *others]
        curves, wrong = measured(everybody, asked.samples)
        names = [peer.name for peer in everybody]
    rows, behind, ahead = judged(curves, names)
    text = machine.table(("degradation", "in", *names), rows)
    about = (
        f"{asked.samples} pictures at each strength; ahead of the best peer on {ahead} of "
        f"{len(rows)}, behind on {behind}; wrong texts: "
        + ", ".join(f"{n} {wrong[n]}" for n in names)
        + f". {machine.named()}."
    )
    print(text)
    print(about)
    for name in peers.absent:
        print(f"absent: {name}")
    plot(curves, names)
    if asked.write:
        page = PAGE.read_text("utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n\n{about}\n{END}{after}", "utf-8")
    return 1 if behind or wrong["kiosk"] else 0


def measured(everybody: list[Peer], samples: int) -> tuple[Curves, dict[str, int]]:
    """Return the share read at each strength, and how many texts were wrong."""
    curves: Curves = {}
    wrong = {peer.name: 0 for peer in everybody}
    for kind in DEGRADATIONS:
        for peer in everybody:
            curves[peer.name, kind.name] = []
        for strength in kind.strengths:
            read = {peer.name: 0 for peer in everybody}
            for number in range(samples):
                text, image = picture(kind, strength, number)
                for peer in everybody:
                    found = peer.read(image)
                    read[peer.name] += text.encode() in found
                    wrong[peer.name] += any(f != text.encode() for f in found)
            for peer in everybody:
                curves[peer.name, kind.name].append(read[peer.name] / samples)
    return curves, wrong


def halfway(curve: list[float]) -> float:
    """Return at which step (0: before the first) half still read, between steps linearly."""
    for n, share in enumerate(curve):
        if share < 0.5:
            return 0.0 if n == 0 else n + (curve[n - 1] - 0.5) / (curve[n - 1] - share)
    return float(len(curve)) + 0.0


def strength_at(kind: Degradation, step: float) -> str:
    """Return the strength at ``step`` of ``kind``, in its unit; open ends are marked."""
    worse = "≤" if kind.falling else "≥"
    if step < 1:
        return f"under {kind.strengths[0]:g}" if not kind.falling else f"over {kind.strengths[0]:g}"
    if step >= len(kind.strengths):
        return f"{worse} {kind.strengths[-1]:g}"
    low = int(step) - 1
    value = kind.strengths[low] + (step - 1 - low) * (kind.strengths[low + 1] - kind.strengths[low])
    return f"{value:.3g}"


def judged(curves: Curves, names: list[str]) -> tuple[list[tuple[str, ...]], int, int]:
    """Return the table's rows, and on how many degradations we are behind and ahead."""
    rows, behind, ahead = [], 0, 0
    for kind in DEGRADATIONS:
        steps = {name: halfway(curves[name, kind.name]) for name in names}
        best = max(step for name, step in steps.items() if name != "kiosk")
        behind += steps["kiosk"] < best
        ahead += steps["kiosk"] > best
        cells = []
        for name in names:
            shown = strength_at(kind, steps[name])
            cells.append(f"**{shown}**" if steps[name] == max(steps.values()) else shown)
        rows.append((kind.name, kind.unit, *cells))
    return rows, behind, ahead


def plot(curves: Curves, names: list[str]) -> None:
    """Draw every curve into docs/pictures/reading.png."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, grid = plt.subplots(6, 3, figsize=(11, 15), layout="constrained", sharey=True)
    colours = ["#0b6e4f", "#2563eb", "#d1a054", "#b45309", "#7c3aed", "#dc2626", "#6b7280"]
    for kind, axes in zip(DEGRADATIONS, grid.flat, strict=True):
        for name, colour in zip(names, colours, strict=False):
            style = {"color": colour, "linewidth": 2.6 if name == "kiosk" else 1.2}
            axes.plot(kind.strengths, curves[name, kind.name], label=name, **style)
        if kind.falling:
            axes.invert_xaxis()
        axes.set_title(f"{kind.name} ({kind.unit})", fontsize=10)
        axes.axhline(0.5, color="#d1d5db", linewidth=0.8)
        axes.grid(alpha=0.25)
    grid[0, 0].legend(fontsize=8)
    machine.PICTURES.mkdir(parents=True, exist_ok=True)
    figure.savefig(machine.PICTURES / "reading.png", dpi=90)
    plt.close(figure)
