"""The first version of each source file, written from its language's templates."""

from __future__ import annotations

import random
import re

from hpm_engine.sample.project import Language, Module, Project

_VERBS = {
    "find": "find get load fetch search open list match next choose visible height snap resolve",
    "is": "is has fits",
    "build": "build format render to encode summarise unique relative normal plural cluster",
    "compute": "compute total price count hash estimate occupancy revenue overlapping smooth "
    "resample clamp entry compare fill first",
    "set": "set apply save create cancel release revoke issue mark insert remove store prune move "
    "link undo append merge rename refund recover refresh handle download resume",
    "parse": "parse validate verify read check scan",
    "send": "send emit queue post",
}
_VERB_OF = {word: verb for verb, words in _VERBS.items() for word in words.split()}
_NUMBERS = frozenset(
    [
        "now",
        "at",
        "starts_at",
        "ends_at",
        "before",
        "amount",
        "nights",
        "minutes",
        "limit",
        "days",
        "day",
        "month",
        "year",
        "rate",
        "zooms",
        "index",
        "zoom",
        "scale",
        "threshold",
        "radius",
        "count",
        "metres",
        "seconds",
        "elapsed",
        "celsius",
        "wind",
        "hours",
        "budget",
        "bytes",
        "offset",
        "done",
        "total",
        "velocity",
        "start",
    ]
)
_TEXTS = frozenset(
    [
        "text",
        "reason",
        "zone",
        "name",
        "template",
        "header",
        "locale",
        "key",
        "scope",
        "role",
        "url",
        "statement",
        "id",
    ]
)
_PATHS = frozenset(["path", "from", "to", "root", "folder", "target"])
_NAMES = {
    "python": {"number": "int", "text": "str", "path": "Path", "many": "list[{}]"},
    "typescript": {"number": "number", "text": "string", "path": "string", "many": "{}[]"},
    "rust": {"number": "u64", "text": "&str", "path": "&Path", "many": "&[{}]"},
}
_RETURNS = {
    "python": {
        "find": "{Noun} | None", "is": "bool", "build": "str", "compute": "int",
        "set": "{Noun}Change", "parse": "Iterator[{Noun}]", "send": "str",
    },
    "typescript": {
        "find": "{Noun}", "is": "boolean", "build": "string", "compute": "number",
        "set": "{Noun}", "parse": "{Noun}[]", "send": "number",
    },
    "rust": {
        "find": "Result<Option<{Noun}>>", "is": "bool", "build": "Result<String>",
        "compute": "Result<u64>", "set": "Result<{Noun}Change>",
        "parse": "Result<Vec<{Noun}>>", "send": "Result<()>",
    },
}  # fmt: skip


def words_of(name: str) -> list[str]:
    """The words of a function's name, lower case, from either style."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")


def split_signature(signature: str) -> tuple[str, list[str]]:
    """Name and parameters of ``name(first, second)``."""
    name, _, rest = signature.partition("(")
    return name, [part.strip() for part in rest.rstrip(")").split(",") if part.strip()]


class SourceWriter:
    """The source of a project's modules and tests, always the same for a project."""

    def __init__(self, project: Project, language: Language) -> None:
        self._project = project
        self._language = language

    def module(self, module: Module) -> str:
        """A module's source."""
        values = self._values(module)
        text = _fill(self._language.header, values)
        return text + "".join(
            self._function(module, signature, values) for signature in module.functions
        )

    def tests(self, module: Module) -> str:
        """The tests of a module."""
        names = [split_signature(signature)[0] for signature in module.functions]
        values = self._values(module) | {"names": ", ".join(names)}
        text = _fill(self._language.test_header, values)
        chooser = random.Random(f"tests:{module.path}")
        cases = ["keeps_version", "of_a_known_one", "twice_is_once", "at_the_limit"]
        for name in names:
            case = chooser.choice(cases)
            key = f"{module.noun[:1]}_{chooser.randrange(10, 400)}"
            extra = {"name": name, "case": case, "key": key, "words": case.replace("_", " ")}
            text += _fill(self._language.test, values | extra | {"fixture": "samples"})
        return text

    def _function(self, module: Module, signature: str, values: dict[str, str]) -> str:
        name, parameters = split_signature(signature)
        verb = _VERB_OF.get(words_of(name)[0], "compute")
        chooser = random.Random(f"{module.path}:{name}")
        first = parameters[0] if parameters else module.noun
        values = values | {
            "name": name,
            "a": first,
            "b": parameters[1] if len(parameters) > 1 else "LIMIT",
            "params": ", ".join(f"{p}: {self._type(p)}" for p in parameters),
            "returns": _fill(_RETURNS[self._project.language][verb], values),
            "doc": _sentence(name, module.noun),
        }
        body = _fill(chooser.choice(self._language.verbs[verb]), values)
        indent = self._language.indent
        lines = "\n".join(indent + line if line else line for line in body.split("\n"))
        return _fill(self._language.function, values | {"body": lines})

    def _type(self, parameter: str) -> str:
        names = _NAMES[self._project.language]
        if parameter in _NUMBERS:
            return names["number"]
        if parameter in _PATHS:
            return names["path"]
        if parameter in _TEXTS or parameter.lower().endswith("id"):
            return names["text"]
        kind = "".join(word.capitalize() for word in words_of(parameter))
        if kind.endswith("s"):
            return names["many"].format(re.sub("ies$", "y", kind).removesuffix("s"))
        return f"&{kind}" if self._project.language == "rust" else kind

    def _values(self, module: Module) -> dict[str, str]:
        limit = random.Random(module.path).choice([12, 24, 50, 64, 120, 200, 500])
        return {
            "about": module.about,
            "noun": module.noun,
            "Noun": module.noun.capitalize(),
            "table": f"{module.noun}s",
            "limit": str(limit),
            "path": module.path,
            "module": module.name,
            "import_path": module.path.removesuffix(".py").replace("/", "."),
        }


def _sentence(name: str, noun: str) -> str:
    words = " ".join(words_of(name))
    return f"{words.capitalize()}; the caller holds the {noun}."


def _fill(template: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), template)
