-- SPDX-License-Identifier: Apache-2.0
-- The profile database: one file, many runs. This file is the only truth about its tables; it is embedded in the
-- programs at build time. Raise user_version with every change and say in docs/formats.md how old files are read.
-- Times are nanoseconds, sizes bytes, dates UTC in ISO 8601. Ranks are those of MPI_COMM_WORLD unless a column says
-- otherwise; -1 stands for "none".
PRAGMA user_version = 3;
PRAGMA application_id = 0x54554c4b;         -- "TULK": tells our files from those of other programs

CREATE TABLE run (
  run_id            INTEGER PRIMARY KEY AUTOINCREMENT,
  launch            TEXT NOT NULL UNIQUE,   -- identity of the launch (FileHeader::run_id): recovering twice adds nothing
  label             TEXT NOT NULL DEFAULT '',
  program           TEXT NOT NULL,          -- path of the executable (of a script: the interpreter)
  arguments         TEXT NOT NULL,          -- command line, quoted for a shell
  working_directory TEXT NOT NULL,
  backend           TEXT NOT NULL,          -- openmpi | mpich | abi: the implementation it ran on
  backend_version   TEXT NOT NULL,          -- first line of MPI_Get_library_version
  backend_library   TEXT NOT NULL,          -- path of the library
  front             TEXT NOT NULL,          -- ABI that the program was compiled for
  translated        INTEGER NOT NULL,       -- 0: front and backend are the same
  transport         TEXT NOT NULL,          -- as asked for; 'default' if nothing was
  transport_verified TEXT NOT NULL DEFAULT '', -- how it was verified; empty: it was not
  ranks             INTEGER NOT NULL,
  nodes             INTEGER NOT NULL,
  thread_level      TEXT NOT NULL,          -- single | funneled | serialized | multiple
  kernel            TEXT NOT NULL,
  cpu               TEXT NOT NULL,
  repetition        INTEGER NOT NULL DEFAULT 1,
  started_at        TEXT NOT NULL,          -- 2026-11-21T10:35:00.123Z
  wall_ns           INTEGER NOT NULL,       -- from the first rank's start of MPI_Init to the last one's end of MPI_Finalize
  outcome           TEXT NOT NULL,          -- finalized | aborted | died | unfinished
  exit_code         INTEGER,                -- of the launcher, where `tulkki run` started it
  own_cost_ns       REAL NOT NULL,          -- measured: what recording adds to a blocking call
  clock_resolution_ns REAL NOT NULL,
  trace_path        TEXT NOT NULL DEFAULT '', -- anchor file of the OTF2 archive; empty: none
  events            INTEGER NOT NULL DEFAULT 0,
  events_dropped    INTEGER NOT NULL DEFAULT 0,
  loss              TEXT NOT NULL DEFAULT '', -- why, in words
  tulkki_version    TEXT NOT NULL
);

-- Whatever else was known about the launch: environment that sets transports, versions of libraries, modules.
CREATE TABLE run_property (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  name   TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (run_id, name)
) WITHOUT ROWID;

CREATE TABLE process (
  run_id      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  rank        INTEGER NOT NULL,
  host        TEXT NOT NULL,
  process_id  INTEGER NOT NULL,
  state       TEXT NOT NULL,                -- closed: ended after MPI_Finalize | finalized: its end was not seen
                                            -- | exited: ended in order without MPI_Finalize | died | running
  wall_ns     INTEGER NOT NULL,             -- from start of MPI_Init to end of MPI_Finalize (or the latest sign of life)
  mpi_ns      INTEGER NOT NULL,             -- time inside MPI calls in that span, summed over threads
  peak_memory_bytes INTEGER NOT NULL,
  user_cpu_ns INTEGER NOT NULL,
  system_cpu_ns INTEGER NOT NULL,
  threads     INTEGER NOT NULL,
  calls       INTEGER NOT NULL,
  PRIMARY KEY (run_id, rank)
) WITHOUT ROWID;

