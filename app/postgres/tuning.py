"""The settings of a small server, fitted to the machine's memory."""

import os
import sys
from pathlib import Path

_MB = 1024 * 1024
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_SHARED_MEMORY_NEEDED = 128 * _MB


def settings(sockets: Path) -> str:
    """Give the text of the settings file, for a server that listens in the folder `sockets` only."""
    megabytes = _memory() // _MB
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "100",
        "shared_buffers": f"{max(16, min(256, megabytes // 8))}MB",
        "work_mem": f"{max(4, min(32, megabytes // 64))}MB",
        "effective_cache_size": f"{max(64, megabytes // 2)}MB",
        "huge_pages": "try",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "autovacuum": "on",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "lc_messages": "C",
        "logging_collector": "off",
        "log_destination": "stderr",
        "log_checkpoints": "off",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
    }
    if sys.platform == "linux":
        chosen["dynamic_shared_memory_type"] = "posix" if _shared_memory() >= _SHARED_MEMORY_NEEDED else "mmap"
    lines = [f"{name} = '{value}'" for name, value in chosen.items()]
    first = "# Written anew at each start. To change a setting for good, use ALTER SYSTEM."
    return "\n".join([first, *lines, ""])


def _memory() -> int:
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for place in _CGROUP_LIMITS:
        try:
            limits.append(int(Path(place).read_text("ascii")))
        except (OSError, ValueError):
            continue
    return min(limits)


def _shared_memory() -> int:
    try:
        shown = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return 0
    return shown.f_frsize * shown.f_blocks
