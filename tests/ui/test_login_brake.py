"""The brake on guessing the studio's password."""

from src.ui.login_brake import LoginBrake


def test_after_some_wrong_passwords_none_is_looked_at_for_a_while() -> None:
    moments = iter([0.0, 10.0, 10.0, 59.0, 60.0, 61.0])
    brake = LoginBrake(tries=2, within_s=60.0, clock=lambda: next(moments))
    assert brake.wait_s() == 0
    brake.wrong()
    brake.wrong()
    assert [brake.wait_s() for _ in range(3)] == [50, 1, 0]
