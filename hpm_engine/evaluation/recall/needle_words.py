"""Words that nobody ever wrote, in twelve scripts, and running text to hide them in."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from itertools import cycle, islice

import msgspec

_AROUND = 12  # words before a needle, and behind it


class WordScript(msgspec.Struct, frozen=True):
    """A script's recipe for words: ``letters``, with perhaps one of ``signs`` behind each.

    ``joined`` scripts write no spaces between words.
    """

    name: str
    letters: str
    signs: str = ""
    shortest: int = 4  # letters of a word
    joined: bool = False


SCRIPTS = (
    WordScript("Latin", "abcdefghijklmnopqrstuvwxyzäöüßéñç"),
    WordScript("Greek", "αβγδεζηθικλμνξοπρστυφχψω"),
    WordScript("Cyrillic", "абвгдежзиклмнопрстуфхцчшщыьэюя"),
    WordScript("Hebrew", "אבגדהוזחטיכלמנסעפצקרשת"),
    WordScript("Arabic", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"),
    WordScript("Devanagari", "कखगघचछजझटठडढतथदधनपफबभमयरलवसह", "ािीुूेो", 3),
    WordScript("Bengali", "কখগঘচছজঝটঠডঢতথদধনপফবভমযরলসহ", "ািীুূে", 3),
    WordScript("Thai", "กขคงจชซญดตถทนบปผพฟมยรลวสหอ", "าิีุู", 3, joined=True),
    WordScript("Khmer", "កខគឃងចឆជញដតថទនបផពមយរលវសហអ", "ាិីុូេ", 3, joined=True),
    WordScript("Han", "".join(map(chr, range(0x4E00, 0x5600))), "", 2, joined=True),
    WordScript("Kana", "あいうえおかきくけこさしすせそタチツテトナニヌネノハヒフヘホ", joined=True),
    WordScript("Hangul", "".join(map(chr, range(0xAC00, 0xD7A3, 7))), "", 2),
)


class WordMaker:
    """A source of words, none of which is a part of another word or of running text."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._reserved: dict[str, list[str]] = {}

    def words(self, count: int) -> list[tuple[WordScript, str]]:
        """New words of all scripts in turn, none of them a part of another."""
        return [(script, self._new(script)) for script in islice(cycle(SCRIPTS), count)]

    def around(self, script: WordScript, needle: str) -> str:
        """Running text of a script with ``needle`` in its middle, and no other word drawn."""
        words = list(islice(self._fillers(script), 2 * _AROUND))
        words.insert(_AROUND, needle)
        return ("" if script.joined else " ").join(words)

    def _new(self, script: WordScript) -> str:
        known = self._reserved.setdefault(script.name, [])
        while True:
            word = self._word(script)
            key = folded(word)
            if not any(key in other or other in key for other in known):
                known.append(key)
                return word

    def _fillers(self, script: WordScript) -> Iterator[str]:
        """Words that hold no reserved one, not even across two of them."""
        text = ""
        while True:
            word = self._word(script)
            text = text[-64:] + ("" if script.joined else " ") + folded(word)
            if any(known in text for known in self._reserved.get(script.name, ())):
                text = ""
                continue
            yield word

    def _word(self, script: WordScript) -> str:
        letters = self._draw.choices(script.letters, k=script.shortest + self._draw.randrange(3))
        signs = ["", *script.signs]
        return "".join(letter + self._draw.choice(signs) for letter in letters)


def folded(text: str) -> str:
    """A text without what a search does not tell apart: case, accents, ß and ss."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", "".join(x for x in apart if not "\u0300" <= x <= "\u036f"))
