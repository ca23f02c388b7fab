"""Measurements, side by side with what others do: ``python -m bench``."""
