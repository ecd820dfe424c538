"""What each public page shows, as plain objects for the templates."""
