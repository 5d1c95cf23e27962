"""A real PostgreSQL and a real Apache Kafka out of Python packages: for a first look, the tests and CI."""
