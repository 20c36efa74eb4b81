"""When a store tidies itself: the schedule, the consent, idle agents, power."""
