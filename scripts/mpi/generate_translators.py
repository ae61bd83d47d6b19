# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/translators.inc: for each procedure the translator of a pair of ABIs, what takes its place on a backend
that lacks the procedure, and the tables of both."""

import output
from fallback import fallbacks
from translate import is_own, translator

# Translators that answer by themselves, or by another procedure.
NO_BACKEND = {"MPI_Get_version", "MPI_Abi_get_version", "MPI_Pcontrol", "MPI_Aint_add", "MPI_Aint_diff", "MPI_Keyval_create", "MPI_Errhandler_create",
              "MPI_Attr_get", "MPIX_Query_cuda_support", "MPIX_Query_ze_support", "MPIX_Query_hip_support"}


def table(name, entries):
    body = "".join(f"    reinterpret_cast<void*>({entry}),\n" for entry in entries)
    return f"template <class P>\ninline void* const {name}[] = {{\n    nullptr,\n{body}}};\n"


def flags(name, procedures, is_set):
    rows = "".join(f"    {str(is_set(p)).lower()},  // {p.name}\n" for p in procedures)
    return f"\ninline const bool {name}[] = {{\n    false,\n{rows}}};\n"


def needs_no_backend(procedure):
    return procedure.name in NO_BACKEND or procedure.chapter == "conversion"


def generate(procedures):
    """A hand-written translator has the name own_<procedure>; without one the build fails in the table."""
    entries, text = fallbacks(procedures)
    return (output.head(__file__) + "\n" + "\n".join(translator(p) for p in procedures if not is_own(p)) + "\n" + text
            + "\n" + table("kTranslators", [f"&{'own' if is_own(p) else 'translate'}_{p.name}<P>" for p in procedures])
            + "\n" + table("kFallbacks", [entries[p.name] for p in procedures])
            + flags("kNeedsNoBackend", procedures, needs_no_backend)
            + flags("kRefused", procedures, lambda p: entries[p.name].startswith("&refused<")))


output.run(generate)
