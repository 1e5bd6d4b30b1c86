"""What the engine knows, in the shapes of Docker's API (version 1.41, as engine 20.10 answers)."""
