"""Where the tables live: SQLite or PostgreSQL, who works on them, and whole copies."""
