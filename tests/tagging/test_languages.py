import pytest

from src.tagging.languages import language_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I walk the line and you know that it is all for me", "en"),
        ("Ich bin nicht allein und du bist auch noch da, wir sind das alles", "de"),
        ("Je ne suis pas dans la ville et tu es avec nous", "fr"),
        ("Yo no quiero que me digas lo que es el amor para ti", "es"),
        ("Я не знаю, что ты и он мне скажете, но это всё", "ru"),
        ("Я не знаю, що ти і він мені скажете, але це все є", "uk"),
        ("きみの名前をよぶ", "ja"),
        ("사랑해요 그대를", "ko"),
        ("[verse]\nla la la\n[chorus]\nna na", "unknown"),
        ("", "unknown"),
    ],
)
def test_language_is_told_or_called_unknown(text: str, code: str) -> None:
    assert language_of(text) == code


def test_structure_tags_do_not_count() -> None:
    assert language_of("[the and you]\n[it is all]\nIch bin da und du bist nicht da") == "de"
