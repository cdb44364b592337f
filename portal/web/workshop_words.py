"""What a page says of a workshop: how many places are left."""

from portal.web.i18n import gettext, ngettext


def places_left(capacity: int, taken: int) -> str:
    """`Places libres : 2 sur 8`, `Complet : 8 places prises`."""
    left = capacity - taken
    if not left:
        return ngettext(
            "Full: the %(num)d place is taken", "Full: the %(num)d places are taken", capacity
        )
    if left == capacity:
        return ngettext("%(num)d place, none taken", "%(num)d places, none taken", capacity)
    return gettext("Places left: %(left)d of %(all)d", left=left, all=capacity)
