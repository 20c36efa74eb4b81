"""The commands of the window itself, menu by menu; the features have theirs."""
