"""The query language: one grammar for the search box, the command line and scripts."""

from hpm_engine.query.completion import Choice, Completion, complete
from hpm_engine.query.describe import describe
from hpm_engine.query.explain import explain
from hpm_engine.query.filters import as_text
from hpm_engine.query.grammar import parse
from hpm_engine.query.marking import Marked, Marks, marked
from hpm_engine.query.refinement import (
    Chosen,
    Filters,
    field_term,
    filters_of,
    narrowed,
    with_filter,
)

__all__ = [
    "Choice",
    "Chosen",
    "Completion",
    "Filters",
    "Marked",
    "Marks",
    "as_text",
    "complete",
    "describe",
    "explain",
    "field_term",
    "filters_of",
    "marked",
    "narrowed",
    "parse",
    "with_filter",
]
