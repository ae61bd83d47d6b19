# SPDX-License-Identifier: Apache-2.0
"""The translator of one procedure, as C++ text: a function template over a pair of ABIs that takes the front's arguments
and calls the backend. What a kind of parameter needs stands here; what only one procedure needs is written by hand
(translator/own/), and OWN tells which those are."""

import re

from kinds import KINDS, neutral_return_type, neutral_type
from stub import fixed_parameters, safe_name, signature

MPI_HANDLES = {"comm", "datatype", "request", "op", "win", "group", "info", "errhandler", "message", "session", "file"}
CONSTANT_SETS = {"comparison", "topology", "split_type", "window_assert", "file_mode", "lock_type", "whence",
                 "thread_level", "array_order", "distribution", "distribution_argument", "type_class", "verbosity",
                 "binding", "scope", "variable_class", "callback_safety", "source_order"}


def is_own(procedure):
    """Does the procedure need code of its own?"""
    if procedure.procedure_class in ("irregular", "callback") or procedure.chapter == "conversion":
        return True
    if procedure.name in ("MPI_Get_version", "MPI_Abi_get_version", "MPI_Op_free", "MPI_Initialized", "MPI_Finalized", "MPI_Info_create",
                          "MPI_Error_class", "MPI_Error_string", "MPI_Buffer_attach", "MPI_Buffer_attach_c",
                          "MPI_Buffer_detach", "MPI_Buffer_detach_c", "MPI_Comm_call_errhandler",
                          "MPI_Win_call_errhandler", "MPI_File_call_errhandler"):
        return True
    if any(p.kind == "variadic" for p in procedure.parameters) or not procedure.returns_error:
        return True
    # Type arrays that the backend reads until the operation is over.
    keeps = any(p.is_array and p.kind == "datatype" and p.direction == "in" for p in procedure.parameters)
    return procedure.name.startswith("MPI_Comm_idup") or keeps and procedure.mode != "blocking"


class Rule:
    """How one argument goes over: a declaration before the call, what is passed, and what is done afterwards."""

    def __init__(self, passed, declared="", after=""):
        self.passed, self.declared, self.after = passed, declared, after


def holder(kind, name, arguments, passed_type="", after_arguments=""):
    variable = f"{name}_over"
    passed = f"{variable}.place()"
    if passed_type:
        passed = f"static_cast<{passed_type}>({passed})"
    return Rule(passed, f"{kind} {variable}({arguments});", f"{variable}.finish({after_arguments});")


def length_of(parameter, procedure):
    """The number of elements, as C++ over the parameters."""
    names = {p.name for p in procedure.parameters}
    text = parameter.length
    if text in names:
        name = safe_name(text)
        by_address = any(p.name == text and p.direction != "in" for p in procedure.parameters)
        return f"({name} == nullptr ? 0 : *{name})" if by_address else name
    if (last := re.fullmatch(r"sum\((\w+)\)", text)) and last[1] in names:
        count = next(p.length for p in procedure.parameters if p.name == last[1])
        return f"sum_of({last[1]}, {safe_name(count)})"
    comm = next((safe_name(p.name) for p in procedure.parameters if p.kind == "comm"), None)
    counts = {"comm_size(comm)": "peers_of", "indegree(comm)": "indegree_of", "outdegree(comm)": "outdegree_of"}
    if text in counts and comm:
        return f"{counts[text]}<P>({comm})"
    raise ValueError(f"{procedure.name}: no rule for the length {text} of {parameter.name}")


def handle_rule(parameter, procedure, name):
    kind = f"HandleClass::{parameter.kind}"
    if parameter.is_array:
        count = length_of(parameter, procedure)
        if parameter.direction == "in":
            rule = holder(f"InHandles<P, {kind}>", name, f"{name}, {count}")
            rule.after = ""
            return rule
        return holder(f"{'Out' if parameter.direction == 'out' else 'InOut'}Handles<P, {kind}>", name,
                      f"{name}, {count}")
    if parameter.direction == "in":
        return Rule(f"P::template in<{kind}>({name})")
    return holder(f"{'Out' if parameter.direction == 'out' else 'InOut'}Handle<P, {kind}>", name, name)


# Their status is that of a message, not of a completed operation of any kind.
OF_ONE_MESSAGE = {"MPI_Recv", "MPI_Sendrecv", "MPI_Sendrecv_replace", "MPI_Mrecv", "MPI_Probe", "MPI_Iprobe", "MPI_Mprobe",
                  "MPI_Improbe"}


