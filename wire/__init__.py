"""What crosses between kiosk, hub and paper: formats only, no I/O, no clock, no network.

- :mod:`wire.cbor` one strict, deterministic CBOR (RFC 8949) for everything, whose bytes
  :mod:`wire.cborscan` looks over before anything is built
- :mod:`wire.keys` Ed25519 signing keys and X25519 sealing keys, and their ids
- :mod:`wire.signed` COSE_Sign1 (RFC 9052): the only thing one side believes of the other
- :mod:`wire.seal` HPKE (RFC 9180): what only the tracing authority opens
- :mod:`wire.entry` the clear header, the sealed content and the chain of entries
- :mod:`wire.batch` batch, receipt, pulse and their answers
- :mod:`wire.enrol` enrolment code, claim, the hub's answer, the kiosk's certificate
- :mod:`wire.claims` the facts inside tokens, as small integers
- :mod:`wire.tokens` passes, declarations and boards that people carry
- :mod:`wire.b45` and :mod:`wire.qr` base45, and the smallest QR code that holds a text

``docs/protocol.md`` describes every field; ``tests/samples/wire/v1`` holds messages of
version 1 that are never edited.
"""
