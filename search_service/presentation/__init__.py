"""What pages, chats, assistants and the command line share: URLs, labels, languages."""
