"""Words in every script for a full-text index, the same for texts and for searches.

FTS5 cuts texts at all characters but letters. In scripts without spaces whole sentences would be
words, vowels that are marks would cut words apart, and emoji would get lost.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from hpm_engine.words.visible_text import FLAG, IGNORABLE, JOINED


# Both are compiled at their first use: each takes 4 ms.
@cache
def _word() -> re.Pattern[str]:
    return re.compile(rf"[\w{MARKS}{UNSPACED}\ue000-\uf8ff\U000f0000-\U0010ffff]+")


@cache
def _part() -> re.Pattern[str]:
    return re.compile(rf"(?:(?!_)[\w{MARKS}{UNSPACED}\ue000-\uf8ff\U000f0000-\U0010ffff])+")


def _bare(letter: str) -> str:
    """A Greek letter without accents; a dotless i with its dot."""
    signs = unicodedata.normalize("NFD", letter)
    bare = "".join(sign for sign in signs if not unicodedata.combining(sign))
    return "i" if letter == "\u0131" else bare if len(bare) == 1 and bare.isalpha() else letter


# Scripts without spaces between words: Thai, Lao, Tibetan, Myanmar, Hangul (words there
# carry their particles), Khmer, Tai scripts, Balinese to Batak, kana, Han and the like.
UNSPACED = (
    "\u0e00-\u0e3a\u0e40-\u0e4e\u0e80-\u0edf\u0f00\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0f84"
    "\u0f86-\u0fbc\u1000-\u103f\u1050-\u109d\u1100-\u11ff\u1780-\u17d3\u17d7\u17dc\u17dd"
    "\u1950-\u19df\u1a00-\u1a7f\u1aa7\u1b00-\u1b4b\u1bc0-\u1bf3\ua980-\ua9c0\ua9e0-\ua9ef"
    "\ua9fa-\uaa4d\uaa60-\uaaad\uaab0-\uaadd\u3005-\u3007\u3021-\u302f\u3031-\u3035\u3038-\u303c"
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u318e\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff"
    "\U0001aff0-\U0001b16f\U00020000-\U000323af"
)
# Pictures that people search for: emoji, and the older signs that are drawn as such.
_EMOJI = (
    "\u203c\u2049\u2139\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_TONES = "\U0001f3fb-\U0001f3ff"
_FLAGS = "\U0001f1e6-\U0001f1ff"
PICTURE = (
    f"[{_FLAGS}]{{2}}|{FLAG}|[{_EMOJI}]\ufe0f?[{_TONES}]?(?:\u200d[{_EMOJI}]\ufe0f?[{_TONES}]?)*"
)
_SEQUENCE = re.compile(PICTURE)
_TONE = re.compile(f"[{_TONES}]")
# Invisible within a word. In Persian the joiner that separates letters is between words.
UNSEEN = re.compile(f"[{IGNORABLE}]|(?<![{JOINED}])\u200c")
_IN_PICTURES = re.compile("[\u200d\ufe0e\ufe0f]")
# Characters that were indexed differently before: see ``store.reindexing``.
ANEW = re.compile(
    f"[\xdf\u1e9e\u200c{IGNORABLE}\u0131\u0386-\u0390\u03aa-\u03b0\u03ca-\u03ce\u1f00-\u1fff]"
    "|[\u0391-\u03c9][\u0300-\u036f]"
)
# Vowel signs of Hebrew and Arabic and the line that stretches words, all of which are optional.
OPTIONAL = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u0652"
    "\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
)
MARKS = (  # parts of words that are no letters: accents, and vowel signs from Hebrew to Sinhala
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
)
_RUN = re.compile(f"[{UNSPACED}]+")
_FOREIGN = re.compile("[^\x00-\x7f]+")
# Characters beside ASCII in most texts that need no segmenting: quotes, dashes, boxes, Latin.
_PLAIN = re.compile(
    "[\xa0-\xa9\xab\xac\xae-\xb1\xb4\xb6-\xb8\xbb\xbf-\xde\xe0-\u0130\u0134-\u013e\u0141-\u0148"
    "\u014a-\u017e\u0391-\u03a9\u03b1-\u03c9\u0400-\u052f\u2010-\u2027\u2030-\u203b\u2190-\u2319\u231c-\u2327"
    "\u2329-\u23ce\u2500-\u25ff\ufffd]*"
)
# Letters that are written with and without: accents of Greek, the dot of Turkish (ISPARTA).
_BARE = {
    code: bare
    for code in (0x131, *range(0x370, 0x400), *range(0x1F00, 0x2000))
    if (bare := _bare(chr(code))) != chr(code)
}
_LONGEST_KNOWN = 64  # characters of a run whose spelling is cached
_PICTURE = 0xF0000  # the first private letter for pictures; FTS5 takes them for parts of words


def is_plain(text: str) -> bool:
    """Whether ``segmented`` leaves a text unchanged, as far as a quick look tells."""
    return text.isascii() or all(_PLAIN.fullmatch(run) for run in set(_FOREIGN.findall(text)))


def segmented(text: str) -> str:
    """The text with words that FTS5 finds.

    A run of a script without spaces becomes overlapping pairs of characters and its last character
    alone, which would be lost otherwise: a word is found where its characters are neighbours.
    Letters and digits get their usual forms (NFKC), a picture becomes a word.
    """
    return text if is_plain(text) else _FOREIGN.sub(_spelled, text)


def sought(text: str) -> str:
    """The words of a search for ``text``: ``segmented``, without the last character of a run.

    A single character is the beginning of a word: see ``begins``.
    """
    if is_plain(text):
        return text
    words = segmented(text)
    end = usual(text.rstrip())[-2:]
    if len(end) == 2 and _RUN.fullmatch(end):
        words = words.rstrip()[: -len(end[-1])].rstrip()
    return words


def begins(text: str) -> bool:
    """Whether a search for ``text`` means all words that begin with its last one.

    It does if the text ends with a single character of a script without spaces.
    """
    end = usual(text.rstrip())[-2:]
    return bool(end) and bool(_RUN.fullmatch(end[-1])) and not _RUN.fullmatch(end[:-1] or " ")


def words_of(text: str, *, whole: bool = True) -> list[str]:
    """The words of a text for a search; ``whole``: names joined by ``_`` are one word.

    A run without spaces gives all pairs of its characters, not its last character alone.
    """
    runs = segmented(text)
    words = _word().findall(runs) if whole else _part().findall(runs)
    if text.isascii():
        return words
    return [
        word
        for word, before in zip(words, ["", *words], strict=False)
        if not (len(word) == 1 and before[1:] == word and _RUN.match(before))
    ]


def is_private(word: str) -> bool:
    """Whether a word replaces a picture or a sign, so that it is not shown."""
    return any("\ue000" <= sign <= "\uf8ff" or sign >= "\U000f0000" for sign in word)


def has_picture(text: str) -> bool:
    """Whether a text has an emoji."""
    return not text.isascii() and _SEQUENCE.search(text) is not None


def _spelled(match: re.Match[str]) -> str:
    run = match[0]
    return _spelled_short(run) if len(run) <= _LONGEST_KNOWN else _spell(run)


def _spell(run: str) -> str:
    if _PLAIN.fullmatch(run):
        return run
    return _RUN.sub(_pairs, _SEQUENCE.sub(_as_word, usual(run)))


_spelled_short = lru_cache(maxsize=8192)(_spell)


def _pairs(match: re.Match[str]) -> str:
    run = match[0]
    return f" {' '.join(map(str.__add__, run, run[1:]))} {run[-1]} "


def _as_word(match: re.Match[str]) -> str:
    """A picture, and its skin tone as another word: the picture is found with and without it."""
    words = _TONE.sub("", match[0]), *_TONE.findall(match[0])
    return f" {' '.join(map(_picture, words))} "


def _picture(sequence: str) -> str:
    return "".join(
        chr(_PICTURE + (ord(sign) & 0xFFFF) + (0 if ord(sign) > 0xFFFF else 0x10000))
        for sign in _IN_PICTURES.sub("", sequence)
    )


def usual(text: str) -> str:
    """Letters and digits in their usual forms, without invisible and optional characters.

    ß becomes ss, as in capitals: FTS5 folds only one letter into one.
    """
    pictures = _SEQUENCE.split(text) if has_picture(text) else None
    if pictures is not None:
        signs = _SEQUENCE.findall(text)
        return "".join(
            usual(between) + sign for between, sign in zip(pictures, [*signs, ""], strict=True)
        )
    text = OPTIONAL.sub("", UNSEEN.sub("", text)).replace("ß", "ss").replace("ẞ", "SS")
    if not unicodedata.is_normalized("NFKC", text):
        text = "".join(
            unicodedata.normalize("NFKC", sign) if unicodedata.category(sign)[0] in "LNM" else sign
            for sign in unicodedata.normalize("NFC", text)
        )
    return text.translate(_BARE)
