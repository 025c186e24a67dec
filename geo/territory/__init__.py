"""Territories: made from official files, saved, loaded, and what they answer."""

from geo.territory.territory import Territory

__all__ = ["Territory"]
