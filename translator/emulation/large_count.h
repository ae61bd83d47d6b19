// SPDX-License-Identifier: Apache-2.0
// Counts that an int cannot hold, on a backend that has no other: one item of a type that is made of so many.
// MPI-4.1: 3.2.1, 5.1.
#pragma once

#include <climits>

#include "translator/pair.h"

namespace tulkki {

template <class P>
class LargeCount {
 public:
  LargeCount(std::int64_t count, Word datatype) : count_(static_cast<int>(count)), datatype_(datatype) {
    if (count >= INT_MIN && count <= INT_MAX) [[likely]] return;
    good_ = count > 0 && make(count, P::template in<HandleClass::datatype>(datatype));
    count_ = 1;
    datatype_ = P::template out<HandleClass::datatype>(made_);
  }
  // What is under way keeps the type alive.
  ~LargeCount() { free_type(made_); }
  LargeCount(const LargeCount&) = delete;
  LargeCount& operator=(const LargeCount&) = delete;
  bool good() const { return good_; }
  int count() const { return count_; }
  Word datatype() const { return datatype_; }   // the front's

 private:
  static constexpr std::int64_t kRow = INT_MAX;
  // Whole rows, and the rest behind them.
  bool make(std::int64_t count, Word item) {
    std::int64_t low = 0, extent = 0;
    Word parts[2] = {0, 0}, rows = 0, rest = 0;
    const int lengths[2] = {1, 1};
    if (count / kRow > INT_MAX ||
        backend_function<int (*)(Word, std::int64_t*, std::int64_t*)>(Procedure::MPI_Type_get_extent)(item, &low, &extent) != 0 ||
        backend_function<int (*)(int, int, int, Word, void*)>(Procedure::MPI_Type_vector)(
            static_cast<int>(count / kRow), INT_MAX, INT_MAX, item, &rows) != 0 ||
        backend_function<int (*)(int, Word, void*)>(Procedure::MPI_Type_contiguous)(static_cast<int>(count % kRow), item,
                                                                                    &rest) != 0)
      return false;
    const std::int64_t places[2] = {0, count / kRow * kRow * extent};
    store_handle<typename P::Back, HandleClass::datatype>(parts, 0, load_handle<typename P::Back, HandleClass::datatype>(&rows));
    store_handle<typename P::Back, HandleClass::datatype>(parts, 1, load_handle<typename P::Back, HandleClass::datatype>(&rest));
    const bool good =
        backend_function<int (*)(int, const int*, const std::int64_t*, const void*, void*)>(
            Procedure::MPI_Type_create_struct)(2, lengths, places, parts, &made_) == 0 &&
        backend_function<int (*)(void*)>(Procedure::MPI_Type_commit)(&made_) == 0;
    free_type(rows);
    free_type(rest);
    return good;
  }
  static void free_type(Word& type) {
    if (type != 0) backend_function<int (*)(void*)>(Procedure::MPI_Type_free)(&type);
  }

  int count_;
  bool good_ = true;
  Word datatype_, made_ = 0;
};

// The count of items in a status, from its bytes.
template <class P>
int fallback_MPI_Get_count_c(const void* status, Word datatype, std::int64_t* count) {
  std::int64_t item = 0;
  const int code = backend_function<int (*)(Word, std::int64_t*)>(Procedure::MPI_Type_size_x)(
      P::template in<HandleClass::datatype>(datatype), &item);
  if (code != 0) return P::code(code);
  const std::int64_t bytes = P::Front::bytes(*static_cast<const typename P::Front::Status*>(status));
  const std::int64_t undefined = Constants<Set::undefined>::kValues[0][static_cast<int>(P::Front::kColumn)];
  *count = bytes == 0 ? 0 : item == 0 || bytes % item != 0 ? undefined : bytes / item;
  return 0;
}

}  // namespace tulkki
