"""PetitionWorkflow, in simulated time."""
