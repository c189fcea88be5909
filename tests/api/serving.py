"""The API as it is served: over a socket of this machine."""

import socket
import threading

from src.api.http_server import LimitedHttp, http_server
from src.main import create_app
from tests.api.stand_ins import StandIns
from tests.patience import PATIENCE_S, until


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE_S)


class Serving:
    """The app on a free port of this machine."""

    def __init__(self, services: StandIns, *, http: type[LimitedHttp] = LimitedHttp) -> None:
        app = create_app(services.settings, build=lambda _: services)
        self.server = http_server(app, http=http)
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> int:
        self.thread.start()
        until(lambda: self.server.started, "the server")
        return int(self.server.servers[0].sockets[0].getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE_S)
