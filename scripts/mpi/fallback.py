# SPDX-License-Identifier: Apache-2.0
"""What a procedure becomes on a backend that lacks it: the `_c` twins run through the form with int where every number
fits, as C++ text; others are written by hand (WRITTEN: translator/own/fallbacks.h, translator/emulation/) or refused."""

from kinds import neutral_type
from stub import fixed_parameters, safe_name, signature
from translate import is_own, length_of

WRITTEN = {"MPI_Info_get_string", "MPI_Info_create_env", "MPI_Status_get_error", "MPI_Status_get_source",
           "MPI_Status_get_tag", "MPI_Status_set_error", "MPI_Status_set_source", "MPI_Status_set_tag",
           "MPI_Isendrecv", "MPI_Isendrecv_replace",
           "MPI_Psend_init", "MPI_Precv_init", "MPI_Pready", "MPI_Pready_range", "MPI_Pready_list", "MPI_Parrived",
           "MPI_Session_init", "MPI_Session_finalize", "MPI_Session_get_num_psets", "MPI_Session_get_nth_pset",
           "MPI_Session_get_info", "MPI_Session_get_pset_info", "MPI_Group_from_session_pset",
           "MPI_Session_create_errhandler", "MPI_Session_set_errhandler", "MPI_Session_get_errhandler",
           "MPI_Session_call_errhandler", "MPI_Comm_create_from_group", "MPI_Intercomm_create_from_groups",
           "MPI_Request_get_status_any", "MPI_Request_get_status_all", "MPI_Request_get_status_some",
           "MPI_Comm_idup_with_info", "MPI_Type_get_envelope_c", "MPI_Type_get_contents_c", "MPI_Type_get_value_index",
           "MPI_Op_create_c", "MPI_Get_count_c", "MPI_Buffer_flush", "MPI_Get_hw_resource_info", "MPI_T_source_get_num",
           "MPI_T_event_get_num", "MPI_T_category_get_num_events", "MPI_T_category_get_events", "MPIX_GPU_query_support",
           "MPI_Abi_get_info", "MPI_Abi_get_fortran_info", "MPI_Abi_set_fortran_info",
           "MPI_Abi_get_fortran_booleans", "MPI_Abi_set_fortran_booleans"}
# The same procedure under another name, with the same arguments.
SAME = {"MPI_Psend_init_c": "MPI_Psend_init", "MPI_Precv_init_c": "MPI_Precv_init"}


def is_scalar(parameter):
    return not neutral_type(parameter).endswith("*")


def narrowed(small, large, procedure, position):
    """(declaration, argument, afterwards, condition that all fits) for one parameter that the twins give another type."""
    name = safe_name(large.name)
    if is_scalar(large):
        return "", f"static_cast<int>({name})", "", f"fits({name})"
    variable = f"{name}_narrow"
    if large.direction == "in" and large.is_array:
        count = length_of(large, procedure)
        root = next((p for p in procedure.parameters if p.kind == "root"), None)
        if root is not None:   # the array means something at the root only
            count = f"at_root<P>(comm, root) ? {count} : 0"
        return f"Narrow {variable}({name}, {count}, narrow_memory);", f"{variable}.place()", "", f"{variable}.fits()"
    if large.direction == "in":
        raise ValueError(f"{procedure.name}: no way to narrow {large.name}")
    if large.is_array:
        raise ValueError(f"{procedure.name}: no way to widen the array {large.name}")
    initial = f"{name} == nullptr ? 0 : static_cast<int>(*{name})" if large.direction == "inout" else "0"
    return (f"int {variable} = {initial};", f"{name} == nullptr ? nullptr : &{variable}",
            f"if ({name} != nullptr) *{name} = {variable};", "")


def count_of(position, parameters):
    """Is the parameter a count of items of the datatype that follows it? A large one can become a type then, but for
    reductions, whose operations know no other types than predefined ones."""
    if position + 1 >= len(parameters) or any(p.kind == "op" for p in parameters):
        return False
    count, datatype = parameters[position], parameters[position + 1]
    return count.name.endswith("count") and count.kind == "large_count" and is_scalar(count) and datatype.kind == "datatype" and is_scalar(datatype)


def large_fallback(procedure, small):
    """fallback_<name><P>: the call with int in place of MPI_Count; None where it cannot be written so."""
    parts = []
    parameters = fixed_parameters(procedure)
    try:
        for position, (few, many) in enumerate(zip(fixed_parameters(small), parameters)):
            name = safe_name(many.name)
            if count_of(position, parameters):
                large = f"{name}_large"
                parts.append((f"const LargeCount<P> {large}({name}, {safe_name(parameters[position + 1].name)});",
                              f"{large}.count()", "", f"{large}.good()"))
            elif position > 0 and count_of(position - 1, parameters):
                parts.append(("", f"{safe_name(parameters[position - 1].name)}_large.datatype()", "", ""))
            elif neutral_type(few) == neutral_type(many):
                parts.append(("", safe_name(many.name), "", ""))
            else:
                parts.append(narrowed(few, many, procedure, position))
    except ValueError:
        return None
    arrays = any("narrow_memory" in part[0] for part in parts)
    keeps = arrays and procedure.mode != "blocking"
    lines = []
    if arrays:
        lines.append(f"NarrowMemory narrow_memory({'true' if keeps else 'false'});")
    lines += [part[0] for part in parts if part[0]]
    conditions = [part[3] for part in parts if part[3]]
    if conditions:
        lines.append(f"if (!({' && '.join(conditions)})) return refuse_large<P>(Procedure::{procedure.name});")
    kind = "own" if is_own(small) else "translate"
    arguments = ", ".join(part[1] for part in parts)
    otherwise = f"fallback_{small.name}<P>({arguments})" if small.name in WRITTEN else f"refuse<P>(Procedure::{procedure.name})"
    lines.append(f"const int code = backend_has(Procedure::{small.name}) ? {kind}_{small.name}<P>({arguments}) : {otherwise};")
    lines += [part[2] for part in parts if part[2]]
    if keeps:
        lines.append("narrow_memory.keep<P>(code, request);")
    lines.append("return code;")
    body = "".join(f"  {line}\n" for line in lines)
    return f"template <class P>\nint fallback_{procedure.name}({signature(procedure)}) {{\n{body}}}\n"


def fallbacks(procedures):
    """({name: C++ of the entry in the table}, text of the generated ones)."""
    by_name = {procedure.name: procedure for procedure in procedures}
    entries, texts = {}, []
    for procedure in procedures:
        name = procedure.name
        entries[name] = f"&refused<P, Procedure::{name}>"
        if name in WRITTEN or name in SAME:
            entries[name] = f"&fallback_{SAME.get(name, name)}<P>"
        elif procedure.large and name[:-2] in by_name:
            small = by_name[name[:-2]]
            if any(parameter.kind == "callback" for parameter in small.parameters):
                continue
            if (text := large_fallback(procedure, small)) is not None:
                entries[name] = f"&fallback_{name}<P>"
                texts.append(text)
    return entries, "\n".join(texts)
