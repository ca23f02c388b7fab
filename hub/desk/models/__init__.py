"""The table of roles."""

from hub.desk.models.roles import Role

__all__ = ["Role"]
