"""What an index tells without a question: profiles, network, neighbours, shortlist."""
