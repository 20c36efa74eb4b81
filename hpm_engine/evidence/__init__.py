"""What sessions show of the lines of a note: borne out, contradicted, outdated, never done."""
