"""The filters beside the list of episodes."""
