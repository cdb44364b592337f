"""A way to PostgreSQL that can be cut, stay silent, and come back."""

import contextlib
import socket
import threading
from typing import Self
from urllib.parse import urlsplit, urlunsplit

_PIECE = 65536


class Proxy:
    """Hands on every connection to the database of `url`, until it is cut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._open: set[socket.socket] = set()
        self._listener = _listening(0)
        self._port: int = self._listener.getsockname()[1]
        self._is_mute = False
        name = f"{parts.username}@" if parts.username else ""
        self.url = urlunsplit(parts._replace(netloc=f"{name}127.0.0.1:{self._port}"))

    def __enter__(self) -> Self:
        self._accept_from(self._listener)
        return self

    def __exit__(self, *_error: object) -> None:
        self.cut()

    def cut(self) -> None:
        """What is open breaks off, and nobody listens any more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._break_off()

    def fall_silent(self) -> None:
        """What is open breaks off; who connects is let in, and never answered."""
        self._is_mute = True
        self._break_off()

    def come_back(self) -> None:
        """On the same port as before."""
        self._is_mute = False
        self._break_off()
        if self._listener.fileno() == -1:
            self._listener = _listening(self._port)
            self._accept_from(self._listener)

    def _break_off(self) -> None:
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept_from(self, listener: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            self._open.add(client)
            if not self._is_mute:
                self._hand_on(client)

    def _hand_on(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        self._open.add(server)
        for one, other in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(_PIECE):
                other.sendall(piece)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self._open.discard(end)


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    return listener
