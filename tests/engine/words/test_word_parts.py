"""Names by their parts."""

from __future__ import annotations

import pytest

from hpm_engine.store.search.name_index import names_apart
from hpm_engine.words.parts import END, apart, pieces_of, signed, underscored, words_in


def held(*rows: str) -> list[list[str]]:
    data, ends = b"", []
    for row in rows:
        data += row.encode() + b"\n"
        ends.append(len(data))
    return [text.split(f" {END} ") if text else [] for text in names_apart(data, ends)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("getUserProfileById(AuthToken)", ["get User Profile By Id", "Auth Token"]),
        ("HTTPServer2", ["HTTP Server 2", "HTTPServer"]),
        ("XMLHttpRequest IOError", ["XML Http Request", "IO Error"]),
        ("v2.1.3-beta", ["v 2", "v 2 1 3"]),
        ("2.1.3rc1", ["3 rc 1", "2 1 3 rc 1"]),
        ("python3.11 utf8", ["python 3", "utf 8", "python 3 11"]),
        ("a1b2c3d4e5 plain words 2024 X", []),
        ("snake_case UPPER Capital", []),
        ("", []),
    ],
)
def test_names_are_taken_apart(text: str, names: list[str]) -> None:
    [row] = held(text)
    assert sorted(row) == sorted(names)


def test_rows_have_their_own_names_each_once() -> None:
    rows = held("aB aB cD", "none here", "aB é cD", "xY")
    assert rows == [["a B", "c D"], [], ["a B", "c D"], ["x Y"]]


def test_names_with_signs_are_words_of_their_own() -> None:
    def words(text: str) -> set[str]:
        return {word.lower() for _, word in signed(text.encode())}

    assert len(words("C++ C# F# .NET g++")) == 5
    assert words("C++") == words("c++") != words("C#")
    assert words("ASP.NET") == words(".NET")
    assert not words("# head, a + b, example.network, issue #4, a+++b, f#oo")
    assert held("C++ and C#") == [sorted(words("C++ C#"), key=len, reverse=True)] or held("C++")


def test_names_with_underscores_have_parts_that_are_no_words_beside_them() -> None:
    words = words_in("kiln_fire_RATE of the rate, __init__ _x größe_max " + "a_" * 40)
    assert underscored(words) == ["fire", "größe", "kiln", "max"]


def test_only_one_name_has_pieces() -> None:
    assert pieces_of("UserProfile") == "User Profile"
    assert pieces_of("v2.1.3") == "v 2 1 3"
    assert pieces_of("user") is pieces_of("2.1.3") is pieces_of("UserProfile x") is None
    assert apart("Ab" * 40) is None
