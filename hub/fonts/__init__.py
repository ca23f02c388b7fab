"""Inter (the kiosk's letters) and Gate Serif (Times' widths, for official letters) as TrueType."""

from __future__ import annotations

from functools import cache
from importlib import resources

MEDIUM, BOLD = "Inter-Medium", "Inter-Bold"
SERIF = "GateSerif-Regular"
SERIF_BOLD, SERIF_ITALIC, SERIF_BOTH = (
    "GateSerif-Bold", "GateSerif-Italic", "GateSerif-BoldItalic",
)  # fmt: skip


@cache
def register() -> None:
    """Make all cuts known to the PDF writer, once."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (MEDIUM, BOLD, SERIF, SERIF_BOLD, SERIF_ITALIC, SERIF_BOTH):
        registerFont(TTFont(name, str(resources.files(__name__).joinpath(f"{name}.ttf"))))
