// SPDX-License-Identifier: Apache-2.0
// Looks a transport up for a backend.
#include "viewer/cli/transport_choice.h"

#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <set>

#include "viewer/analysis/near_name.h"

namespace tulkki {

std::string library_of(const BackendChoice& backend, const ProgramFront& front) {
  if (!backend.launched_library().empty()) return backend.launched_library();
  std::error_code error;
  if (std::filesystem::is_regular_file(front.mpi_library, error)) return front.mpi_library;
  const Result<std::string> installed = find_backend_library(backend.launch_abi);
  return installed ? *installed : "";
}

Result<TransportChoice> choose_transport(const std::vector<Transport>& all, const std::string& name, const std::string& backend,
                                         const std::string& library) {
  TransportChoice choice;
  choice.name = name.empty() ? "default" : name;
  choice.variables.emplace_back("TULKKI_TRANSPORT", choice.name);
  if (choice.name == "default") return choice;
  const std::vector<Transport> here = transports_of(all, backend, library);
  const auto found = std::find_if(here.begin(), here.end(), [&](const Transport& one) { return one.name == name; });
  if (found == here.end()) {
    std::set<std::string> names{"default"};
    for (const Transport& transport : here) names.insert(transport.name);
    const std::string near = did_you_mean(name, as_names(names));
    return Error{fmt::format("--transport {}: {} has no transport of this name{}; `tulkki transports` lists them", name, backend,
                             near.empty() ? fmt::format(", it has {}", fmt::join(names, ", ")) : near)};
  }
  choice.obstacle = why_unavailable(*found, library);
  choice.variables.insert(choice.variables.end(), found->variables.begin(), found->variables.end());
  choice.variables.emplace_back("TULKKI_TRANSPORT_CHECKS", fmt::format("{}", fmt::join(found->verify, " && ")));
  return choice;
}

}  // namespace tulkki
