"""What an index says without a question: profiles, network, neighbours, shortlist."""
