# SPDX-License-Identifier: Apache-2.0
"""`tulkki doctor` on machines that are made here: a folder with the files of /proc, /sys and others that the checks
read, once in good health, then with one thing wrong at a time."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import support


def limits(**changed):
    """/proc/self/limits with the limits of a healthy shell, and those that are changed."""
    soft = dict(stack=8388608, processes=63000, files=1024, locked=8388608, space="unlimited") | changed
    return "".join(f"{name:<26}{value:<21}unlimited\n" for name, value in (
        ("Limit", "Soft Limit"), ("Max stack size", soft["stack"]), ("Max processes", soft["processes"]),
        ("Max open files", soft["files"]), ("Max locked memory", soft["locked"]), ("Max address space", soft["space"])))


HEALTHY = {
    "etc/os-release": 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "proc/cpuinfo": "processor\t: 0\nmodel name\t: Example CPU\nsiblings\t: 8\ncpu cores\t: 4\n"
                    "flags\t\t: fpu constant_tsc rep_good nonstop_tsc sse\n",
    "proc/meminfo": "MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:   8388608 kB\n",
    "proc/loadavg": "0.10 0.20 0.30 1/200 999\n",
    "proc/self/status": "Name:\ttulkki\nUid:\t1000\t1000\t1000\t1000\nCpus_allowed_list:\t0-7\n",
    "proc/self/cgroup": "0::/user.slice/job\n",
    "proc/self/limits": limits(),
    "proc/mounts": "tmpfs /dev/shm tmpfs rw,nosuid,nodev,size=8388608k 0 0\n",
    "proc/sys/kernel/perf_event_paranoid": "2\n",
    "proc/sys/kernel/yama/ptrace_scope": "0\n",
    "proc/sys/kernel/numa_balancing": "0\n",
    "proc/sys/kernel/shmmax": "18446744073692774399\n",
    "proc/sys/vm/overcommit_memory": "0\n",
    "proc/sys/vm/max_map_count": "65530\n",
    "proc/sys/vm/nr_hugepages": "0\n",
    "proc/sys/net/core/rmem_max": "212992\n",
    "proc/sys/net/core/wmem_max": "212992\n",
    "proc/sys/net/ipv4/tcp_rmem": "4096\t131072\t6291456\n",
    "proc/sys/net/ipv4/tcp_wmem": "4096\t16384\t4194304\n",
    "sys/devices/system/cpu/online": "0-7\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance\n",
    "sys/devices/system/cpu/cpu7/cpufreq/scaling_governor": "performance\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_driver": "acpi-cpufreq\n",
    "sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
    "sys/devices/system/node/node0/cpulist": "0-3\n",
    "sys/devices/system/node/node1/cpulist": "4-7\n",
    "sys/fs/cgroup/user.slice/job/cpu.max": "max 100000\n",
    "usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "",
    "usr/bin/tulkki-viewer": "",
    "dev/shm/.keep": "",
}

# What is changed, by file; the check that notices it; its verdict; words of its reason and of the command that mends
# it. A text of None removes the file.
LIMIT = "proc/self/limits"
SICK = [
    ({"proc/self/status": "Uid:\t0\t0\t0\t0\nCpus_allowed_list:\t0-7\n"},
     "user", "warn", "refuses", "OMPI_ALLOW_RUN_AS_ROOT=1"),
    ({"dev/shm/.keep": None}, "/dev/shm", "bad", "there is no /dev/shm", "mount -t tmpfs"),
    ({"proc/mounts": "tmpfs /dev/shm tmpfs rw,size=65536k 0 0\n"}, "/dev/shm", "warn", "64.0 MiB", "--shm-size"),
    ({"proc/mounts": "tmpfs /dev/shm tmpfs ro,size=8g 0 0\n"},
     "/dev/shm", "bad", "nothing can be written", "remount,rw"),
    ({"proc/sys/kernel/yama/ptrace_scope": "2\n"}, "single copy", "warn", "ptrace_scope = 2", "ptrace_scope=0"),
    ({LIMIT: limits(locked=65536),
      "sys/class/infiniband/mlx5_0/node_type": "1"}, "limits", "bad", "locked memory 64.0 KiB", "ulimit -l"),
    ({LIMIT: limits(locked=65536, space=4294967296)}, "limits", "warn",
     "address space 4.00 GiB", "ulimit -v"),
    ({"proc/sys/vm/overcommit_memory": "2\n"},
     "settings", "warn", "overcommit_memory = 2", "sysctl -w vm.overcommit_memory=0"),
    ({"proc/sys/vm/max_map_count": "1000\n"}, "settings", "warn", "max_map_count = 1000", "sysctl"),
    ({"proc/sys/kernel/shmmax": "33554432\n"}, "settings", "warn", "shmmax = 33554432", "sysctl"),
    ({"proc/sys/kernel/numa_balancing": "1\n"}, "NUMA", "warn", "2 memory nodes", "numa_balancing=0"),
    ({"proc/self/status": "Uid:\t1000\t1000\nCpus_allowed_list:\t2-3\n"}, "usable", "warn", "only 2 of 8", "taskset"),
    ({"sys/devices/system/cpu/online": "0\n", "proc/self/status": "Cpus_allowed_list:\t0\n"},
     "usable", "warn", "one processor", ""),
    ({"sys/fs/cgroup/user.slice/job/cpu.max": "150000 100000\n"}, "quota", "warn", "1.5 of 8 processors", "--cpus=8"),
    ({"sys/fs/cgroup/user.slice/cpu.max": "200000 100000\n"}, "quota", "warn", "2 of 8 processors", "--cpus=8"),
    ({"proc/self/cgroup": "4:cpu,cpuacct:/job\n", "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "50000\n",
      "sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000\n"}, "quota", "warn", "0.5 of 8 processors", "--cpus=8"),
    ({"proc/loadavg": "8.10 1.00 1.00 1/200 999\n"}, "load", "warn", "load 8.1 on 8 processors", "top"),
    ({"sys/devices/system/cpu/cpu7/cpufreq/scaling_governor": "powersave\n"},
     "frequency", "warn", "performance, powersave", "cpupower"),
    ({"sys/devices/system/clocksource/clocksource0/current_clocksource": "hpet\n"}, "clock", "warn", "by hpet",
     "available_clocksource"),
    ({"proc/cpuinfo": "model name\t: Old CPU\nflags\t: constant_tsc\n"}, "clock", "warn", "no nonstop_tsc", ""),
    ({LIMIT: limits(files=256)}, "open files", "warn", "256",
     "ulimit -n 4096"),
    ({LIMIT: limits(processes=100)}, "processes", "warn", "100 for",
     "ulimit -u 4096"),
    ({LIMIT: limits(stack=1048576)}, "stack", "warn", "1.00 MiB",
     "ulimit -s unlimited"),
    ({"proc/sys/kernel/perf_event_paranoid": "4\n"}, "perf", "warn", "paranoid = 4", "perf_event_paranoid=2"),
    ({"proc/sys/net/core/rmem_max": "65536\n"}, "network", "warn", "rmem_max = 65536", "sysctl -w net.core.rmem_max"),
    ({"proc/sys/net/core/wmem_max": "65536\n"}, "network", "warn", "wmem_max = 65536", "sysctl -w net.core.wmem_max"),
    ({"proc/sys/net/ipv4/tcp_rmem": "4096 16384 65536\n"}, "network", "warn", "tcp_rmem = 65536", "tcp_rmem"),
    ({"proc/sys/net/ipv4/tcp_wmem": "4096 16384 65536\n"}, "network", "warn", "tcp_wmem = 65536", "tcp_wmem"),
    ({"usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": None},
     "fonts", "warn", "no fonts", "apt install fonts-dejavu-core"),
    ({"usr/bin/tulkki-viewer": None}, "viewer", "warn", "not installed", "apt install"),
]


class Doctor(support.CommandTest):
    def setUp(self):
        super().setUp()
        self.root = self.path("root")
        self.environment.update(HOME=self.path("home"), PATH=self.path("bin") + ":/usr/bin:/bin")
        for name in ("LD_LIBRARY_PATH", "OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "TMPDIR"):
            self.environment.pop(name, None)
        steering = ("OMPI_", "UCX_", "FI_", "MPICH_", "I_MPI_", "PMIX_MCA_", "MPIR_CVAR_")
        for variable in [name for name in self.environment if name.startswith(steering)]:
            del self.environment[variable]
        self.make(HEALTHY)

    def make(self, files):
        for name, text in files.items():
            path = os.path.join(self.root, name)
            if text is None:
                os.remove(path)
                if name == "dev/shm/.keep":
                    os.rmdir(os.path.dirname(path))
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)

    def program(self, name, text):
        os.makedirs(self.path("bin"), exist_ok=True)
        self.write(os.path.join("bin", name), f"#!/bin/sh\n{text}\n", 0o755)

    def examine(self, code=None, environment=None, root=True):
        options = ["--root", self.root] if root else []
        answer = self.tulkki("doctor", "--json", *options, code=code, environment=environment or {})
        self.assertEqual(answer.stderr, "")
        document = json.loads(answer.stdout)
        self.assertEqual(answer.returncode, any(check["health"] == "bad" for check in document["checks"]))
        return document

    def lines(self, document, check):
        return [line for line in document["checks"] if line["check"] == check]

    def test_a_healthy_machine(self):
        document = self.examine()
        for check in {check for _, check, *_ in SICK}:
            lines = self.lines(document, check)
            self.assertTrue(lines, check)
            self.assertEqual({(line["health"], line["mend"]) for line in lines}, {("ok", "")}, lines)
        system = document["system"]
        self.assertEqual((system["distribution"], system["CPU"], system["processors"], system["memory"]),
                         ("Debian GNU/Linux 12 (bookworm)", "Example CPU", "8 online, 2 on each core",
                          "16.0 GiB, 8.00 GiB available"))

    def test_one_thing_wrong_at_a_time(self):
        self.environment["PATH"] = self.path("bin")  # no launcher is asked for its version
        for changes, check, health, reason, mend in SICK:
            with self.subTest(check=check, reason=reason):
                shutil.rmtree(self.root)
                self.make(HEALTHY)
                self.make(changes)
                found = [line for line in self.lines(self.examine(), check) if line["health"] != "ok"]
                self.assertEqual(len(found), 1, found)
                self.assertEqual(found[0]["health"], health, found)
                self.assertIn(reason, found[0]["text"])
                self.assertIn(mend, found[0]["mend"])

    def test_without_proc_and_sys(self):
        shutil.rmtree(self.root)
        os.mkdir(self.root)
        document = self.examine(code=1)
        bad = [line["check"] for line in document["checks"] if line["health"] == "bad" and line["group"] != "MPI"]
        self.assertEqual(bad, ["/dev/shm"])
        self.assertIn("cannot be read", self.lines(document, "load")[0]["text"])

    def test_raw_logs_of_killed_runs(self):
        folder = os.path.join(self.root, f"dev/shm/tulkki-{os.getuid()}/20261121-1-abc")
        os.makedirs(folder)
        log = os.path.join(folder, "host-77.tulkki-raw")
        header = b"TULKKIRW" + b"\0" * 48 + (77).to_bytes(8, "little")
        with open(log, "wb") as stream:
            stream.write(header + b"\0" * (4096 - len(header)))
        line, = self.lines(self.examine(), "left over")
        mend = f"tulkki recover /dev/shm/tulkki-{os.getuid()}/20261121-1-abc"
        self.assertEqual((line["health"], line["mend"]), ("warn", mend))
        os.makedirs(os.path.join(self.root, "proc/77"))  # it still runs
        line, = self.lines(self.examine(), "left over")
        self.assertEqual(line["health"], "ok")

    def test_mixed_installation(self):
        self.environment["PATH"] = self.path("bin")
        self.program("mpirun", "echo 'mpirun (Open MPI) 4.1.4'")
        self.program("mpiexec", "echo 'HYDRA build details:'; echo '    Version:   4.0.2'")
        self.program("mpicc", "echo 'gcc -I/nowhere/include -L/nowhere/lib -lmpich'")
        document = self.examine()
        texts = [line["text"] for line in self.lines(document, "launchers")]
        self.assertIn(f"mpirun is {self.path('bin', 'mpirun')} (Open MPI 4.1.4)", texts)
        self.assertIn(f"mpiexec is {self.path('bin', 'mpiexec')} (MPICH 4.0.2)", texts)
        mixture = self.lines(document, "mixture")
        self.assertEqual([line["health"] for line in mixture], ["warn", "warn"])
        self.assertIn("mpirun is of Open MPI and mpiexec of MPICH", mixture[0]["text"])
        self.assertIn("mpicc is of MPICH and mpirun of Open MPI", mixture[1]["text"])
        compilers = self.lines(document, "compilers")
        if not os.path.exists("/usr/include/mpi.h"):
            self.assertIn("its mpi.h is not", compilers[0]["text"])
            self.assertEqual(compilers[0]["mend"], "apt install libmpich-dev")
        self.program("mpicc", "echo cc: not found; exit 1")
        self.assertIn("does not say how it compiles", self.lines(self.examine(), "compilers")[0]["text"])

    def test_alternatives_of_two_mpis(self):
        self.environment["PATH"] = self.path("bin")
        os.makedirs(os.path.join(self.root, "etc/alternatives"))
        os.symlink("/usr/bin/mpicc.mpich", os.path.join(self.root, "etc/alternatives/mpi"))
        os.symlink("/usr/bin/mpirun.openmpi", os.path.join(self.root, "etc/alternatives/mpirun"))
        line, = self.lines(self.examine(), "mixture")
        self.assertEqual(line["health"], "warn")
        self.assertIn("different MPIs", line["text"])

    def test_one_mpi_alone_is_no_mixture(self):
        self.environment["PATH"] = self.path("bin")
        self.program("mpirun", "echo 'mpirun (Open MPI) 4.1.4'")
        line, = self.lines(self.examine(), "mixture")
        self.assertEqual(line["health"], "ok")

    def test_no_launcher(self):
        self.environment["PATH"] = self.path("bin")
        self.assertTrue(all(line["health"] != "ok" and line["mend"].startswith("apt install")
                            for line in self.lines(self.examine(), "launchers")))

    def test_environment(self):
        os.mkdir(self.path("other"))
        self.write("other/libmpi.so.40", "")
        changed = {"LD_LIBRARY_PATH": "/nowhere:" + self.path("other"), "OMPI_MCA_btl": "tcp,self",
                   "LD_PRELOAD": self.environment["TULKKI_LIBRARY"]}
        lines = self.lines(self.examine(environment=changed), "environment")
        self.assertEqual([line["health"] for line in lines], ["warn", "warn", "ok"])
        self.assertEqual([line["mend"] for line in lines[:2]], ["unset LD_PRELOAD", "unset LD_LIBRARY_PATH"])
        self.assertIn("OMPI_MCA_btl", lines[2]["text"])

    def test_root_that_is_allowed(self):
        self.make({"proc/self/status": "Uid:\t0\t0\t0\t0\n"})
        allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        line, = self.lines(self.examine(environment=allowed), "user")
        self.assertEqual(line["health"], "ok")

    def test_recorder_and_database(self):
        line, = self.lines(self.examine(code=1, environment={"TULKKI_LIBRARY": "/nowhere/libtulkki.so"}), "recorder")
        self.assertEqual(line["health"], "bad")
        line, = self.lines(self.examine(), "database")
        self.assertIn("does not exist yet", line["text"])
        self.write("tulkki.db", "not a database, and long enough to be looked at as one " * 40)
        line, = self.lines(self.examine(code=1), "database")
        self.assertEqual(line["health"], "bad")
        self.assertTrue(line["mend"].startswith("export TULKKI_DB="))
        os.remove(self.path("tulkki.db"))
        shutil.copy(self.fixture(), self.path("tulkki.db"))
        line, = self.lines(self.examine(), "database")
        self.assertEqual(line["health"], "ok")

    def test_text_for_people(self):
        self.make({"proc/loadavg": "8.10 1.00 1.00 1/200 999\n"})
        answer = self.tulkki("doctor", "--root", self.root, code=None)
        lines = answer.stdout.splitlines()
        self.assertTrue(lines[0].startswith("tulkki"), lines[0])
        self.assertRegex(lines[-1], r"^\d+ ok, \d+ warn, \d+ bad$")
        at = next(i for i, line in enumerate(lines) if line.startswith("  warn  load"))
        self.assertEqual(lines[at], "  warn  load          load 8.1 on 8 processors: other programs take time from what "
                         "is measured now")
        self.assertEqual(lines[at + 1], " " * 22 + "-> top")
        self.assertNotIn("\033", answer.stdout)

    def test_the_real_machine_and_an_ordinary_user(self):
        self.examine(root=False)
        if os.geteuid() == 0:
            os.chmod(self.folder, 0o755)
            program = shutil.copy(support.PROGRAM, self.folder)  # its own folder may be closed to others
            answer = subprocess.run([program, "doctor", "--json"], capture_output=True, text=True, cwd="/",
                                    check=False, env=self.environment, user=65534, group=65534, extra_groups=[])
            self.assertEqual(answer.stderr, "")
            line, = self.lines(json.loads(answer.stdout), "user")
            self.assertEqual(line["text"], "an ordinary user")

    def test_in_a_bare_root(self):
        """No MPI, no /proc, no /sys, no shell: the program and the libraries that it is linked to."""
        if os.geteuid() != 0:
            self.skipTest("needs the right to change the root folder")
        bare = tempfile.mkdtemp(prefix="tulkki-bare-")
        self.addCleanup(shutil.rmtree, bare, True)
        listed = subprocess.run(["ldd", support.PROGRAM], capture_output=True, text=True, check=True).stdout.split()
        for path in [support.PROGRAM, *(word for word in listed if word.startswith("/"))]:
            os.makedirs(bare + os.path.dirname(path), exist_ok=True)
            shutil.copy(path, bare + path)
        answer = subprocess.run(["/usr/sbin/chroot", bare, support.PROGRAM, "doctor", "--json"], check=False,
                                capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
        self.assertEqual((answer.returncode, answer.stderr), (1, ""))
        document = json.loads(answer.stdout)
        self.assertIn("no MPI library was found", self.lines(document, "libraries")[0]["text"])
        self.assertEqual(self.lines(document, "launchers")[0]["health"], "bad")


if __name__ == "__main__":
    unittest.main(verbosity=2)
