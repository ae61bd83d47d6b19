// SPDX-License-Identifier: Apache-2.0
// Reads /proc/self/net, /proc/self/maps and Open MPI's exported state.
#include "interposer/transport_evidence.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <initializer_list>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interposer/backend.h"
#include "translator/elf_image.h"

extern char** environ;

namespace tulkki {
namespace {

// Beyond these numbers the answer is the same: there are connections.
constexpr int kMaxSockets = 1024;
constexpr int kGapOfDescriptors = 256;

struct Inodes {
  std::uint64_t value[kMaxSockets];
  int count = 0;
  bool has(std::uint64_t inode) const {
    for (int i = 0; i < count; ++i)
      if (value[i] == inode) return true;
    return false;
  }
};
Inodes g_early, g_own;

void collect_sockets(Inodes& inodes) {
  inodes.count = 0;
  int closed = 0;
  for (int descriptor = 0; closed < kGapOfDescriptors && inodes.count < kMaxSockets; ++descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
      ++closed;
      continue;
    }
    closed = 0;
    if (S_ISSOCK(status.st_mode)) inodes.value[inodes.count++] = status.st_ino;
  }
}

class Lines {
 public:
  explicit Lines(const char* path) : descriptor_(open(path, O_RDONLY | O_CLOEXEC)) {}
  ~Lines() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  // Null at the end. What is longer than the buffer is cut.
  char* next() {
    for (;;) {
      char* begin = buffer_ + used_;
      if (auto* end = static_cast<char*>(std::memchr(begin, '\n', filled_ - used_))) {
        *end = '\0';
        used_ = static_cast<std::size_t>(end - buffer_) + 1;
        return begin;
      }
      std::memmove(buffer_, begin, filled_ - used_);
      filled_ -= used_;
      used_ = 0;
      if (filled_ + 1 >= sizeof buffer_) filled_ = 0;
      const auto got = descriptor_ < 0 ? 0 : read(descriptor_, buffer_ + filled_, sizeof buffer_ - 1 - filled_);
      if (got <= 0) return nullptr;
      filled_ += static_cast<std::size_t>(got);
    }
  }

 private:
  int descriptor_;
  std::size_t used_ = 0, filled_ = 0;
  char buffer_[8192];
};

struct Endpoint {
  char address[33];
  unsigned port;
  bool operator==(const Endpoint& other) const {
    return port == other.port && std::strcmp(address, other.address) == 0;
  }
};
struct Connection {
  Endpoint local, remote;
};

// Ours, and not open before MPI was.
bool parse_socket(const char* line, Connection& connection, unsigned& state) {
  unsigned long long inode = 0;
  if (std::sscanf(line, " %*d: %32[0-9A-Fa-f]:%x %32[0-9A-Fa-f]:%x %x %*s %*s %*s %*d %*d %llu", connection.local.address,
                  &connection.local.port, connection.remote.address, &connection.remote.port, &state, &inode) != 6)
    return false;
  return g_own.has(inode) && !g_early.has(inode);
}

// PMIX_SERVER_URI*=name;tcp4://127.0.0.1:45577
bool leads_to_launcher(const Connection& connection) {
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, "PMIX_SERVER_URI", 15) != 0) continue;
    const char* colon = std::strrchr(*variable, ':');
    if (colon != nullptr && std::strtoul(colon + 1, nullptr, 10) == connection.remote.port) return true;
  }
  return false;
}

int count_tcp() {
  constexpr unsigned kEstablished = 1;
  static Connection connections[kMaxSockets];
  int count = 0;
  for (const char* path : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    Lines lines(path);
    while (const char* line = lines.next()) {
      Connection& connection = connections[count];
      unsigned state = 0;
      if (count + 1 < kMaxSockets && parse_socket(line, connection, state) && state == kEstablished &&
          !leads_to_launcher(connection))
        ++count;
    }
  }
  int to_others = 0;
  for (int i = 0; i < count; ++i) {
    bool to_itself = false;
    for (int k = 0; k < count && !to_itself; ++k) to_itself = connections[i].remote == connections[k].local;
    to_others += to_itself ? 0 : 1;
  }
  return to_others;
}

