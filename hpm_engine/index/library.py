"""Loads FAISS; no other module does."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def load_faiss() -> Any:
    """The faiss module, with one thread.

    By default its OpenMP threads spin while they wait for each other: on two busy cores a search
    of 10,000 vectors then takes 16 ms instead of 0.3 (faiss issues 422 and 1035; measured).
    """
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss
