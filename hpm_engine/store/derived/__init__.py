"""Tables that can be made again from others: built anew, held against those that are there."""
