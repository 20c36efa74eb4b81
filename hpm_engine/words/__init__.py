"""Words as an index holds them: of every script, name and path; what nobody sees, spelled out."""