CREATE TABLE procedure (
  procedure_id INTEGER PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE,        -- MPI_Send
  family       TEXT NOT NULL                -- point-to-point, collective, RMA, I/O, ... as in the API table
);

CREATE TABLE call_site (
  site_id  INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id   INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  stack    TEXT NOT NULL                    -- frames innermost first, one a line: "function file:line" or "object+0x1234"
);

CREATE TABLE context (
  context_id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id     INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  kind       TEXT NOT NULL,                 -- communicator | intercommunicator | window | file
  name       TEXT NOT NULL,                 -- as the program named it, file name of a file; else empty
  created_by TEXT NOT NULL,                 -- MPI_Comm_split; empty: predefined
  parent_id  INTEGER REFERENCES context,
  size       INTEGER NOT NULL,              -- number of members, of both groups of an intercommunicator
  members    TEXT NOT NULL                  -- world ranks in the order of the context's ranks, as "0-3,8"; "?" unknown;
                                            -- "0-1|2-3" two groups; MPI_COMM_SELF: one row for all, "self"
);

-- One row for each distinct combination of the first columns.
CREATE TABLE call (
  run_id       INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  rank         INTEGER NOT NULL,
  thread       INTEGER NOT NULL,
  procedure_id INTEGER NOT NULL REFERENCES procedure,
  site_id      INTEGER REFERENCES call_site,
  context_id   INTEGER REFERENCES context,
  peer         INTEGER NOT NULL,            -- world rank of partner, target or root; -1 none, -2 any source,
                                            -- -3 MPI_PROC_NULL, -4 MPI_ROOT, -5 not known (a log is missing)
  size_class   INTEGER NOT NULL,            -- 0: no bytes; n: 2^(n-1) <= larger of sent and received < 2^n
  calls        INTEGER NOT NULL,
  errors       INTEGER NOT NULL,
  time_ns      REAL NOT NULL,               -- sum
  min_ns       REAL,                        -- NULL where calls = 0
  max_ns       REAL,
  bytes_sent   INTEGER NOT NULL,
  bytes_received INTEGER NOT NULL,
  messages_sent  INTEGER NOT NULL,
  messages_received INTEGER NOT NULL,
  histogram    BLOB                         -- of durations; encoding in docs/formats.md
);
CREATE INDEX call_by_run ON call (run_id, procedure_id);

-- Communication matrix as the senders saw it, by world rank: point-to-point messages, and RMA operations by origin
-- (source) and target (destination) with the bytes that they moved in either direction.
CREATE TABLE matrix (
  run_id      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  source      INTEGER NOT NULL,
  destination INTEGER NOT NULL,
  kind        TEXT NOT NULL,                -- point-to-point | rma
  messages    INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  time_ns     REAL NOT NULL,                -- spent by the source in the calls that started them
  PRIMARY KEY (run_id, source, destination, kind)
) WITHOUT ROWID;

-- The contract: these two views keep their columns whatever the tables become.
CREATE VIEW profile AS
  SELECT call.run_id AS run_id, rank, procedure.name AS procedure, SUM(calls) AS calls,
         CAST(ROUND(SUM(time_ns)) AS INTEGER) AS time_ns,
         SUM(bytes_sent) AS bytes_sent, SUM(bytes_received) AS bytes_received
  FROM call JOIN procedure USING (procedure_id)
  GROUP BY call.run_id, rank, procedure.name;

CREATE VIEW runs AS
  SELECT run_id, label, program, backend, transport, front, ranks, wall_ns, started_at FROM run;

-- Since schema 2: what follows down to the next such line is added to a file of an older schema when it is written to.

-- What programs measured themselves and printed; one row a quantity. Runs that are not of a sweep have none.
CREATE TABLE measurement (
  run_id   INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  workload TEXT NOT NULL,                   -- latency, allreduce, write_at, sync, ... or the name of the sweep
  bytes    INTEGER NOT NULL,                -- message, block or record size; 0: it has none
  metric   TEXT NOT NULL,                   -- time | latency | throughput | rate | IOPS | operations | transfer | memory | ...
  unit     TEXT NOT NULL,                   -- s, us, MB/s, Mbit/s, B, 1/s, ... decimal prefixes
  value    REAL NOT NULL
);
CREATE INDEX measurement_by_run ON measurement (run_id);

