"""The public pages' views: find what was asked for, hand what the page shows to its template."""
