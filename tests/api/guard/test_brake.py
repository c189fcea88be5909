"""The brake on guessing."""

from src.api.guard.brake import KeyBrake


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_after_some_wrong_keys_an_address_waits_and_no_other() -> None:
    clock = Clock()
    brake = KeyBrake(tries=2, within_s=60.0, clock=clock)
    brake.wrong("a")
    assert brake.wait_s("a") == 0
    clock.now += 10
    brake.wrong("a")
    assert (brake.wait_s("a"), brake.wait_s("b")) == (50, 0)
    clock.now += 50
    assert brake.wait_s("a") == 0
    brake.wrong("a")
    assert brake.wait_s("a") == 10


def test_it_remembers_no_more_addresses_than_it_may() -> None:
    brake = KeyBrake(tries=1, most=3)
    for address in "abcd":
        brake.wrong(address)
    assert [brake.wait_s(address) > 0 for address in "abcd"] == [False, True, True, True]