-- Sweeps (`tulkki sweep`, `tulkki bench`): which launches belong to them and how far each is.
CREATE TABLE sweep (
  sweep_id   INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL UNIQUE,
  seed       INTEGER NOT NULL,              -- of the random order of its launches
  created_at TEXT NOT NULL                  -- 2026-11-21T10:35:00Z
);

CREATE TABLE sweep_point (
  point_id INTEGER PRIMARY KEY AUTOINCREMENT,
  sweep_id INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,
  factors  TEXT NOT NULL,                   -- JSON object of what distinguishes this launch: backend, transport, ranks, repetition ...
  state    TEXT NOT NULL,                   -- waiting | running | done | failed
  reason   TEXT NOT NULL DEFAULT '',        -- why it failed
  run_id   INTEGER REFERENCES run ON DELETE SET NULL, -- of a failed launch too, where something was recorded
  owner    TEXT NOT NULL DEFAULT '',        -- while running: host, process and its start
  taken_at TEXT NOT NULL DEFAULT '',
  UNIQUE (sweep_id, factors)
);
CREATE INDEX sweep_point_by_run ON sweep_point (run_id);

-- Since schema 3: what follows down to the next such line is added likewise.

-- What each process had of its host, from the start of recording (just before MPI_Init) to the end of MPI_Finalize. A
-- rank that was killed has the values up to the last time that its recorder looked, or none. Runs of older schemas have no rows.
CREATE TABLE process_load (
  run_id      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  rank        INTEGER NOT NULL,
  host_rank   INTEGER NOT NULL,             -- rank that read this process's host: host_load.rank; -1: none did
  affinity    TEXT NOT NULL,                -- processors that it may use, as "0-3,8"; empty: unknown
  processors  INTEGER,                      -- how many those are
  processor_start INTEGER,                  -- that it ran on at the start ...
  processor_end INTEGER,                    -- ... and at the end
  reading     TEXT NOT NULL,                -- end | latest: it did not come to the end | none: what follows is NULL
  span_ns     INTEGER,                      -- between the two readings
  user_cpu_ns INTEGER,                      -- in that span, of all its threads
  system_cpu_ns INTEGER,
  voluntary_switches INTEGER,               -- context switches: it waited or yielded ...
  involuntary_switches INTEGER,             -- ... or the kernel gave its processor to another
  wait_ns     INTEGER,                      -- its main thread was ready and had no processor; NULL: the kernel does not tell
  PRIMARY KEY (run_id, rank)
) WITHOUT ROWID;

-- What else went on at each host, read by its first process at start and end.
CREATE TABLE host_load (
  run_id      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  rank        INTEGER NOT NULL,             -- that read it
  host        TEXT NOT NULL,
  ranks       INTEGER NOT NULL,             -- of this launch on this host
  processors  INTEGER NOT NULL,             -- online; hardware threads count
  threads_per_core INTEGER NOT NULL,        -- 1 where unknown
  governor    TEXT NOT NULL,                -- of the frequency, on the processor that the reader ran on; empty: unknown
  frequency_driver TEXT NOT NULL,
  load_start  REAL,                         -- load average over one minute before the run ...
  load_end    REAL,                         -- ... and at its end; NULL, as below: unknown, or the reader did not end in order
  running_start INTEGER,                    -- tasks that ran or were ready
  running_end INTEGER,
  frequency_start_hz INTEGER,
  frequency_end_hz INTEGER,
  frequency_max_hz INTEGER,
  busy_ns     INTEGER,                      -- of all processors together between start and end: running something ...
  idle_ns     INTEGER,
  stolen_ns   INTEGER,                      -- ... or taken by the hypervisor for another guest
  PRIMARY KEY (run_id, rank)
) WITHOUT ROWID;

-- The user's own words about a run (`tulkki runs --note`).
ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '';
