// SPDX-License-Identifier: Apache-2.0
// How a datatype was made: combiners, and the integers among its contents that are constants. MPI-5.0: 5.1.13.
#pragma once

#include "translator/arrays.h"

namespace tulkki {

template <class P>
int own_MPI_Type_get_envelope(Word datatype, int* integers, int* addresses, int* datatypes, int* combiner) {
  const int code = backend_function<int (*)(Word, int*, int*, int*, int*)>(Procedure::MPI_Type_get_envelope)(
      P::template in<HandleClass::datatype>(datatype), integers, addresses, datatypes, combiner);
  if (code == 0 && combiner != nullptr) *combiner = P::template constant_out<Set::combiner>(*combiner);
  return P::code(code);
}
template <class P>
int own_MPI_Type_get_envelope_c(Word datatype, std::int64_t* integers, std::int64_t* addresses, std::int64_t* counts,
                                std::int64_t* datatypes, int* combiner) {
  const int code =
      backend_function<int (*)(Word, std::int64_t*, std::int64_t*, std::int64_t*, std::int64_t*, int*)>(
          Procedure::MPI_Type_get_envelope_c)(P::template in<HandleClass::datatype>(datatype), integers, addresses, counts,
                                              datatypes, combiner);
  if (code == 0 && combiner != nullptr) *combiner = P::template constant_out<Set::combiner>(*combiner);
  return P::code(code);
}

// Constants among the integers of subarrays and distributed arrays. `large`: the form with counts of their own, which
// has fewer integers.
template <class P>
void convert_integers(Word back_datatype, int* integers, int room, bool large) {
  if (integers == nullptr || room <= 0) return;
  int counts[3] = {}, combiner = 0;
  if (backend_function<int (*)(Word, int*, int*, int*, int*)>(Procedure::MPI_Type_get_envelope)(
          back_datatype, &counts[0], &counts[1], &counts[2], &combiner) != 0)
    return;
  constexpr std::int64_t kSubarray = 111, kDarray = 112;
  const std::int64_t made = convert_constant<Set::combiner, typename P::Back, Standard>(combiner);
  const auto order = [&](int place) {
    if (place < room) integers[place] = P::template constant_out<Set::array_order>(integers[place]);
  };
  if (made == kSubarray) order(large ? 1 : 3 * integers[0] + 1);
  if (made != kDarray || room < 3) return;
  const int dimensions = integers[2], distributions = large ? 3 : 3 + dimensions;
  for (int i = 0; i < dimensions && distributions + dimensions + i < room; ++i) {
    int& kind = integers[distributions + i];
    int& argument = integers[distributions + dimensions + i];
    kind = P::template constant_out<Set::distribution>(kind);
    argument = P::template constant_out<Set::distribution_argument>(argument);
  }
  order(distributions + 3 * dimensions);
}

template <class P>
int own_MPI_Type_get_contents(Word datatype, int max_integers, int max_addresses, int max_datatypes, int* integers,
                              std::int64_t* addresses, void* datatypes) {
  const Word back = P::template in<HandleClass::datatype>(datatype);
  // Open MPI 4.1 looks at as many handles as there is room for, also those that it has not written.
  int counts[3] = {}, combiner = 0;
  if (backend_function<int (*)(Word, int*, int*, int*, int*)>(Procedure::MPI_Type_get_envelope)(
          back, &counts[0], &counts[1], &counts[2], &combiner) == 0 && counts[2] < max_datatypes)
    max_datatypes = counts[2];
  OutHandles<P, HandleClass::datatype> datatypes_over(datatypes, max_datatypes);
  const int code = backend_function<int (*)(Word, int, int, int, int*, std::int64_t*, void*)>(
      Procedure::MPI_Type_get_contents)(back, max_integers, max_addresses, max_datatypes, integers, addresses,
                                        datatypes_over.place());
  if (code == 0) {
    datatypes_over.finish();
    convert_integers<P>(back, integers, max_integers, false);
  }
  return P::code(code);
}
template <class P>
int own_MPI_Type_get_contents_c(Word datatype, std::int64_t max_integers, std::int64_t max_addresses,
                                std::int64_t max_counts, std::int64_t max_datatypes, int* integers,
                                std::int64_t* addresses, std::int64_t* counts, void* datatypes) {
  const Word back = P::template in<HandleClass::datatype>(datatype);
  OutHandles<P, HandleClass::datatype> datatypes_over(datatypes, max_datatypes);
  const int code = backend_function<int (*)(Word, std::int64_t, std::int64_t, std::int64_t, std::int64_t, int*,
                                            std::int64_t*, std::int64_t*, void*)>(Procedure::MPI_Type_get_contents_c)(
      back, max_integers, max_addresses, max_counts, max_datatypes, integers, addresses, counts,
      datatypes_over.place());
  if (code == 0) {
    datatypes_over.finish();
    convert_integers<P>(back, integers, static_cast<int>(max_integers), max_counts > 0);
  }
  return P::code(code);
}

}  // namespace tulkki
