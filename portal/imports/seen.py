"""Which lines of a file were read already, in sixteen bytes each."""

from array import array
from hashlib import blake2b

_EMPTY = 0
_FEWEST_SLOTS = 1024


class SeenKeys:
    """A set of texts that knows only their digests: 64 bits, of two lines in 10^10 one alike."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FEWEST_SLOTS))
        self._taken = 0

    def add(self, key: str) -> bool:
        """False when it was there."""
        digest = int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) or 1
        if not self._put(digest):
            return False
        self._taken += 1
        if self._taken * 2 > len(self._slots):
            self._grow()
        return True

    def _put(self, digest: int) -> bool:
        slots, size = self._slots, len(self._slots)
        at = digest % size
        while (found := slots[at]) != _EMPTY:
            if found == digest:
                return False
            at = (at + 1) % size
        slots[at] = digest
        return True

    def _grow(self) -> None:
        before = self._slots
        self._slots = array("Q", bytes(16 * len(before)))
        for digest in before:
            if digest != _EMPTY:
                self._put(digest)
