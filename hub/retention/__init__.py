"""What is forgotten: entries after their days, persons at their request; for good.

- :mod:`hub.retention.purge` entries older than the hub may hold
- :mod:`hub.retention.erasure` one person's entries, and the journal that outlives a restore
"""
