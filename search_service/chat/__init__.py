"""Asking from a chat: each platform verifies, parses, renders and delivers; the answer is one."""
