"""Paper: boards and cards as PDF, read back before they are offered, checked when photographed.

- :mod:`hub.paper.drawing` codes and texts that fit their boxes
- :mod:`hub.paper.boards`, :mod:`hub.paper.cards` the sheets
- :mod:`hub.paper.reading` codes in a page or a picture
- :mod:`hub.paper.files` a PDF reaches the disk only after it was read back
"""
