"""What the hub set at this kiosk, laid over its configuration: values of a closed list only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kiosk import config as configuration
from kiosk.config import Config
from kiosk.errors import BadConfig
from kiosk.identity import Identity
from wire import gate_settings


def bidden(config: Config, me: Identity, *, venue: str) -> Config:
    """Return ``config`` with what the hub's settings say of this place and kind of venue.

    ``venue`` is the profile chosen here ("" for none). What does not fit is left out.
    """
    profile = me.settings.profile
    wanted = gate_settings.chosen(profile, place=me.code.place, venue=venue or me.code.profile)
    for name, value in sorted(wanted.items()):
        section, key = name.split(".")
        config = _laid(config, section, key, value)
    return config


def _laid(config: Config, section: str, key: str, value: Any) -> Config:
    try:
        told = configuration.read({section: {key: value}}, source="the hub's settings")
    except BadConfig:  # a word of a newer hub
        return config
    part = replace(getattr(config, section), **{key: getattr(getattr(told, section), key)})
    return replace(config, **{section: part})
