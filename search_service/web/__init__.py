"""The web page: thin HTML routes that show an Answer. Its layout and texts are in templates/."""
