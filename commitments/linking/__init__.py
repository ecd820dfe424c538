"""Which commitments a release bears on, with the passage, the figures and the reasons."""
