"""Compliance: which gates scan, which do not, and what each figure is counted from.

- :mod:`hub.compliance.figures` the SQL of each figure, by place and span of days
- :mod:`hub.compliance.signs` what figures are signs of a violation; pure
- :mod:`hub.compliance.gates` kiosks that are silent, behind, or have a wrong clock
- :mod:`hub.compliance.report` all of it for a day or a week, by responsible unit
"""
