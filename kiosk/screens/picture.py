"""The window as a picture in a file: for the demo and the gallery, whose people are made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write_picture(window: Any, file: Path) -> None:
    """Draw the window once and write it to a PNG file."""
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
    from kivy.graphics.texture import Texture

    window.on_draw()
    width, height = window.system_size
    pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
    texture = Texture.create(size=(width, height), colorfmt="rgba")
    texture.blit_buffer(pixels, colorfmt="rgba", bufferfmt="ubyte")
    texture.save(str(file), flipped=True)
