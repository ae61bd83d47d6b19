# SPDX-License-Identifier: Apache-2.0
"""Fetches the MPICH test suite: the Debian source package `mpich`, of which test/mpi is unpacked.

apt checks the signatures. It works on private lists and folders, so that the system's stay as they are and nobody has
to be root.
"""

import glob
import os
import shutil
import subprocess

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
FALLBACK = ("http://deb.debian.org/debian/", "bookworm")
TIMEOUT_S = 300


class Unreachable(Exception):
    """The source cannot be had: no network, no mirror, no apt."""


def debian_mirror():
    """Address and release from which this system takes its packages."""
    form = "$(ORIGIN)|$(RELEASE)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)"
    listed = subprocess.run(["apt-get", "indextargets", "--format", form], capture_output=True, text=True, check=False)
    for line in listed.stdout.splitlines():
        origin, _, codename, component, address = (line + "||||").split("|")[:5]
        if origin == "Debian" and component == "main" and codename and "-" not in codename:
            return address, codename
    return FALLBACK


def apt_command(folder):
    """apt-get with everything that it writes below `folder`."""
    for name in ("lists/partial", "archives/partial"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    address, release = debian_mirror()
    sources = os.path.join(folder, "sources.list")
    with open(sources, "w", encoding="utf-8") as file:
        file.write(f"deb-src [signed-by={KEYRING}] {address} {release} main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State": folder,
        "Dir::State::lists": os.path.join(folder, "lists"),
        "Dir::Cache": folder,
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return ["apt-get", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]


def checked(command, folder, what):
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreachable(f"{what}: {error}") from error
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise Unreachable(f"{what}: {lines[-1]}")


def fetch(work):
    """The path of the upstream archive in the work folder; fetched where it is not there yet."""
    folder = os.path.join(work, "source")
    pattern = os.path.join(folder, "mpich_*.orig.tar.*")
    found = [path for path in sorted(glob.glob(pattern)) if not path.endswith(".asc")]
    if found:
        return found[-1]
    apt = os.path.join(work, "apt")
    os.makedirs(folder, exist_ok=True)
    command = apt_command(apt)
    checked([*command, "-qq", "update"], folder, "the list of Debian's source packages cannot be fetched")
    checked([*command, "-qq", "--download-only", "source", "mpich"], folder, "the source package mpich: not fetched")
    shutil.rmtree(apt, ignore_errors=True)
    found = [path for path in sorted(glob.glob(pattern)) if not path.endswith(".asc")]
    if not found:
        raise Unreachable(f"the source package mpich has no mpich_*.orig.tar.* (in {folder})")
    return found[-1]


def suite(work):
    """The folder with the suite's sources."""
    folder = os.path.join(work, "suite")
    if os.path.isfile(os.path.join(folder, "configure")):
        return folder
    archive = fetch(work)
    unpacked = folder + ".unpacking"
    shutil.rmtree(unpacked, ignore_errors=True)
    os.makedirs(unpacked)
    command = ["tar", "xf", archive, "--strip-components=3", "--wildcards", "*/test/mpi/*"]
    checked(command, unpacked, f"{archive} cannot be unpacked")
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(unpacked, folder)
    return folder
