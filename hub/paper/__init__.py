"""Paper: boards and cards as PDF, read back before they are offered, checked when photographed.

- :mod:`hub.paper.drawing` codes and texts that fit their boxes
- :mod:`hub.paper.boards`, :mod:`hub.paper.cards` the sheets
- :mod:`hub.paper.worksheet` the list to walk with
- :mod:`hub.paper.letters` official letters, as PDF (``letter_pdf``) and DOCX (``letter_docx``)
- :mod:`hub.paper.photos` photos, as pixels alone
- :mod:`hub.paper.reading` codes in a page or a picture
- :mod:`hub.paper.files` a PDF reaches the disk only after it was read back
"""
