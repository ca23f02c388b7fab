"""The desk: pages for officials, technicians and owners, and who may do what.

- :mod:`hub.desk.models` a role for each account; :mod:`hub.desk.rights` what it allows
- :mod:`hub.desk.views` the pages; words in :mod:`hub.desk.words`, colours in ``colours.css``
"""
