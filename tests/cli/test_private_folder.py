# SPDX-License-Identifier: Apache-2.0
"""The folder for raw logs has a name that everybody can guess: the recorder takes it only when it is the user's own."""
import os
import shutil
import stat
import subprocess
import unittest

import support

USER, OTHER = 65534, 65533   # two ordinary users
PROGRAM = """#include <mpi.h>
int main(int count, char **words) {
  MPI_Init(&count, &words);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
  return 0;
}
"""


@unittest.skipUnless(os.geteuid() == 0, "needs the right to become other users")
@unittest.skipUnless(shutil.which("mpicc.openmpi") and shutil.which("mpirun.openmpi"), "needs Open MPI and its compiler wrapper")
class PrivateFolder(support.CommandTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)
        subprocess.run(["mpicc.openmpi", self.write("program.c", PROGRAM), "-o", self.path("program")], check=True)
        built = os.path.join(os.path.dirname(os.path.dirname(support.PROGRAM)), "lib/libtulkki.so")
        shutil.copy(built, self.path("libtulkki.so"))   # the build folder may be closed to others
        self.work = self.path("work")
        os.mkdir(self.work)
        os.chown(self.work, USER, USER)
        # Where /dev/shm has little room, the folder lies in TMPDIR.
        space = os.statvfs("/dev/shm")
        self.base = f"{'/dev/shm' if space.f_bavail * space.f_frsize >= 1 << 30 else self.work}/tulkki-{USER}"
        if os.path.lexists(self.base):
            self.skipTest(f"{self.base} is in use")
        self.addCleanup(self.remove_base)

    def remove_base(self):
        if os.path.islink(self.base):
            os.remove(self.base)
        else:
            shutil.rmtree(self.base, ignore_errors=True)

    def record(self, umask=0o022):
        environment = {"PATH": "/usr/bin:/bin", "HOME": self.work, "TMPDIR": self.work, "LD_PRELOAD": self.path("libtulkki.so")}
        return subprocess.run([self.path("program")], cwd=self.work, env=environment, capture_output=True, text=True, check=True,
                              user=USER, group=USER, extra_groups=[], umask=umask, timeout=120).stderr

    def test_it_is_private_whatever_the_umask(self):
        for umask in (0o022, 0o002, 0):
            with self.subTest(umask=umask):
                self.assertNotIn("without being recorded", self.record(umask))
                self.assertEqual(stat.S_IMODE(os.stat(self.base).st_mode), 0o700)
                self.assertTrue(any(name.endswith(".tulkki-raw") for _, _, names in os.walk(self.base) for name in names))
                self.remove_base()

    def test_one_that_another_user_made_is_refused(self):
        os.mkdir(self.base)
        os.chmod(self.base, 0o777)
        os.chown(self.base, OTHER, OTHER)
        self.assertIn(f"{self.base} is not a folder of this user", self.record())
        self.assertEqual(os.listdir(self.base), [])

    def test_a_link_is_refused(self):
        mine = os.path.join(self.work, "mine")
        os.mkdir(mine)
        os.chown(mine, USER, USER)
        os.symlink(mine, self.base)
        os.lchown(self.base, OTHER, OTHER)
        self.assertIn(f"{self.base} is not a folder of this user", self.record())
        self.assertEqual(os.listdir(mine), [])


if __name__ == "__main__":
    support.main()
