"""A worker that makes music: says that it is there, and frees the model's memory when idle."""

import logging
import os
import socket
import threading
from functools import cached_property

from src.core.errors import BackendUnavailableError
from src.services.generation.presence import BEAT_S
from src.services.generator import DREAM, GeneratorService
from src.services.jobs.kinds import GPU, Ticket
from src.workers.local import LocalRunner

log = logging.getLogger(__name__)


class GpuPresence:
    """A thread that says every few seconds that this process can make music."""

    def __init__(self, generator: GeneratorService, *, beat_s: float = BEAT_S) -> None:
        self._generator = generator
        self._beat_s = beat_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gpu-presence", daemon=True)

    @cached_property
    def name(self) -> str:
        """What the worker is called: its machine and process."""
        return f"{socket.gethostname()}-{os.getpid()}"

    def start(self) -> None:
        """Say it for the first time, then start the thread.

        Raises BackendUnavailableError where the model or its packages are not there.
        """
        card = self._generator.generator.card()
        log.info("making music with %s (%s) on %s", card.name, card.family, card.device)
        self._generator.presence.announce(self.name, card)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and say that nobody is there any more."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(2.0)
        self._generator.presence.leave(self.name)

    def _run(self) -> None:
        card = self._generator.generator.card()
        while not self._ended.wait(self._beat_s):
            try:
                self._generator.presence.announce(self.name, card)
                if self._generator.unload_idle():
                    log.info("nobody asked for music: the model's memory is free")
            except OSError as error:
                log.warning("others may think that this worker is gone: %s", error)


def started_presence(generator: GeneratorService) -> GpuPresence | None:
    """Start saying that this process makes music; None, and a log line, where it can't."""
    made = GpuPresence(generator)
    try:
        made.start()
    except BackendUnavailableError as error:
        log.error("this worker takes jobs of the queue gpu but can't make music: %s", error.message)
        return None
    return made


class GpuRunner(LocalRunner):
    """One thread that takes the jobs of the GPU, one at a time, from the database alone."""

    def __init__(self) -> None:
        super().__init__(lanes={GPU: 1})

    def look(self) -> None:
        """Look whether a job waits: without a broker nobody else tells this process."""
        self.send(Ticket("", DREAM, GPU))
