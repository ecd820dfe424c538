"""Those who keep the record: their roles, how they sign in, and for how long."""
