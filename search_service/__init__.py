"""From a question to cooperatives with evidence: query, retrieval, votes, answer, screens."""
