"""Serve the site as in production."""

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


def check_address_is_free(host: str, port: int) -> None:
    """Raise CommandError when nobody could listen there.

    Two granians would share a port without a word, each with half of the requests.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As every server does, so that connections still closing after a stop do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(f"Cannot listen on {host}, port {port}: {error.strerror}. Set HOST or PORT.") from error


def bracketed(host: str) -> str:
    """Write a host as an address has it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


class Command(BaseCommand):
    help = "Serves the site with granian on HOST and PORT until it is stopped by Ctrl-C or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        check_address_is_free(host, port)
        # What the database refuses is said here, in one line, rather than with a traceback for every page.
        connection.ensure_connection()
        connection.close()
        self.stdout.write(f"The story is on http://{bracketed(host)}:{port}/ (Ctrl-C stops it)")
        self.stdout.flush()
        arguments = {
            "--interface": "wsgi",
            "--host": host,
            "--port": port,
            "--working-dir": settings.BASE_DIR,
            # One process, as SQLite has one writer; on PostgreSQL, start more of these behind a proxy.
            "--workers": 1,
            # Threads are limited rather than connections (--backpressure), which idle keep-alives could use up.
            "--blocking-threads": settings.SERVER_THREADS,
            # A request that hangs must not keep the server from stopping.
            "--workers-kill-timeout": 10,
            # Below this it only tells that more threads than twice the cores look many to it.
            "--log-level": "error",
        }
        words = [str(word) for pair in arguments.items() for word in pair]
        # Replacing this process lets signals reach the server itself.
        os.execv(sys.executable, [sys.executable, "-m", "granian", *words, "config.wsgi:application"])
