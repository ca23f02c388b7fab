"""Pages for everybody: a place's page behind its board, check-in, declaration, reports, my data.

No app, no account, no script: an old phone on a slow network is enough.

- :mod:`hub.visitors.placecodes` what a board's or a kiosk's code says, and whether it holds
- :mod:`hub.visitors.tickets` what a page hands to the next one, signed or encrypted
- :mod:`hub.visitors.people` what people fill in, and what is wrong with it
- :mod:`hub.visitors.webgate` check-ins become entries on the way that kiosks' entries go
- :mod:`hub.visitors.declarations` signed declarations, as a code to keep
- :mod:`hub.visitors.reports`, :mod:`~hub.visitors.requests` what people report and ask for;
  :mod:`~hub.visitors.photos` and :mod:`~hub.visitors.workdays` are their pure parts
- :mod:`hub.visitors.views` and its neighbours: the pages; ``desk_views`` the officials' side
"""
