"""What each table of a store is for, in a few words; ``ARCHITECTURE.md`` lists them.

Beside the migrations and not in them: those are frozen, and a table's purpose may be said better.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_RECALL_FTS = "full text that recall searches: episodes by words and changes, then their steps"
_STEP_FTS = "full text of steps, a row a step; the earlier table empties while a job indexes anew"
_RECALLS = "recorded recalls, what each gave with its score, and how often each episode was given"
_HANDED = "memories that sessions were given, by digests of their terms, and whether each was used"
_CYCLES = "cycles of consolidation and what undoes the last ones; those that were refused"
_STATE = "settings of the store, among them its id; sums that every change keeps up to date"
_MEMORY_NOTES = "notes of agents' memories and people's instructions: versions, links, full text"
_MARKS = "a person's tags of episodes, and notes on them or on one of their steps"
_CHOSEN = "folders and files to be kept up to date with; their files, as they were read last"
_PROTOTYPES = "means of memories with their Fisher information; the encoder and origin of all"
_CHECKPOINTS = "saved states of agents by thread, in pieces that are stored once; words of them"
_BACKUPS = "backups that were made, the plan for more; in a backup, of which store it is"
_TREE = "the Merkle tree over the log: its length and root, and nodes that proofs begin from"
_SECRETS = "secrets that were masked or stand in clear, by a tag of the store's own key; never they"
_ASIDE = "files that are no traces: path, size, reason; never their bytes"

# By name, in the order in which a reader meets them; tables with one purpose share it.
TABLE_PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "settings": _STATE,
        "totals": _STATE,
        "sources": "imported files: path, format, digest, and how well they were read",
        "raw_chunks": "original bytes of sources, packed",
        "aside": _ASIDE,
        "aside_reasons": _ASIDE,
        "chosen_sources": _CHOSEN,
        "read_files": _CHOSEN,
        "unfinished": "numbers of episodes that an import is writing in slices",
        "episodes": "one session of an agent each: identity, agent, project, outcome, figures",
        "steps": "steps of episodes; the lower 24 bits of an id are the position in its episode",
        "parts": "messages, reasoning, calls and results of a step",
        "texts": "every text once, by its SHA-256, packed",
        "episode_tools": "each tool that an episode called, once",
        "tags": _MARKS,
        "notes": _MARKS,
        "saved_searches": "searches that were kept, in the query language",
        "step_fts": _STEP_FTS,
        "step_fts_earlier": _STEP_FTS,
        "audit": "a row for every change, chained by hash",
        "audit_contents": "what rows say of content, with its salt: may be erased, the rows stay",
        "audit_head": _TREE,
        "audit_nodes": _TREE,
        "audit_leaves": _TREE,
        "audit_checkpoints": "signed checkpoints of the log: its length and root",
        "encoders": "models that made vectors, and which is in use for each kind",
        "vectors": "vectors of an episode by one encoder, in one blob",
        "index_generations": "which index in the cache is current, by the digest of its manifest",
        "recall_episodes": "which state of an episode recall's own tables speak for",
        "recall_words": _RECALL_FTS,
        "recall_patch": _RECALL_FTS,
        "recall_changed": _RECALL_FTS,
        "recall_touched": _RECALL_FTS,
        "recall_steps": _RECALL_FTS,
        "changed_files": "files that an episode changed, by the name without its ending",
        "recalls": _RECALLS,
        "recall_hits": _RECALLS,
        "episode_use": _RECALLS,
        "handed": _HANDED,
        "handed_sessions": _HANDED,
        "compressed": "what compression kept of an episode, and when its whole text went",
        "episode_words": "identifiers of an episode that tell what later ones may need",
        "prototype_space": _PROTOTYPES,
        "prototypes": _PROTOTYPES,
        "prototype_members": "which memory belongs to which prototype, and by how much",
        "prototype_marks": "a person's names and pins of prototypes",
        "cycles": _CYCLES,
        "refused_cycles": _CYCLES,
        "memory_notes": _MEMORY_NOTES,
        "memory_note_versions": _MEMORY_NOTES,
        "memory_note_links": _MEMORY_NOTES,
        "memory_note_words": _MEMORY_NOTES,
        "proposals": "what agents propose to remember, and what a person said to it",
        "checkpoints": _CHECKPOINTS,
        "checkpoint_pieces": _CHECKPOINTS,
        "state_pieces": _CHECKPOINTS,
        "checkpoint_words": _CHECKPOINTS,
        "backups": _BACKUPS,
        "backup_plan": _BACKUPS,
        "backup_mark": _BACKUPS,
        "earlier_log": "rows of the log of a damaged file that the store was saved from",
        "trash": "episodes that a person deleted: out of view, until a date",
        "quarantine": "episodes and notes set apart: in view, but neither recalled nor learned",
        "erased": "keyed digests of what was erased, so that an import does not bring it back",
        "erasures": "erasures whose bytes are still to be taken out of the file",
        "secret_key": _SECRETS,
        "secrets": _SECRETS,
        "secret_places": _SECRETS,
        "tuned_weights": "weights that were fine-tuned on this store",
    }
)
