"""Effects, dynamics, time stretching and mastering."""
