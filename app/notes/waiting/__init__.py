"""What agents proposed and nobody decided on: a queue, and what a person needs to decide."""
