"""Questions from chats: each platform has its own adapter, all share one handler."""
