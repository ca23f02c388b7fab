"""What goes to other systems: entries as files, part by part, each with a sheet of what it lacks.

- :mod:`hub.exchange.records` the columns, their schema, and an entry as a record
- :mod:`hub.exchange.formats` the interface of a format, JSON Lines and CSV
- :mod:`hub.exchange.parts` a folder of parts: what was exported, where to go on
- :mod:`hub.exchange.sheet` the completeness sheet: per day exported of held, gaps by name
- :mod:`hub.exchange.export` one run

No other system is spoken to: none could be reached to be tested against (docs/exchange.md).
"""
