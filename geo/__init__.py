"""maillage: where is the nearest France services site, and who is still too far."""

from geo.access.coverage import CoverageRule, coverage, summarize
from geo.errors import MaillageError
from geo.territory import Territory

__all__ = ["CoverageRule", "MaillageError", "Territory", "coverage", "summarize"]
