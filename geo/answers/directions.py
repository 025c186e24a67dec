"""Links that open the way to a site in a map application: the place of the site is in them, never the visitor's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from geo.finder.answer import SiteAnswer

#: Parts of what an Apple device says of itself; an iPad says that it is a Macintosh.
_APPLE: Final = ("iPhone", "iPad", "Macintosh")
_MAX_LABEL: Final = 80
#: Decimals of a degree: about one metre.
_DECIMALS: Final = 5


class Directions(NamedTuple):
    """A link: what it opens, in French, and where it leads."""

    opens: str
    address: str


def directions_to(site: SiteAnswer, user_agent: str = "") -> list[Directions]:
    """Return the links to the way to a site, the one for the visitor's device first; the last works everywhere.

    Parameters
    ----------
    user_agent
        What the browser says of itself, empty where it is not known. Android has an address scheme for the application
        that the visitor chose (``geo:``), Apple has one page that opens its own; others open a page of the web.

    Notes
    -----
    RFC 5870 with the `q` of Android's map applications; Apple, "Map Links" (`daddr`, `dirflg`); openstreetmap.org takes
    a position as `to`. None needs a key.
    """
    where = f"{site.lat:.{_DECIMALS}f},{site.lon:.{_DECIMALS}f}"
    web = web_directions(site)
    if "Android" in user_agent:
        label = quote(site.name[:_MAX_LABEL], safe="", errors="replace")
        return [Directions("votre application de cartes", f"geo:{where}?q={where}({label})"), web]
    if any(device in user_agent for device in _APPLE):
        plans = f"https://maps.apple.com/?daddr={where}&dirflg=d"
        return [Directions("Plans, l'application de cartes d'Apple", plans), web]
    return [web]


def web_directions(site: SiteAnswer) -> Directions:
    """Return the link that works everywhere, printed too."""
    where = f"{site.lat:.{_DECIMALS}f},{site.lon:.{_DECIMALS}f}"
    return Directions("openstreetmap.org", f"https://www.openstreetmap.org/directions?to={where}")
