"""Tracing: from a case to who was with a person, where, when, how surely.

- :mod:`hub.tracing.intervals` stays and their overlap; :mod:`hub.tracing.pairing` sightings
  become stays. Both pure: times in, times out (docs/tracing.md draws the cases)
- :mod:`hub.tracing.kinds` how long people stay at which kind of place
- :mod:`hub.tracing.sightings` entries by tag, place and time, corrections applied
- :mod:`hub.tracing.people` who is meant; :mod:`hub.tracing.contacts` who was there too
- :mod:`hub.tracing.completeness` gates whose data are not here yet
- :mod:`hub.tracing.cases` opening, approving, ending a case; :mod:`hub.tracing.trace` the
  whole of a trace; :mod:`hub.tracing.calls` the list of people to call
"""
