"""The look that maps and screens share."""

from typing import Final

#: One calm accent for the markers of the map and for the screens.
ACCENT: Final = "#1c5d73"
#: Dark ink of outlines and hatching.
INK: Final = "#1d2b33"
