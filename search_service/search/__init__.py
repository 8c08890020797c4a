"""From a query to an answer: filters, retrieval, fusion, ranking, confidence."""
