"""Language of a text, by its script and by the small words that every text of it holds."""

import re
import unicodedata
from collections import Counter

UNKNOWN = "unknown"
"""Said of a text whose language is not clear."""

_LEAST_WORDS = 3
_LEAD = 1.25

_SCRIPTS = {
    "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "ARABIC": "ar",
    "HEBREW": "he", "GREEK": "el", "DEVANAGARI": "hi", "THAI": "th",
}  # fmt: skip

_SMALL_WORDS = {
    "en": "the and you i to a my me in of it is that we on for your with be this all so not no"
    " but what are when just now like don't i'm it's can't",
    "de": "der die das und ich du ist nicht ein eine es wir mich dich mir dir auf zu mit wie den"
    " so im sie aber noch nur wenn von dem auch kein alles bin hast mein dein",
    "fr": "le la les et je tu il elle de des un une que qui ne pas dans pour est c'est j'ai mon ma"
    " mes on nous vous sur avec mais comme tout",
    "es": "el la los las y yo tú que de un una no en mi me te se por para con es lo como más pero"
    " todo ya tu está si",
    "it": "il la lo gli le e io tu che di un una non in mi ti si per con è come ma più del della"
    " sono questo tutto ho",
    "pt": "o a os as e eu você que de um uma não em meu minha me te se por para com é como mais"
    " mas tudo já do da no na",
    "nl": "de het een en ik jij je van niet dat is op in met voor maar mijn zijn wat zo als nog te"
    " er wij naar",
    "pl": "i w na nie się to że z do jak ja ty jest mi ci co ale mnie tak już gdy od za po",
    "sv": "och jag du är det att en ett inte som på för med mig dig min din så men vi den har av",
    "tr": "bir ve bu ben sen ne de da için gibi çok var yok beni seni benim senin ama her o",
    "ru": "и в не я ты на что с он мы как это все так но мне мой меня тебя у по за бы",
    "uk": "і в не я ти на що з він ми як це все так але мені мій мене тебе у по за би є та",
}  # fmt: skip
_WORDS = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
_CYRILLIC = ("ru", "uk")


def language_of(text: str) -> str:
    """Name the language of lyrics by its two letters, "unknown" where that is not clear.

    Lines in brackets don't count. Other scripts than Latin and Cyrillic are told by their
    letters alone, so that a language which shares one is taken for the commonest.
    """
    body = re.sub(r"\[[^\]]*\]", " ", text)
    scripts = Counter(_script(sign) for sign in body if sign.isalpha())
    if not scripts:
        return UNKNOWN
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.1 * scripts.total():
        return "ja"
    script = scripts.most_common(1)[0][0]
    if script in _SCRIPTS:
        return _SCRIPTS[script]
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", body.casefold().replace("’", "'"))
    codes = [code for code in _WORDS if (code in _CYRILLIC) == (script == "CYRILLIC")]
    return _by_small_words(words, codes)


def _by_small_words(words: list[str], codes: list[str]) -> str:
    counts = sorted((sum(word in _WORDS[code] for word in words), code) for code in codes)
    (second, _), (most, best) = counts[-2], counts[-1]
    clear = most >= _LEAST_WORDS and most >= _LEAD * second and most >= 0.1 * len(words)
    return best if clear else UNKNOWN


def _script(sign: str) -> str:
    return unicodedata.name(sign, "UNNAMED").split(" ", 1)[0].split("-")[0]
