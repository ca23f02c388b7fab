"""The desk: pages for officials, technicians and owners, and who may do what.

- :mod:`hub.desk.models` a role for each account; :mod:`hub.desk.rights` what it allows
- :mod:`hub.desk.views` the day and the list of places; ``…_views`` the pages of one thing each
- :mod:`hub.desk.pages` what all share; :mod:`hub.desk.charts` pictures as SVG
- words in :mod:`hub.desk.words`, colours in ``colours.css``
"""
