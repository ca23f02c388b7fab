"""Inter as TrueType, which PDF writers want: the kiosk's letters, outlines made quadratic."""

from __future__ import annotations

from functools import cache
from importlib import resources

MEDIUM, BOLD = "Inter-Medium", "Inter-Bold"


@cache
def register() -> None:
    """Make both cuts known to the PDF writer, once."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (MEDIUM, BOLD):
        registerFont(TTFont(name, str(resources.files(__name__).joinpath(f"{name}.ttf"))))
