"""The intake: places, their kiosks and claims, entries and the ledger that counts them.

- :mod:`hub.intake.models` the tables
- :mod:`hub.intake.registry` making places and enrolment codes
- :mod:`hub.intake.claims`, :mod:`~hub.intake.receive`, :mod:`~hub.intake.pulses` what the
  hub does with a claim, a batch, a pulse; :mod:`hub.intake.api` the HTTP around them
- :mod:`hub.intake.vault` person fields at rest and the tags that find them
- :mod:`hub.intake.reveal` the one function that opens a name, after :mod:`hub.intake.audit`
- :mod:`hub.intake.chains`, :mod:`~hub.intake.clocks` arithmetic of sequences and of time
"""
