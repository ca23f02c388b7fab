"""Pages for who runs a place: apply, correct, print the board, one's own share, masked history.

- :mod:`hub.owners.changes` what an owner asks for, and an official confirms
- :mod:`hub.owners.rosters` who of a unit is expected each day, scanned, missing
- :mod:`hub.owners.pages` who may see which page; :mod:`hub.owners.views` the pages
- :mod:`hub.owners.desk_views` the officials' side

No page of these opens a name: what is shown is masked, and the roster keeps masks and tags.
"""
