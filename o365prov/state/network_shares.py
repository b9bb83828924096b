"""Whether a file is on a network share, as far as the operating system says so.

SQLite needs locks that hold between processes; on network shares they often don't.

Source: SQLite, "SQLite Over a Network, Caveats and Considerations"; proc(5), ``/proc/self/mounts``.
"""

from __future__ import annotations

import os
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")

_KINDS = frozenset(
    {
        "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
        "fuse.sshfs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs",
    }
)  # fmt: skip


def network_share(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of network share that a file is on, such as ``nfs4``; empty if it is on none, or nothing says so.

    Args:
        path: the file, which need not exist.
        mounts: where the system lists what is mounted; elsewhere than on Linux there is no such list.

    """
    whole = os.path.abspath(path)  # noqa: PTH100 - a file that does not exist has an absolute path too
    if whole.startswith("\\\\"):
        return "UNC path"
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    whole = os.path.realpath(path)
    found = ("", "")
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = fields[1].replace("\\040", " ")
        inside = whole == place or whole.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(found[0]):
            found = (place, fields[2])
    return found[1] if found[1] in _KINDS else ""
