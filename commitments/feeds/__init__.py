"""What readers' programs ask for by themselves: feeds of changes, a calendar of deadlines, the map of the site."""
