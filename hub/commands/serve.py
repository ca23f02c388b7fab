"""``hub serve``: gunicorn around the project, on one socket that is bound before it starts.

Gunicorn because one command then serves threads, several processes and TLS. The first line
on standard output says where it listens; nothing else is printed but errors.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from hub import database, tls
from hub.errors import BadUsage
from hub.home import Home
from hub.visitors.office import holidays, office

_PR_SET_PDEATHSIG = 1
# Workers show that they live by touching a file: in memory, where no slow disk delays them.
_MEMORY = Path("/dev/shm")  # noqa: S108


class Server(BaseApplication):
    """Gunicorn without its own command line and configuration files."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn our settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return what answers requests."""
        from hub.wsgi import application

        # All pages and answers, once and before the processes part: a first request that loads
        # them keeps its kiosk waiting, on a small machine for longer than the kiosk waits.
        _ = get_resolver().url_patterns
        # Every process opens its own connections.
        connections.close_all()
        return application


def serve(args: argparse.Namespace, home: Home) -> int:
    """Answer until SIGTERM or SIGINT."""
    if not 1 <= args.processes <= 64 or not 1 <= args.threads <= 256:
        raise BadUsage("--processes takes 1 to 64, --threads 1 to 256.")
    certificate = _certificate(args, home)
    try:
        office(), holidays()
    except ValueError as error:
        raise BadUsage(f"{home.folder / 'public.toml'} cannot be used: {error}") from error
    listener = _bind(args.bind)
    with listener, home.serving():
        _run(args, home, certificate, listener)
    return 0


def _run(
    args: argparse.Namespace,
    home: Home,
    certificate: tls.Certificate | None,
    listener: socket.socket,
) -> None:
    from hub.guard import clock
    from hub.intake.transactions import now_ms

    database.ready(home)
    try:
        clock.check(now_ms())
    except clock.ClockDoubted as error:
        print(f"hub: {error}", file=sys.stderr, flush=True)
    scheme = "https" if certificate else "http"
    own = certificate is not None and args.tls
    url = (args.url or f"{scheme}://{_reachable(listener)}").rstrip("/")
    home.remember_url(url, certificate.pin if certificate and own else b"")
    _harden(url, home)
    bound = f"{scheme}://{_address(listener)}"

    def ready(_server: Any) -> None:
        print(f"listening on {bound}", flush=True)

    def die_with_parent(_server: Any, _worker: Any) -> None:
        # A killed master must free the port at once, not when its workers notice.
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    os.environ.pop("GUNICORN_CMD_ARGS", None)
    Server(
        {
            "bind": f"fd://{listener.detach()}",  # gunicorn's from here on
            "certfile": str(certificate.cert) if certificate else None,
            "keyfile": str(certificate.key) if certificate else None,
            "ssl_context": _modern,
            "worker_class": "gthread",
            "workers": args.processes,
            "threads": args.threads,
            "preload_app": True,
            "worker_tmp_dir": str(_MEMORY) if _MEMORY.is_dir() else None,
            "keepalive": 30,
            "graceful_timeout": 10,
            "loglevel": "error",
            "accesslog": None,
            "control_socket_disable": True,
            "proc_name": "hub",
            "umask": 0o077,
            "when_ready": ready,
            "post_fork": die_with_parent,
        }
    ).run()


def _harden(url: str, home: Home) -> None:
    """Set what depends on how people reach the hub, before it starts."""
    split = urlsplit(url)
    secure = split.scheme == "https"
    settings.PAGE_HOSTS |= home.page_hosts()
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = secure
    # A proxy may end TLS before us: its pages' origin is not the one that we see.
    settings.CSRF_TRUSTED_ORIGINS = [f"{split.scheme}://{split.netloc}"]


def _certificate(args: argparse.Namespace, home: Home) -> tls.Certificate | None:
    if args.tls and (args.cert or args.key):
        raise BadUsage("--tls makes a certificate; with --cert and --key it is not needed.")
    if bool(args.cert) != bool(args.key):
        raise BadUsage("--cert and --key go together.")
    if args.cert:
        found = tls.Certificate(args.cert, args.key)
    elif args.tls:
        found = tls.own(home)
    else:
        return None
    found.check()
    return found


def _modern(_config: Any, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _bind(text: str) -> socket.socket:
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdigit() or int(port) > 65535:
        raise BadUsage(f"--bind takes HOST:PORT, such as 127.0.0.1:8000, not “{text}”.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
        listener.listen(1024)
    except (OSError, UnicodeError) as error:
        listener.close()
        why = getattr(error, "strerror", None) or str(error)
        raise BadUsage(
            f"{text} cannot be listened on ({why}): stop what uses it or take another port."
        ) from error
    os.set_inheritable(listener.fileno(), True)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _reachable(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host == "0.0.0.0":  # noqa: S104 (compared, not bound)
        return f"{_own_address()}:{port}"
    return _address(listener)


def _own_address() -> str:
    """Return the address by which others reach this machine; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
