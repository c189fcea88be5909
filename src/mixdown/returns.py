"""The returns: what comes back of the shared reverb and echo."""

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.audio.processing.reverb_send import DelaySend, EchoTime, ReverbSend
from src.music.model.score import Channel, Score


def sends_to(track: Channel, name: str) -> bool:
    """Tell whether a channel ever sends: ``name`` is "reverb_send_db" or "delay_send_db"."""
    automated = any(line.parameter == name for line in track.automation)
    return automated or getattr(track, name) is not None


class SendReturns:
    """The reverb and the echo of a mix; takes blocks in order."""

    def __init__(self, score: Score) -> None:
        wet = any(sends_to(track, "reverb_send_db") for track in score.channels)
        echoed = any(sends_to(track, "delay_send_db") for track in score.channels)
        self.reverb = ReverbSend(sample_rate=PROJECT_SAMPLE_RATE) if wet else None
        echo = EchoTime(score.bpm, score.echo_beats)
        self._delay = DelaySend(echo, sample_rate=PROJECT_SAMPLE_RATE) if echoed else None

    def reverberated(self, sent: Audio | None, samples: int) -> Audio | None:
        """Play what the reverb answers, shape (2, samples); None for silence."""
        return None if self.reverb is None else self.reverb.process(sent, samples)

    def echoed(self, sent: Audio | None, samples: int) -> Audio | None:
        """Play the echoes, shape (2, samples); None for silence. sent: shape (1, samples)"""
        return None if self._delay is None else self._delay.process(sent, samples)
