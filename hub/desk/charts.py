"""Charts as SVG, in the colours of the pages; what each shows also stands beside it as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pygal
from pygal.style import Style

from hub.compliance.progress import Progress
from hub.compliance.rhythm import Rhythm
from hub.desk.words import colour, words

_HOURS = [f"{hour:02}" for hour in range(24)]


def hours(rhythm: Rhythm, language: str) -> bytes:
    """Return one day by hour: what is usual behind what was seen."""
    w = words(language)
    chart = pygal.Bar(**_shared(260, ("line", "accent")), x_label_rotation=0)
    chart.x_labels = _HOURS
    chart.x_labels_major = _HOURS[::3]
    chart.add(w["usual"], [round(value, 1) for value in rhythm.expected])
    chart.add(w["seen_today"], list(rhythm.seen))
    return _drawn(chart)


def week(rhythm: Rhythm, language: str) -> bytes:
    """Return what is usual at each weekday and hour, as dots by size."""
    w = words(language)
    chart = pygal.Dot(**_shared(290, ("accent",) * 7, legend=False))
    chart.x_labels = _HOURS
    for name, values in zip(w["weekdays"], rhythm.week, strict=True):
        chart.add(name, [round(value, 1) for value in values])
    return _drawn(chart)


def days(
    labels: Sequence[str], scanned: Sequence[int], other: Sequence[int], language: str
) -> bytes:
    """Return passages by day: scanned, and by hand or not scanned."""
    w = words(language)
    chart = pygal.StackedBar(**_shared(260, ("accent", "v-look")))
    chart.x_labels = list(labels)
    chart.add(w["scanned"], list(scanned))
    chart.add(w["by_hand_or_not"], list(other))
    return _drawn(chart)


def progress(found: Sequence[Progress], language: str) -> bytes:
    """Return how far each unit's places are, from known to scanning."""
    w = words(language)
    height = 150 + 46 * max(len(found), 1)
    names = ("accent", "way-out", "v-look", "line")
    chart = pygal.HorizontalStackedBar(**_shared(height, names))
    chart.x_labels = [_short(one.unit or w["no_unit"]) for one in found]
    chart.add(w["scanning"], [one.scanning for one in found])
    chart.add(w["equipped_only"], [one.equipped - one.scanning for one in found])
    chart.add(w["registered_only"], [one.registered - one.equipped for one in found])
    chart.add(w["known_only"], [one.known - one.registered for one in found])
    return _drawn(chart)


def _short(name: str) -> str:
    return name if len(name) <= 28 else name[:27] + "…"


def _drawn(chart: pygal.graph.graph.Graph) -> bytes:
    chart.add_xml_filter(_bare)
    svg: bytes = chart.render()
    return svg


def _bare(tree: Any) -> Any:
    """Take out what only a script would use: a picture runs none, and carries less."""
    for parent in list(tree.iter()):
        for child in list(parent):
            name, kind = str(child.tag).rpartition("}")[2], child.get("class") or ""
            if (
                name == "script"
                or "tooltip" in kind.split()
                or (name == "desc" and kind != "value")
            ):
                parent.remove(child)
    return tree


def _shared(height: int, colours: Sequence[str], *, legend: bool = True) -> dict[str, object]:
    ink, quiet, card, line = (colour(name) for name in ("ink", "quiet", "card", "line"))
    style = Style(
        background=card, plot_background=card, foreground=quiet, foreground_strong=ink,
        foreground_subtle=line, opacity="1", opacity_hover="1", transition="0s",
        colors=tuple(colour(name) for name in colours), font_family="Inter, Roboto, sans-serif",
        label_font_size=13, major_label_font_size=13, legend_font_size=14, title_font_size=16,
        guide_stroke_color=line, major_guide_stroke_color=line,
    )  # fmt: skip
    return {
        # No script: the pages' policy forbids it, and a picture runs none.
        "js": (), "width": 860, "height": height, "style": style, "show_legend": legend,
        "legend_at_bottom": True, "legend_at_bottom_columns": 2, "legend_box_size": 14,
        "margin": 10, "margin_bottom": 30, "max_scale": 6, "min_scale": 2, "order_min": 0,
        "spacing": 10, "show_minor_x_labels": True, "truncate_legend": -1,
        "truncate_label": -1, "no_data_text": "–", "value_formatter": lambda v: f"{v:g}",
        "disable_xml_declaration": False, "pretty_print": False, "rounded_bars": 2,
    }  # fmt: skip
