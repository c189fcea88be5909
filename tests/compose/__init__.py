"""Visits to the running containers, from outside: what a first user does, and what must stay.

Run in the folder of docker-compose.yml while the services are up, with the development
packages and a Chromium there:

    python -m tests.compose.first_visit
    docker-compose down && docker-compose up -d
    python -m tests.compose.second_visit

COMPOSE is the compose command (default "docker-compose"), CHROMIUM the browser.
"""
