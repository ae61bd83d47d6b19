// SPDX-License-Identifier: Apache-2.0
// Private directory of one launch, where its processes leave their raw logs until they are converted.
#pragma once

#include <string>
#include <vector>

#include "storage/result.h"

namespace tulkki {

class RawDirectory {
 public:
  // <base>/<id>, base being TULKKI_DIR, or node-local memory when there is plenty, or the folder for temporary files.
  // What other hosts recorded is collected in `trace_directory`, which all hosts see.
  static Result<RawDirectory> create(const std::string& trace_directory);

  const std::string& path() const { return path_; }
  // Folder that all hosts share, for the logs of processes on other hosts; they create it when they need it.
  const std::string& collect_path() const { return collect_path_; }

  // What processes on this host left behind, beside logs. Takes the marks away.
  struct Marks {
    bool loaded = false;      // the recorder was loaded into at least one
    bool mpi_unseen = false;  // one had an MPI library at its end and never called it through the recorder
  };
  Marks take_marks() const;

  // False when no process completed the initialisation of MPI: then there is nothing that a run could be made of.
  bool has_initialized_log() const;

  // Those that exist and hold logs, for recover.
  std::vector<std::string> with_logs() const;

  // Removes what is empty; logs are never removed here.
  void remove_if_empty() const;

 private:
  std::string path_;
  std::string collect_path_;
};

// Empty if files can be created in the folder, else the reason.
std::string why_not_writable(const std::string& folder);

}  // namespace tulkki
