"""Files that merchants bring: documents, size charts, videos. Kept once, used by many, uploaded once a seller."""
