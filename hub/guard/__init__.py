"""Who knocks too often waits: log-ins, second factors, requests of strangers; and headers.

- :mod:`hub.guard.backend` passwords, with a lock-out that several processes share
- :mod:`hub.guard.totp` codes of a second factor (RFC 6238)
- :mod:`hub.guard.forms` the log-in form with its field for the code
- :mod:`hub.guard.middleware` headers of pages, and the names they may be asked for under
- :mod:`hub.guard.clock` a clock that cannot be right takes nothing in
- :mod:`hub.guard.limits` how often an address may write or be refused, and whose address it is
"""
