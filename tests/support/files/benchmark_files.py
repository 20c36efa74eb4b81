"""Small documents in the forms of benchmarks, each with the traps of its format."""

from __future__ import annotations

from typing import Any

INTERCODE: dict[str, Any] = {
    "0": {
        "environment": "ic_sql",
        "dataset": "./data/spider.json",
        "task_id": 7,
        "query": "How many players are there?",
        "turn_history": {
            "actions": ["SELECT n", "SHOW TABLES", "submit", "blocked"],
            "observations": ["Error executing query: no n", "[('players',)]", "[(3,)]"],
            "rewards": [0.0, 0.0, 1.0, 0.5],
            "valid_action": [False, True, True],
            "thoughts": ["Count them.", "Which tables?", "Done."],
        },
        "summary": {"max_reward": 1.0, "max_reward_idx": 2, "turns_taken": 4, "turns_max": 10},
        "hardness": "easy",
    },
    "1": {
        "environment": "ic_sql",
        "dataset": "./data/spider.json",
        "task_id": 8,
        "query": "How old are they?",
        "turn_history": {"actions": ["SELECT age"], "observations": ["[]"], "rewards": [0.67]},
        "summary": {"max_reward": 0.67},
    },
    "2": {
        "environment": "ic_sql",
        "dataset": "./data/spider.json",
        "task_id": 9,
        "query": "Who is first?",
        "turn_history": {"actions": [], "observations": [], "rewards": [0], "valid_action": [True]},
        "summary": {"max_reward": 0, "max_reward_idx": -1},
    },
}

WHO_AND_WHEN: dict[str, Any] = {
    "is_correct": False,
    "question": "How many clients face west?",
    "question_ID": "4d51",
    "level": "2",
    "ground_truth": "8",
    "history": [
        {
            "content": "You are given: (1) a task\n\nHow many clients face west?",
            "role": "assistant",
            "name": "Excel_Expert",
        },
        {
            "content": "I count.\n```python\nprint(4)\n```\nand\n```sh\nls\n```",
            "name": "Check_Expert",
            "role": "user",
        },
        {
            "content": "exitcode: 1 (execution failed)\nCode output: no file\n",
            "role": "user",
            "name": "Computer_terminal",
        },
        {"content": "Then it is 4: ```4```", "role": "user", "name": "Check_Expert"},
        {
            "content": "There is no code from the last 1 message for me to execute.",
            "role": "user",
            "name": "Computer_terminal",
        },
    ],
    "mistake_agent": "Excel_Expert",
    "mistake_step": "2",
    "mistake_reason": "It read the wrong column.",
    "system_prompt": {"Excel_Expert": "You know sheets.", "Check_Expert": "You check."},
}

LOCOMO: list[dict[str, Any]] = [
    {
        "qa": [{"question": "When?", "answer": 2022, "evidence": ["D1:2"], "category": 2}],
        "conversation": {
            "speaker_a": "Ann",
            "speaker_b": "Bo",
            "session_2_date_time": "12:05 am on 9 May, 2023",
            "session_2": [{"speaker": "Bo", "dia_id": "D2:1", "text": "Back again."}],
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": [
                {"speaker": "Ann", "dia_id": "D1:1", "text": "Hey Bo!"},
                {
                    "speaker": "Bo",
                    "dia_id": "D1:2",
                    "text": "Look.",
                    "img_url": ["https://example.org/a.jpg"],
                    "blip_caption": "a photo of a dog",
                    "query": "dog",
                },
            ],
            "session_3_date_time": "1:00 pm on 10 May, 2023",
        },
        "observation": {"session_1_observation": {"Ann": [["Ann greets.", "D1:1"]]}},
        "session_summary": {"session_1_summary": "They meet."},
        "sample_id": "conv-1",
    }
]

REFLEXION = b"""
########################################
BEGIN TRIAL 1
Trial summary: Correct: 1, Incorrect: 1, Halted: 1
#######################################
------------- BEGIN CORRECT AGENTS -------------

Question: Which came first?
Thought 1: I search the first.
Action 1: Search[The (first) one]
Observation 1: It came
in 1900.

Thought 2: So it is this.
Action 2: Finish[this]
Observation 2: Answer is CORRECT
Correct answer: this

------------- BEGIN INCORRECT AGENTS -----------

Question: Who wrote it? You have attempted to answer following question before and failed.
Reflections:
- I searched too narrowly.
Thought 1: I search.
Action 1: Search[a], Search[b]
Observation 1: Could not find that page, please try again.
Thought 2: I give up.
Action 2: Finish[nobody]
Observation 2: Answer is INCORRECT
Correct answer: her

------------- BEGIN HALTED AGENTS --------------

Question: Where is it?
Thought 1: I look.
Action 1: Look for it
Observation 1: Invalid Action. Valid Actions are Lookup[<topic>] and Search[<topic>].
Thought 2: Hm.
Correct answer: here


########################################
BEGIN TRIAL 2
Trial summary: Correct: 2, Incorrect: 0, Halted: 0
#######################################
------------- BEGIN CORRECT AGENTS -------------

Question: Which came first?
Thought 1: I search the first.
Action 1: Search[The (first) one]
Observation 1: It came
in 1900.

Thought 2: So it is this.
Action 2: Finish[this]
Observation 2: Answer is CORRECT
Correct answer: this

Question: Who wrote it?
Correct answer: her

------------- BEGIN INCORRECT AGENTS -----------

------------- BEGIN HALTED AGENTS --------------
"""

BENCHMARKS: dict[str, Any] = {
    "intercode": INTERCODE,
    "who-and-when": WHO_AND_WHEN,
    "locomo": LOCOMO,
}
