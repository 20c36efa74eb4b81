"""Searches in every script: what stands in running text is found, in the right episode alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine.memory import Memory, open_memory
from hpm_engine.query.tokens import quote
from hpm_engine.values.episodes import EpisodeQuery, Part, PartKind
from tests.support.cases import CASES
from tests.support.written_episodes import write_parts


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    with open_memory(tmp_path_factory.mktemp("scripts") / "s.hpm", create=True) as memory:
        memory.import_paths([CASES / "15-search-scripts"])
        yield memory


def tasks(memory: Memory, text: str) -> list[str]:
    results = memory.episodes.find(EpisodeQuery(text=text))
    return sorted(episode.task for episode in memory.episodes.get(results.window(0, len(results))))


ITGC = "重跑gen-itgc后50条悬空引用清零"
PARTS = "getUserProfileById failed in AuthTokenProvider"
SIGNS = "C++ and C# and .NET and Node.js"
VERSION = "version v2.1.3-beta and ADR-0005"


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("会议", "明天下午三点开项目评审会议讨论排期"),
        ("评审会议", "明天下午三点开项目评审会议讨论排期"),
        ("会", "明天下午三点开项目评审会议讨论排期"),
        ("悬空", ITGC),
        ("itgc", ITGC),
        ("50", ITGC),
        ("itgc后50条", ITGC),
        ("メモリ", "メモリリークの調査をお願いします"),
        ("ﾒﾓﾘ", "メモリリークの調査をお願いします"),
        ("調査", "メモリリークの調査をお願いします"),
        ("메모리", "메모리 누수를 조사해 주세요"),
        ("누수", "메모리 누수를 조사해 주세요"),
        ("รั่ว", "ระบบหน่วยความจำรั่ว"),
        ("หน่วยความจำ", "ระบบหน่วยความจำรั่ว"),
        ("подключения", "Ошибка подключения к базе"),
        ("بالعالم", "مرحبا بالعالم"),
        ("cafe", "naïve café Straße"),
        ("strasse", "naïve café Straße"),
        ("STRASSE", "naïve café Straße"),
        ("Straße", "naïve café Straße"),
        ("🎉", "🎉 shipped it 🚢"),
        ("🚢", "🎉 shipped it 🚢"),
        ("file", "ﬁle ﬂow ligature"),
        ("ﬂow", "ﬁle ﬂow ligature"),
        ("UserProfile", PARTS),
        ("AuthToken", PARTS),
        ("provider", PARTS),
        ("getuserprofilebyid", PARTS),
        ("userProf*", PARTS),
        ("2.1.3", VERSION),
        ("v2.1.3", VERSION),
        ("2.1.3-beta", VERSION),
        ("0005", VERSION),
        ("C++", SIGNS),
        ("C#", SIGNS),
        (".NET", SIGNS),
        ("net", SIGNS),
        ("Node.js", SIGNS),
        ("1234", "error: E1234 -Wno-unused --dry-run"),
        ("foo::bar<T>()", "foo::bar<T>()"),
        ("ops@harbour.example", "mail ops@harbour.example or https://harbour.example/a?b=c#d"),
    ],
)
def test_words_are_found_where_they_stand_and_nowhere_else(
    scripts: Memory, text: str, task: str
) -> None:
    assert tasks(scripts, quote(text) if "*" not in text else text) == [task]


@pytest.mark.parametrize(
    "text", ["议会", "会项", "โรง", "空悬", "file2", "C++x", "F#", "👍", "リモ"]
)
def test_what_stands_nowhere_is_found_nowhere(scripts: Memory, text: str) -> None:
    assert tasks(scripts, quote(text)) == []


def call(arguments: str) -> Part:
    return Part(PartKind.CALL, arguments, "bash", "c")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (r'{"command": "cd x\nneedle --all"}', "needle"),
        (r'{"command": "if x:\n\tneedle()"}', "needle"),
        (r'{"edits": [{"new": "a\r\nneedle = 1"}]}', "needle"),
        (r'{"cmd": ["bash", "-lc", "a\nneedle"]}', "needle"),
        (r'{"input": "{\"patch\": \"+x\\nneedle\"}"}', "needle"),
        (r'{"text": "\u4f1a\u8bae"}', "会议"),
        (r'{"command": "cut off\nneedle and then', "needle"),
        ("plain command\nneedle", "needle"),
        (r'{"needle": "a\nb"}', "needle"),
        (r'{"needle": 1}', "needle"),
        (r'{"path": "C:\\new\\needle.txt"}', "needle.txt"),
    ],
)
def test_words_of_calls_are_found_as_the_agent_wrote_them(
    tmp_path: Path, arguments: str, word: str
) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        write_parts(memory, call(r'{"command": "other\nwords"}'))
        episode = write_parts(memory, call("{}"), call(arguments))
        results = memory.episodes.find(EpisodeQuery(text=quote(word)))
        assert (list(results.window(0, 9)), results.hits) == ([episode], 1)
        assert memory.steps.matching(episode, quote(word)) == [1]
        assert not memory.episodes.find(EpisodeQuery(text="nneedle or tneedle or nb")).hits


@pytest.mark.parametrize(
    ("text", "inside", "absent"),
    [
        ("👍🏽 thanks", ["👍🏽", "👍", "thanks"], ["👍🏿", "👎"]),
        ("flags 🇩🇪🇫🇷", ["🇩🇪", "🇫🇷", "🇩🇪🇫🇷"], ["🇪🇫", "🇮🇹"]),
        ("family 👩‍👩‍👧 here", ["👩‍👩‍👧"], ["👨‍👩‍👧"]),
        ("✅done", ["✅", "done", "✅done"], ["❌"]),
        ("HTTPServer2 runs", ["http", "server", "HTTPServer2", "httpserver"], ["tps", "ttp"]),
        ("use g++ or VB.NET", ["g++", ".NET", "g"], ["C++", "g#"]),
        ("开会。议题", ["开会", "议题", "开会。议题"], ["会议"]),
        ("กขค ងចឆ ກຂຄ ကခဂ བོད་ཡིག", ["ขค", "ចឆ", "ຂຄ", "ခဂ", "བོད", "ཡིག"], ["คง", "ខគ"]),
        ("यह हिन्दी में है", ["हिन्दी"], ["हिन्द", "दी"]),
        ("UserProfile CacheManager", ["UserProfile", "cache"], ["ProfileCache"]),
        ("note¹ and ①步骤", ["note", "步骤"], ["骤步"]),
        ("STRASSE Fuß", ["Straße", "straße", "fuss", "FUSS", "FUẞ"], ["stra", "fu"]),
        ("pass\u200cword i\u200bg\u2060n\u200eore", ["password", "ignore"], ["pass", "word"]),
        ("s\U000e0065\U000e0076een 👍\U000e0041", ["seen", "👍", "se\u200ben"], ["e", "s"]),
        ("می‌خواهم", ["می‌خواهم", "خواهم"], ["میخواهم"]),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 won", ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "won"], ["🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴"]),
        ("σοφός Σωκράτης", ["ΣΟΦΌΣ", "Σοφός", "σωκράτησ"], ["σοφο"]),
        ("ΛΌΓΟΣ İSTANBUL", ["λόγος", "λόγοσ", "istanbul"], ["λόγο"]),
    ],
)
def test_parts_and_signs_and_runs(
    tmp_path: Path, text: str, inside: list[str], absent: list[str]
) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        write_parts(memory, Part(PartKind.MESSAGE, "something else"))
        episode = write_parts(memory, Part(PartKind.MESSAGE, text))
        for word in inside:
            assert list(memory.episodes.find(EpisodeQuery(text=quote(word))).window(0, 9)) == [
                episode
            ], word
        for word in absent:
            assert not memory.episodes.find(EpisodeQuery(text=quote(word))).hits, word
