// SPDX-License-Identifier: Apache-2.0
// Predefined attributes: some values are constants that the ABIs number differently. MPI-5.0: 9.1.2, 12.2.6.
#pragma once

#include "translator/pair.h"

namespace tulkki {

// Where a converted value lies: the program gets its address, and it must stay.
extern int g_attribute_values[16];

template <class P>
void* converted_attribute(std::int64_t standard_keyval, void* value) {
  constexpr std::int64_t kIo = 502, kHost = 503, kLastUsedCode = 506, kWinFlavor = 604, kWinModel = 605;
  const int number = *static_cast<const int*>(value);
  int place, converted;
  switch (standard_keyval) {
    case kIo: place = 0, converted = P::rank_out(number); break;
    case kHost: place = 1, converted = P::rank_out(number); break;
    case kLastUsedCode: {
      const auto last = static_cast<int>(limit<typename P::Front>(Limit::MPI_ERR_LASTCODE));
      place = 2;
      converted = P::code(number);
      if (converted < last) converted = last;
      break;
    }
    case kWinFlavor: {
      converted = P::template constant_out<Set::window_flavor>(number);
      place = 4 + number % 6;
      break;
    }
    case kWinModel: {
      converted = P::template constant_out<Set::window_model>(number);
      place = 10 + number % 6;
      break;
    }
    default: return value;
  }
  __atomic_store_n(&g_attribute_values[place], converted, __ATOMIC_RELAXED);
  return &g_attribute_values[place];
}

template <class P, HandleClass kKind>
int get_attribute(Procedure procedure, Word object, int keyval, void* value, int* flag) {
  const int code = backend_function<int (*)(Word, int, void*, int*)>(procedure)(P::template in<kKind>(object),
                                                                                 P::keyval(keyval), value, flag);
  if (code == 0 && flag != nullptr && *flag != 0 && value != nullptr && kKind != HandleClass::datatype) {
    const std::int64_t standard = convert_constant<Set::keyval, typename P::Front, Standard>(keyval);
    constexpr std::int64_t kFirst = 501, kLast = 605;
    void*& given = *static_cast<void**>(value);
    const bool predefined = standard != keyval || P::Front::kName == AbiName::standard;
    if (predefined && standard >= kFirst && standard <= kLast && given != nullptr)
      given = converted_attribute<P>(standard, given);
  }
  return P::code(code);
}
template <class P>
int own_MPI_Comm_get_attr(Word comm, int keyval, void* value, int* flag) {
  return get_attribute<P, HandleClass::comm>(Procedure::MPI_Comm_get_attr, comm, keyval, value, flag);
}
template <class P>
int own_MPI_Attr_get(Word comm, int keyval, void* value, int* flag) {
  return get_attribute<P, HandleClass::comm>(Procedure::MPI_Comm_get_attr, comm, keyval, value, flag);
}
template <class P>
int own_MPI_Win_get_attr(Word win, int keyval, void* value, int* flag) {
  return get_attribute<P, HandleClass::win>(Procedure::MPI_Win_get_attr, win, keyval, value, flag);
}
template <class P>
int own_MPI_Type_get_attr(Word datatype, int keyval, void* value, int* flag) {
  return get_attribute<P, HandleClass::datatype>(Procedure::MPI_Type_get_attr, datatype, keyval, value, flag);
}

}  // namespace tulkki
