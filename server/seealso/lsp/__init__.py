"""The language server: one asyncio loop owns all state, two threads do the work."""
