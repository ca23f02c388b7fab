"""The tables of tracing: cases, and the people whom a case found."""

from hub.tracing.models.cases import Case, Contact

__all__ = ["Case", "Contact"]
