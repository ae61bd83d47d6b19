// SPDX-License-Identifier: Apache-2.0
// `tulkki transports`: what each backend of this machine can be told to use, and why the rest cannot.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "viewer/cli/backend.h"
#include "viewer/cli/command.h"
#include "viewer/cli/json_text.h"
#include "viewer/cli/terminal.h"
#include "viewer/transports/transport_table.h"

namespace tulkki {
namespace {

struct Backend {
  std::string name, library, missing;
  std::string carrier, carrier_library;  // whose transports it has: its own, or those of the MPI below our own library
};

// An installed library of an ABI: what the command would run a program on.
Backend installed(raw::Abi abi) {
  const Result<BackendChoice> choice = choose_backend(abi_name(abi), ProgramFront{});
  const Result<std::string> library = find_backend_library(abi);
  if (!choice || !library) return {abi_name(abi), "", library ? choice.message() : library.message(), "", ""};
  const std::string& carrier = choice->launched_library();
  return {abi_name(abi), *library, "", abi_name(choice->launch_abi), carrier.empty() ? *library : carrier};
}


Result<std::vector<Backend>> wanted_backends(const std::string& wanted) {
  std::vector<Backend> result;
  for (const raw::Abi abi : {raw::Abi::openmpi, raw::Abi::mpich, raw::Abi::standard}) {
    if (!wanted.empty() && wanted != abi_name(abi)) continue;
    result.push_back(installed(abi));
  }
  if (!result.empty()) return result;
  const Result<BackendChoice> choice = choose_backend(wanted, ProgramFront{});
  if (!choice) return choice.error();
  const std::string& carrier = choice->launched_library();
  return std::vector<Backend>{{abi_name(choice->abi), wanted, "", abi_name(choice->launch_abi), carrier.empty() ? wanted : carrier}};
}

nlohmann::json variables_json(const Transport& transport) {
  nlohmann::json variables = nlohmann::json::object();
  for (const auto& [name, value] : transport.variables) variables[name] = value;
  return variables;
}

std::string as_json(const std::vector<Backend>& backends, const std::vector<Transport>& all) {
  nlohmann::json list = nlohmann::json::array();
  for (const Backend& backend : backends) {
    nlohmann::json entry{{"backend", backend.name}, {"library", backend.library}, {"missing", backend.missing}};
    entry["transports"] = nlohmann::json::array();
    for (const Transport& transport : backend.library.empty() ? std::vector<Transport>{} : transports_of(all, backend.carrier, backend.carrier_library)) {
      const std::string reason = why_unavailable(transport, backend.carrier_library);
      entry["transports"].push_back({{"name", transport.name}, {"about", transport.about}, {"available", reason.empty()},
                                     {"reason", reason}, {"variables", variables_json(transport)}, {"verify", transport.verify}});
    }
    list.push_back(entry);
  }
  return json_text(list);
}

void print_backend(const Backend& backend, const std::vector<Transport>& all, const Style& style) {
  if (backend.library.empty()) {
    fmt::print("{}: {}\n\n", style.bold(backend.name), backend.missing);
    return;
  }
  const std::string below = backend.carrier == backend.name ? "" : fmt::format(" over {} ({})", backend.carrier, backend.carrier_library);
  fmt::print("{} ({}){}\n", style.bold(backend.name), backend.library, below);
  // Reasons are not cut to the width of the terminal: they are what somebody asks for.
  fmt::print("  {:<13}{:<5}{}\n", "default", "yes", "what the library chooses");
  for (const Transport& transport : transports_of(all, backend.carrier, backend.carrier_library)) {
    const std::string reason = why_unavailable(transport, backend.carrier_library);
    fmt::print("  {:<13}{:<5}{}\n", transport.name, reason.empty() ? "yes" : "no", reason.empty() ? transport.about : reason);
  }
  fmt::print("\n");
}

}  // namespace

int transports_command(int argc, char** argv) {
  CLI::App app("Lists the transports that each MPI of this machine can use, and why the rest cannot be.", "tulkki transports");
  app.footer("Example: tulkki transports --backend mpich\nChoose one with: tulkki run --transport tcp ...");
  std::string backend, file;
  bool json = false;
  app.add_option("--backend", backend, "only this: openmpi, mpich, abi or the path of a library")->type_name("NAME");
  app.add_option("--transports-file", file, "more transports (default ~/.config/tulkki/transports.json)")->type_name("FILE");
  app.add_flag("--json", json, "print JSON, with the variables and checks of each transport");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  const Result<std::vector<Transport>> all = load_transports(file);
  if (!all) return wrong_use("transports", all.message());
  const Result<std::vector<Backend>> backends = wanted_backends(backend);
  if (!backends) return wrong_use("transports", backends.message());
  if (json) fmt::print("{}", as_json(*backends, *all));
  else for (const Backend& one : *backends) print_backend(one, *all, Style::of_stdout());
  return 0;
}

}  // namespace tulkki