def status_rule(parameter, procedure, name):
    if parameter.is_array:
        names = {p.name for p in procedure.parameters}
        count = length_of(parameter, procedure)
        filled = "*outcount" if "outcount" in names else f"*flag != 0 ? {count} : 0" if "flag" in names else count
        return holder("OutStatuses<P>", name, f"{name}, {count}", after_arguments=f"{filled}, code")
    if parameter.direction == "in":
        rule = holder("InStatus<P>", name, name)
        rule.after = ""
        return rule
    if parameter.direction == "inout":
        return holder("InOutStatus<P>", name, name)
    return holder("OutMessageStatus<P>" if procedure.name.removesuffix("_c") in OF_ONE_MESSAGE else "OutStatus<P>", name, name)


def number_rule(parameter, procedure, name, inward, outward):
    """Plain numbers among which some are constants; outputs are converted in their place."""
    if parameter.direction == "in":
        return Rule(f"{inward}({name})")
    if parameter.is_array:
        count = length_of(parameter, procedure)
        return Rule(name, "", f"if (code == 0 && {name} != nullptr)\n"
                    f"    for (std::int64_t i = 0; i < {count}; ++i) {name}[i] = {outward}({name}[i]);")
    return Rule(name, "", f"if (code == 0 && {name} != nullptr) *{name} = {outward}(*{name});")


def string_rule(parameter, procedure, name):
    if parameter.direction == "out" and parameter.length and parameter.length.startswith("MPI_MAX_"):
        length = next((safe_name(p.name) for p in procedure.parameters if p.name == "resultlen"), "nullptr")
        return holder(f"OutString<P, Limit::{parameter.length}>", name, f"{name}, {length}")
    return Rule(name)


def rule_of(parameter, procedure):
    name, kind = safe_name(parameter.name), parameter.kind
    if kind in MPI_HANDLES:
        return handle_rule(parameter, procedure, name)
    if kind == "status":
        return status_rule(parameter, procedure, name)
    if kind == "buffer":
        return Rule(f"P::buffer({name})")
    if kind == "string":
        return string_rule(parameter, procedure, name)
    if kind in ("rank", "root"):
        if parameter.is_array and parameter.direction == "in":
            rule = holder("InRanks<P>", name, f"{name}, {length_of(parameter, procedure)}")
            rule.after = ""
            return rule
        return number_rule(parameter, procedure, name, "P::rank", "P::rank_out")
    if kind == "tag":
        return number_rule(parameter, procedure, name, "P::tag", "P::tag_out")
    if kind == "error_code":
        return number_rule(parameter, procedure, name, "P::code_to_back", "P::code")
    if kind == "view_displacement":
        return Rule(f"P::displacement({name})")
    if kind == "weight":
        return Rule(f"P::weights({name})") if parameter.direction == "in" else Rule(name)
    if kind == "keyval":
        if parameter.direction == "inout":
            return holder("InOutKeyval<P>", name, name)
        return number_rule(parameter, procedure, name, "P::keyval", "P::keyval_out")
    if kind in CONSTANT_SETS:
        if parameter.is_array:
            rule = holder(f"InConstants<P, Set::{kind}>", name, f"{name}, {length_of(parameter, procedure)}")
            rule.after = ""
            return rule
        return number_rule(parameter, procedure, name, f"P::template constant<Set::{kind}>",
                           f"P::template constant_out<Set::{kind}>")
    return Rule(name)


def translator(procedure):
    """The function template translate_<name><P>."""
    parameters = fixed_parameters(procedure)
    types = ", ".join(neutral_type(p) for p in parameters)
    rules = [rule_of(p, procedure) for p in parameters]
    lines = [rule.declared for rule in rules if rule.declared]
    call = (f"backend_function<int (*)({types})>(Procedure::{procedure.name})"
            f"({', '.join(rule.passed for rule in rules)})")
    after = [rule.after for rule in rules if rule.after]
    if after:
        lines += [f"const int code = {call};"] + after + ["return P::code(code);"]
    else:
        lines += [f"return P::code({call});"]
    body = "".join(f"  {line}\n" for line in lines)
    return f"template <class P>\nint translate_{procedure.name}({signature(procedure)}) {{\n{body}}}\n"


def return_type(procedure):
    return neutral_return_type(procedure.returns)


__all__ = ["translator", "is_own", "return_type", "KINDS"]
