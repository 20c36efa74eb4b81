"""The numbers of the paper and of policy: what the paper names, a person sets, or modules share.

Sections (§) are those of the paper "Persistent Memory for Agentic Workflows". A number that tunes
one function alone stays beside that function.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

Number = TypeVar("Number", int, float)
_MIB = 1024 * 1024  # bytes


class Parameter(NamedTuple, Generic[Number]):
    """A number with what has to be known of it.

    ``least`` and ``most`` are the range that a person can set in the window; ``None`` leaves it
    open. The command line holds only ``least``. ``source`` is a section of the paper, a page of
    ``resources/decisions``, or a reason.
    """

    value: Number
    unit: str
    least: Number | None
    most: Number | None
    meaning: str
    source: str

    @property
    def bounds(self) -> tuple[Number, Number]:
        """The range, for a field that has one. Raises ``ValueError`` where it is open."""
        if self.least is None or self.most is None:
            raise ValueError(f"the range is open: {self.meaning}")
        return self.least, self.most


# Tier 1: the episodic buffer

BUFFER_SIZE = Parameter(
    100, "episodes", 0, 1_000_000, "N: the newest episodes, whole whatever their use", "§3.1"
)
IVF_CENTROIDS = Parameter(256, "lists", 1, None, "inverted lists of an index, at least", "§3.1")
PQ_SUBQUANTIZERS = Parameter(32, "bytes", 1, None, "M: parts of a vector, a byte each", "§3.1")
EXACT_SEARCH_VECTORS = Parameter(
    50_000, "vectors", 0, None, "all are compared up to so many; IVF-PQ beyond", "encoding.md"
)

# Tier 2: compressed working memory

COMPRESSION_RATIO = Parameter(
    12.0, "times", 1, 1_000, "bytes of an episode's texts, to those of its memory", "§3.2"
)
MASK_STEP_RATIO = Parameter(
    12, "steps", 1, None, "steps of which the mask keeps one: 1,200 to 100", "§3.2"
)
DEEP_ZSTD_LEVEL = Parameter(
    19, "level", 1, 22, "zstd's, for the texts that a deep budget is held against", "compression.md"
)
STEP_VALUES_SHARE = Parameter(
    1 / 32, "of a budget", 0.0, 1.0, "values of the best steps, or there are none", "compression.md"
)
MASK_LAYERS = Parameter(2, "layers", 1, None, "layers of the mask's Transformer", "§3.2")
MASK_HEADS = Parameter(4, "heads", 1, None, "heads of attention in each layer", "§3.2")
MASK_WIDTH = Parameter(128, "numbers", 1, None, "d: what a step is inside the networks", "§3.2")
DECODER_LAYERS = Parameter(2, "layers", 1, None, "layers of the decoder's Transformer", "§3.2")
SPARSITY_WEIGHT = Parameter(
    0.01, "of the loss", 0.0, None, "λ: weight of ‖M‖₁, summed over an episode's steps", "§3.2"
)

# Tier 3: consolidation

CYCLE_MEMORIES = Parameter(50, "memories", 1, 100_000, "memories that a cycle draws", "§3.3")
SLICE_MEMORIES = Parameter(
    CYCLE_MEMORIES.value, "memories", 1, None, "learned at once: a longer cycle has slices", "§3.3"
)
IDLE_MINUTES = Parameter(
    5, "minutes", 0, 10_000, "without activity of agents, before a store tidies itself", "§3.3"
)
EWC_STRENGTH = Parameter(
    0.5, "of the penalty", 0.0, None, "β: how firmly elastic weight consolidation holds", "§3.3"
)
FISHER_DECAY = Parameter(
    1.0, "share", 0.0, 1.0, "gamma: earlier Fisher information that is left", "consolidation.md"
)
# The pull of a prototype on what resembles it. The gradient grows with κ and the Fisher information
# with κ², so it also says how firmly a given β holds: with 20, as in the published trials, β = 0.5
# holds next to nothing of what 50 summed memories pull at.
CONCENTRATION = Parameter(
    1000.0, "concentration", 0.0, None, "κ of all von Mises-Fisher prototypes", "consolidation.md"
)
LEARNING_STEPS = Parameter(
    40, "steps", 1, None, "gradient steps of a slice", "policy: hpm bench forgetting"
)
LEARNING_RATE = Parameter(
    0.05, "of 1/κ", 0.0, None, "length of a gradient step", "policy: hpm bench forgetting"
)
REPLAYED_MEMORIES = Parameter(
    10, "memories", 0, None, "long-term ones learned again with a slice", "§3.3, its number policy"
)
BORN_PROTOTYPES = Parameter(
    3, "prototypes", 0, None, "prototypes that a slice may add", "consolidation.md"
)
BIRTH_COSINE = Parameter(
    0.3, "cosine", -1.0, 1.0, "to the nearest, from which on none is born", "consolidation.md"
)
PIN_STRENGTH = Parameter(
    10.0, "times", 1.0, None, "as firmly a pinned prototype is held", "policy: it outlasts cycles"
)
MEMORY_STEPS = Parameter(5, "steps", 1, None, "steps of an episode in a memory", "consolidation.md")
MERGE_COSINE = Parameter(
    0.95, "cosine", -1.0, 1.0, "above which two prototypes are one", "policy: they say the same"
)
PROTOTYPES = Parameter(
    512, "prototypes", 1, None, "at most; then nothing is born", "policy: a person looks at them"
)
RETIREMENT_CYCLES = Parameter(
    20, "cycles", 1, None, "without a memory, then a prototype goes", "policy: nothing uses it"
)
RETIREMENT_COUNT = Parameter(
    1.0, "memories", 0.0, None, "of less, an idle prototype goes", "policy: it explains no memory"
)
FORGETTING_BOUND = Parameter(
    0.05, "share", 0.0, 1.0, "of found canaries that may be lost since a yes", "consolidation.md"
)
CANARIES = Parameter(
    400, "canaries", 1, None, "memories asked for before and after a cycle", "consolidation.md"
)
PROJECT_CANARIES = Parameter(
    40, "canaries", 1, None, "of one project, at most", "policy: no project outweighs others"
)
FEWEST_CANARIES = Parameter(
    20, "canaries", 0, None, "that can refuse a cycle", "policy: with fewer, chance would refuse it"
)
UNDOABLE_RUNS = Parameter(
    10, "runs", 1, None, "of cycles that can be undone", "policy: each keeps prototypes"
)
MAP_LAID_OUT = Parameter(
    4_000, "memories", 1, None, "that UMAP lays out, others among them", "policy: a minute at most"
)
MAP_SHOWN = Parameter(50_000, "memories", 1, None, "on the map of prototypes", "window.md")
MAP_UNCHANGED = Parameter(
    0.01, "cosine distance", 0.0, 2.0, "within which a prototype stays", "policy: too little to see"
)

# Ageing: what use and its lack move between the tiers

RETENTION_DAYS = Parameter(
    30, "days", 0, 36_500, "that originals stay after the compression", "policy: time to notice"
)
TRASH_DAYS = Parameter(
    30, "days", 1, 36_500, "that deleted episodes stay in the trash", "policy: time to notice"
)
HEAT_HALF_LIFE = Parameter(
    7, "days", 1, None, "in which the heat of a recalled episode halves", "policy: a week's work"
)
PROMOTION_HEAT = Parameter(
    2.0, "heat", 0.0, None, "from which an episode becomes whole", "policy: recalled twice in days"
)
DEMOTION_HEAT = Parameter(
    0.25, "heat", 0.0, None, "below which one is compressed", "policy: a recall two weeks ago"
)
DEMOTION_AGE = Parameter(
    7, "days", 0, None, "before which nothing is compressed", "policy: a week's work goes on"
)

# Recall

RECALL_HITS = Parameter(
    10, "episodes", 1, 100, "k: episodes that answer a cue", "§3.1, its number policy"
)
CONTEXT_TOKENS = Parameter(
    2_000, "tokens", 100, 32_000, "room of the context block", "policy: a small part of a window"
)
HOOK_TOKENS = Parameter(
    1_200, "tokens", 200, 2_000, "given unasked at a first prompt", "policy: ten seconds' reading"
)
BRIEF_TOKENS = Parameter(
    400, "tokens", 100, 1_000, "given where a session begins", "policy: less than a page"
)
HANDOVER_TOKENS = Parameter(
    4_000, "tokens", 400, 64_000, "room of a session handed over", "policy: a fiftieth of a window"
)
CUE_CHARACTERS = Parameter(
    6_000, "characters", 1, None, "of a cue that are read", "policy: what follows adds only time"
)
PRIOR_WEIGHT = Parameter(
    0.0, "standard deviations", 0, 5, "of recency and of importance", "policy: 0 was best in trials"
)
# One word of a cue that a single small change holds can be twelve standard deviations, and would
# outrank the episode whose whole task the cue is.
CHANGE_CAP = Parameter(
    6.0, "standard deviations", 0.0, None, "that a part that reads changes may count", "recall.md"
)
RECALLED_PROTOTYPES = Parameter(3, "prototypes", 0, None, "told of a cue, at most", "recall.md")

# Searches

SEARCH_CHARACTERS = Parameter(
    4_000, "characters", 1, None, "of a search", "policy: its time grows with them"
)
SEARCH_TERMS = Parameter(100, "terms", 1, None, "of a search", "policy: each reads an index")
VALUE_STARS = Parameter(
    4, "stars", 0, None, "in a value", "policy: each multiplies what a comparison can cost"
)
EXPRESSION_CHARACTERS = Parameter(300, "characters", 1, None, "of an expression", "search.md")
EXPRESSION_STEPS = Parameter(100_000, "steps", 1, None, "that expressions read", "search.md")
EXPRESSION_SECONDS = Parameter(
    5.0, "seconds", 0.0, None, "for all expressions of a search together", "search.md"
)

# Imports: bounds on files that a stranger may have made

FILE_BYTES = Parameter(
    16 * 1024 * _MIB, "bytes", 1, None, "of a file", "policy: no trace is larger"
)
DOCUMENT_BYTES = Parameter(
    256 * _MIB, "bytes", 1, None, "of what must be parsed whole", "policy: it is held in memory"
)
LINE_BYTES = Parameter(
    64 * _MIB, "bytes", 1, None, "of a line of JSON lines", "policy: it is held in memory"
)
JSON_DEPTH = Parameter(
    200, "levels", 1, None, "of nesting in a source's head", "policy: deeper is an attack"
)
ARCHIVE_MEMBERS = Parameter(
    200_000, "files", 1, None, "in an archive", "policy: their names are held in memory"
)
ARCHIVE_BYTES = Parameter(
    64 * 1024 * _MIB, "bytes", 1, None, "that an archive unpacks to", "policy: a disk's room"
)
ARCHIVE_RATIO = Parameter(
    500, "times", 1, None, "unpacked to packed", "policy: prompts reach 100 in xz, bombs 1,032"
)
ARCHIVE_NESTING = Parameter(2, "levels", 0, None, "of archives", "policy: deeper is an attack")
EPISODE_STEPS = Parameter(
    (1 << 24) - 1, "steps", 1, None, "of an episode", "policy: the lower 24 bits of a step's id"
)

# Fine-tuning on a store

HELD_OUT_SHARE = Parameter(
    0.3, "of the episodes", 0.0, 1.0, "held out, at least", "policy: for a verdict"
)
HELD_OUT_MOST = Parameter(
    0.5, "of the episodes", 0.0, 1.0, "held out, at most", "policy: the larger part teaches"
)
HELD_OUT_PROJECTS = Parameter(
    3, "projects", 1, None, "from which on whole ones are held out", "processes.md"
)
PROJECT_EPISODES = Parameter(
    5, "episodes", 1, None, "that make a project to hold out", "policy: fewer say nothing of it"
)
CONFIDENCE = Parameter(
    95, "per cent", 1, 99, "of the interval that must lie above 0", "policy: usual"
)
FEWEST_LEARNED = Parameter(
    24, "episodes", 1, None, "to learn from", "policy: fewer allow no verdict"
)
FEWEST_HELD_OUT = Parameter(16, "episodes", 1, None, "held out", "policy: fewer allow no verdict")
ENCODER_EPISODES = Parameter(
    1_000, "episodes", 1, None, "that φ learns from", "policy: a minute or two"
)
MASK_EPISODES = Parameter(
    400, "episodes", 1, None, "that the mask learns from: the latest", "policy: a minute or two"
)
KEPT_WEIGHTS = Parameter(
    8, "weights", 1, None, "of a model, those in use among them", "policy: the file stays small"
)

# Checkpoints

STATE_BYTES = Parameter(
    256 * _MIB, "bytes", 1, None, "of a saved state", "policy: it is held in memory"
)
STATE_TEXT_CHARACTERS = Parameter(
    64_000, "characters", 1, None, "that a state is found by", "policy: the gist of a state"
)
THREAD_CHARACTERS = Parameter(
    1_000, "characters", 1, None, "of a thread's name", "policy: ids of programs, joined"
)
LABEL_CHARACTERS = Parameter(
    200, "characters", 1, None, "of a checkpoint's label or kind", "policy: a line of a list"
)
MEMORY_FILE_BYTES = Parameter(
    256 * 1024, "bytes", 1, None, "of a file of Claude's memory tool", "policy: a note, no archive"
)
MEMORY_BYTES = Parameter(
    4 * _MIB, "bytes", 1, None, "of all such files of an agent", "policy: written at each change"
)
MEMORY_FILES = Parameter(
    2_000, "files", 1, None, "and folders of an agent's memory", "policy: each is looked at"
)

# Names that a person gives

NAME_CHARACTERS = Parameter(
    80, "characters", 1, None, "of a prototype's or a search's name", "policy: a line of a list"
)
TAG_CHARACTERS = Parameter(60, "characters", 1, None, "of a tag", "policy: it fits beside others")
NOTE_CHARACTERS = Parameter(
    10_000, "characters", 1, None, "of a note", "policy: a note is read at a glance, not a document"
)

# What agents propose to remember

PROPOSAL_CHARACTERS = Parameter(2_000, "characters", 1, None, "of a proposal", "notes.md")
PROPOSAL_REASON_CHARACTERS = Parameter(
    500, "characters", 0, None, "of the reason that a proposal gives", "notes.md"
)
WAITING_PROPOSALS_OF_SESSION = Parameter(
    20, "proposals", 1, None, "of a session, waiting for a person", "notes.md"
)
WAITING_PROPOSALS = Parameter(500, "proposals", 1, None, "waiting for a person", "notes.md")
