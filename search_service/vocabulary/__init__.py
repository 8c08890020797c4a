"""When two spellings are one competence, certification, sector or legal form."""
