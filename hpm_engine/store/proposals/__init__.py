"""What agents propose to remember: held, decided on, and what stands once it is accepted."""
