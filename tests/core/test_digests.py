from src.core.digests import digest


def test_names_tell_values_apart() -> None:
    assert digest(1.0, "a", (None,)) == digest(1.0, "a", (None,))
    names = [digest(1.0), digest(1), digest("1.0"), digest(1.0, None), digest((1.0,))]
    assert len(set(names)) == len(names)
