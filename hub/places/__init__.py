"""Places: kinds, the two trees, the life cycle, import from lists, boards.

- :mod:`hub.places.kinds` the kinds of venue, as data
- :mod:`hub.places.units` territory and governing bodies, with validity dates
- :mod:`hub.places.lifecycle` from known to closed, each step with its reason
- :mod:`hub.places.register` one place, registered or corrected by the same rules as lists
- :mod:`hub.places.streets` addresses in the order in which one walks
- :mod:`hub.places.imports` lists of places, checked row by row before anything is taken
- :mod:`hub.places.boards` the board on the wall: drawn, numbered; :mod:`hub.places.boardcheck`
"""
