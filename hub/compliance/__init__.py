"""Compliance: which gates scan, which do not, and what each figure is counted from.

- :mod:`hub.compliance.figures` the SQL of each figure, by place and span of days
- :mod:`hub.compliance.signs` what figures are signs of a violation; pure
- :mod:`hub.compliance.gates` kiosks that are silent, behind, or have a wrong clock
- :mod:`hub.compliance.rhythm` what is usual at each hour of the week; :mod:`hub.compliance.days`
- :mod:`hub.compliance.residents` reports that nobody has answered
- :mod:`hub.compliance.inspections` visits, their findings, and the second look
- :mod:`hub.compliance.progress` from known to registered to scanning
- :mod:`hub.compliance.documents`, :mod:`hub.compliance.reminders` the letters
- :mod:`hub.compliance.report` all of it for a day or a week, by responsible unit
"""