int count_udp() {
  int count = 0;
  for (const char* path : {"/proc/self/net/udp", "/proc/self/net/udp6"}) {
    Lines lines(path);
    while (const char* line = lines.next()) {
      Connection connection;
      unsigned state = 0;
      if (parse_socket(line, connection, state)) ++count;
    }
  }
  return count;
}

struct Search {
  const char* symbol;
  const char* path;
};

int search_object(dl_phdr_info* object, std::size_t, void* argument) {
  auto& search = *static_cast<Search*>(argument);
  if (object->dlpi_name[0] == '\0' || find_definition(image_of(*object), search.symbol) == 0) return 0;
  search.path = object->dlpi_name;
  return 1;
}

void* symbol_of(const char* path, const char* name) {
  void* library = path == nullptr ? nullptr : dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return nullptr;
  void* symbol = dlsym(library, name);
  dlclose(library);
  return symbol;
}

// In the backend, or in Open MPI below our own library of the standard ABI, whichever file that keeps it in.
void* backend_symbol(const char* name) {
  if (void* symbol = symbol_of(backend_path(), name)) return symbol;
  Search search{name, nullptr};
  dl_iterate_phdr(search_object, &search);
  return symbol_of(search.path, name);
}

// The head of Open MPI's mca_base_component_t, the same since MCA 2.1 (1.7 to 5.0).
struct ComponentHead {
  int mca_version[3];
  char project[16];
  int project_version[3];
  char framework[32];
  int framework_version[3];
  char name[64];
};

}  // namespace

void note_early_sockets() { collect_sockets(g_early); }

SocketCount count_sockets() {
  collect_sockets(g_own);
  return {count_tcp(), count_udp()};
}

bool has_shared_segment(const char* names, char* found) {
  Lines lines("/proc/self/maps");
  while (const char* line = lines.next()) {
    const char* rights = std::strchr(line, ' ');
    if (rights == nullptr || std::strlen(rights) < 6 || rights[4] != 's') continue;
    for (const char* name = names; *name != '\0';) {
      char one[64];
      const std::size_t length = std::strcspn(name, "|");
      std::snprintf(one, sizeof one, "%.*s", static_cast<int>(length), name);
      if (one[0] != '\0' && std::strstr(rights, one) != nullptr) {
        std::strcpy(found, one);
        return true;
      }
      name += length + (name[length] == '|' ? 1 : 0);
    }
  }
  return false;
}

const char* openmpi_component(const char* framework) {
  const bool pml = std::strcmp(framework, "pml") == 0;
  void* symbol = backend_symbol(pml ? "mca_pml_base_selected_component" : "ompi_mtl_base_selected_component");
  if (symbol == nullptr) return "";
  const auto* component = static_cast<const ComponentHead*>(symbol);
  if (!pml) component = *static_cast<const ComponentHead* const*>(symbol);
  // Another layout would not have the framework's name there.
  if (component == nullptr || std::strncmp(component->framework, framework, sizeof component->framework) != 0) return "";
  return component->name;
}

const char* openmpi_variable(const char* name) {
  using Find = int (*)(const char*, int*);
  using Value = int (*)(int, const void*, void*, void*);
  const auto find = reinterpret_cast<Find>(backend_symbol("mca_base_var_find_by_name"));
  const auto value = reinterpret_cast<Value>(backend_symbol("mca_base_var_get_value"));
  int index = -1;
  char* const* storage = nullptr;
  if (find == nullptr || value == nullptr || find(name, &index) != 0) return nullptr;
  if (value(index, static_cast<void*>(&storage), nullptr, nullptr) != 0 || storage == nullptr) return nullptr;
  return *storage;
}

}  // namespace tulkki
