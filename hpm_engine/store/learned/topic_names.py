"""What topics are called, in SQL, and the episodes that they were learned from."""

from __future__ import annotations

# As ``Prototype.told`` has it: a person's name, else the topic that is stored with the words.
TOPIC = (
    "coalesce(nullif(k.name, ''),"
    " coalesce(json_extract(p.words, '$.topic.project') || ': ', '')"
    " || json_extract(p.words, '$.topic.title'))"
)
OF_TOPICS = (
    "SELECT m.episode_id FROM prototypes p JOIN prototype_members m ON m.prototype_id = p.id"
    " LEFT JOIN prototype_marks k ON k.prototype_id = p.id"
)
