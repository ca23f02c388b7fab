"""The hub: where a gate's records become useful. A Django project, one app per duty.

- :mod:`hub.main` the command line; :mod:`hub.commands` one module per command
- :mod:`hub.home` where a hub's files lie and which database it uses
- :mod:`hub.keys` the hub's private keys, which no database and no backup of one holds
- :mod:`hub.intake` places, kiosks, claims, entries and their ledger; the API kiosks speak

The hub shares formats with the kiosk (:mod:`wire`) and nothing else.
"""
