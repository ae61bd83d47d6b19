// SPDX-License-Identifier: Apache-2.0
// An OTF2 archive while it is written: either it is finished, or nothing of it stays on disk.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <string>

#include "storage/result.h"

namespace tulkki {

class Otf2Archive {
 public:
  // Makes the directory when it is missing. A directory that holds an archive already is an error.
  static Result<Otf2Archive> create(const std::string& directory, const std::string& creator);

  Otf2Archive(Otf2Archive&& other) noexcept;
  Otf2Archive& operator=(Otf2Archive&&) = delete;
  ~Otf2Archive();  // removes an unfinished archive

  OTF2_Archive* get() const { return archive_; }
  std::string anchor() const { return directory_ + "/traces.otf2"; }

  Result<void> finish();
  std::uint64_t bytes() const;  // of all its files
  // What OTF2 said went wrong first, as an error of this archive.
  Error failure() const;

 private:
  Otf2Archive(std::string directory, bool made_directory);
  bool close();
  void remove_files() const;

  std::string directory_;
  bool made_directory_;
  bool finished_ = false;
  OTF2_Archive* archive_ = nullptr;
  OTF2_ErrorCallback previous_callback_ = nullptr;
};

}  // namespace tulkki
