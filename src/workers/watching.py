"""A thread that looks at the kits folder every now and then."""

import logging
import threading
import time

from src.core.errors import TraumError
from src.db.database import DATABASE_DOWN
from src.services.library.folder_watch import FolderWatch

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
_SHARE = 0.05
"""Most of the time that looking may take: large or slow folders are looked at less often."""


class WatchThread:
    """Looks until it is stopped; what goes wrong is logged and tried again."""

    def __init__(self, watch: FolderWatch) -> None:
        self._watch = watch
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="folder-watch", daemon=True)

    def start(self) -> None:
        """Start looking."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a look under way is not waited for long."""
        self._ended.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        pause_s = LOOK_EVERY_S
        while not self._ended.wait(pause_s):
            started = time.monotonic()
            try:
                self._watch.look()
            except (TraumError, OSError, *DATABASE_DOWN) as error:
                log.warning("the kits folder could not be looked at: %s", error)
            except Exception:
                log.exception("the kits folder could not be looked at")
            pause_s = max(LOOK_EVERY_S, (time.monotonic() - started) / _SHARE)
