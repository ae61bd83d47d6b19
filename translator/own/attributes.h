// SPDX-License-Identifier: Apache-2.0
// Predefined attributes: some values are constants that the ABIs number differently. MPI-5.0: 9.1.2, 12.2.6.
#pragma once

#include "translator/language_bindings.h"
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

// ---- as MPICH's Fortran library asks for them and sets them: by value

template <HandleClass kKind>
constexpr Procedure attribute_procedure(Procedure comm, Procedure datatype, Procedure win) {
  return kKind == HandleClass::comm ? comm : kKind == HandleClass::datatype ? datatype : win;
}

template <class P, HandleClass kKind>
int language_get_attribute(Word object, int keyval, void** value, int* flag, int type) {
  constexpr std::int64_t kWinBase = 601, kWinSize = 603;
  constexpr Procedure kProcedure = attribute_procedure<kKind>(Procedure::MPI_Comm_get_attr, Procedure::MPI_Type_get_attr,
                                                              Procedure::MPI_Win_get_attr);
  void* found = nullptr;
  // MPICH numbers the predefined attributes of Fortran one above those of C, which are odd.
  const bool predefined_by_mpich = P::Front::kName == AbiName::mpich && (keyval >> 30 & 3) == 1;
  if (predefined_by_mpich && keyval % 2 == 0) keyval -= 1;
  const int code = get_attribute<P, kKind>(kProcedure, object, keyval, &found, flag);
  if (code != 0 || *flag == 0) return code;
  const std::int64_t standard = convert_constant<Set::keyval, typename P::Front, Standard>(keyval);
  std::int64_t number = reinterpret_cast<std::int64_t>(found);
  if (type != kPointerAttribute && found != nullptr) {
    if (is_fortran_attribute(found)) number = static_cast<const FortranAttribute*>(found)->value;
    else if (standard == kWinSize) number = *static_cast<const std::int64_t*>(found);
    else if (standard != keyval && standard != kWinBase) number = *static_cast<const int*>(found);
  }
  *value = reinterpret_cast<void*>(number);
  return code;
}

template <class P, HandleClass kKind>
int language_set_attribute(Word object, int keyval, void* value, int type) {
  constexpr Procedure kProcedure = attribute_procedure<kKind>(Procedure::MPI_Comm_set_attr, Procedure::MPI_Type_set_attr,
                                                              Procedure::MPI_Win_set_attr);
  void* kept = value;
  if (type != kPointerAttribute) kept = make_fortran_attribute(reinterpret_cast<std::int64_t>(value), type);
  if (type != kPointerAttribute && kept == nullptr) return P::front_error(P::kErrNoMemory);
  const int code = backend_function<int (*)(Word, int, void*)>(kProcedure)(P::template in<kKind>(object),
                                                                            P::keyval(keyval), kept);
  if (code != 0 && kept != value) free_fortran_attribute(kept);
  return P::code(code);
}

template <class P>
constexpr LanguageBindings kLanguageBindings = {
    {&language_get_attribute<P, HandleClass::comm>, &language_get_attribute<P, HandleClass::datatype>,
     &language_get_attribute<P, HandleClass::win>},
    {&language_set_attribute<P, HandleClass::comm>, &language_set_attribute<P, HandleClass::datatype>,
     &language_set_attribute<P, HandleClass::win>}};

template <class P>
constexpr const LanguageBindings* language_bindings() {
  if constexpr (P::Front::kName == AbiName::mpich) return &kLanguageBindings<P>;
  return nullptr;
}

}  // namespace tulkki
