"""Whether a convention that a person stated once reaches an agent that needs it weeks later."""
