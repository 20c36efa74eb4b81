"""How much each part of a hit's score counts: fixed weights, none of them fitted.

Weights fitted by cross-validation on the same features were not better than halves and ones. A
part is a z-score among the candidates, so a weight of 1 is one standard deviation. An episode's
best step does not count unless asked for: .25 of it adds .02 to session Hit@1 on conversations and
takes .02 from the MRR of code without the parts that read changes. Steps are ranked by themselves
in any case, and shown. Prototypes are told in the context and do not count either: with .25 of them
the MRR of code moves by -.007 [-.023, .007], and without the parts that read changes by .004
[-.006, .016]. Nor does φ: a half of it in the place of the mean moves the MRR of repositories that
it never saw by -.006 [-.018, .004], beside the mean by -.027 [-.053, -.003].
"""

from __future__ import annotations

from enum import StrEnum

from hpm_engine.values.recall import Weight


class PartName(StrEnum):
    """The parts of a score."""

    WORDS = "words"  # BM25 of the cue's words on what was said, done and named
    PATCH = "patch"  # BM25 on the text of the changes
    CHANGED = "changed paths"  # BM25 on the changed files' paths
    TOUCHED = "touched paths"  # BM25 on the paths in the agent's actions
    FILES = "named files"  # how exactly the cue names a changed file
    STEPS = "best step"  # the best step's own score: its words and its meaning
    MEANING = "meaning"  # cosine with the mean of the episode's step vectors
    OPENING = "opening"  # the same by the stronger encoder, of the first actions
    PHI = "φ"  # the same by φ, of the cue and of the whole episode
    PROTOTYPES = "prototypes"  # cosine with a prototype that holds a memory of the episode
    RECENCY = "recency"  # how lately it ended
    IMPORTANCE = "importance"  # pins, use and success
    USE = "earlier use"  # how many of the sessions that were given it used it


# Parts that read what an episode changed. A benchmark whose relevance is "changed the same file"
# must also be read without them.
CHANGE_PARTS = frozenset((PartName.PATCH, PartName.CHANGED, PartName.FILES))

SHIPPED: tuple[Weight, ...] = (
    Weight(PartName.WORDS, 1.0),
    Weight(PartName.PATCH, 0.5),
    Weight(PartName.CHANGED, 0.5),
    Weight(PartName.FILES, 0.5),
    Weight(PartName.MEANING, 0.5),
    Weight(PartName.OPENING, 1.0),
)
