"""From a cue to ranked episodes, with the reasons of each."""
