"""What bench/pages.py and bench/viewers.py share: a seeded store, servers, clients, the floor and the rival."""
