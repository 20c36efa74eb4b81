"""Would it have helped? Past sessions asked again, and what each could have been told."""
