# SPDX-License-Identifier: Apache-2.0
"""The exported entry points of one procedure, as C++ text for the interposer."""

import meaning
from fortran import LOOK_INTO_OBJECTS
from kinds import neutral_return_type, neutral_type

# Names that the stub itself uses, and words of C++.
TAKEN = {"call", "m", "entry", "site", "result", "real", "recorder", "assert", "index", "version", "default", "class",
         "delete", "new", "operator", "template", "this", "union", "export", "register", "bind", "atomic"}


def safe_name(name):
    return name + "_" if name in TAKEN else name


def fixed_parameters(procedure):
    return [p for p in procedure.parameters if p.kind != "variadic"]


def signature(procedure):
    return ", ".join(f"{neutral_type(p)} {safe_name(p.name)}" for p in fixed_parameters(procedure))


def is_variadic(procedure):
    return any(p.kind == "variadic" for p in procedure.parameters)


def measure_line(procedure):
    arguments = ["call"] + [safe_name(argument) for argument in procedure.arguments]
    measure = f"measure::{meaning.measure_class(procedure)}"
    if procedure.collective_measure:
        if procedure.mode != "blocking":
            arguments.insert(1, "request")
        measure = f"measure::Collective<{measure}, Mode::{procedure.mode}>"
    return f"{measure} m({', '.join(arguments)});"


def body(procedure, function, real, last):
    """The function that every entry of a procedure calls: recording around one call of the real function."""
    returned = neutral_return_type(procedure.returns)
    types = ", ".join([neutral_type(p) for p in fixed_parameters(procedure)] + last["types"]
                      + (["..."] if is_variadic(procedure) else []))
    passed = ", ".join([safe_name(p.name) for p in fixed_parameters(procedure)] + last["names"])
    parameters = ", ".join(filter(None, ["Entry entry, const void* site", signature(procedure)] + last["declared"]))
    code = "result" if procedure.returns_error else "0"
    return f"""static inline __attribute__((always_inline)) {returned} {function}({parameters}) {{
  using Real = {returned} (*)({types});
  ThreadRecorder* recorder = enter(Procedure::{procedure.name}, entry, site);
  const Real real = {real};
  if (recorder == nullptr) return real({passed});
  Call call(*recorder, Procedure::{procedure.name}, site);
  {measure_line(procedure)}
  call.start();
  const {returned} result = real({passed});
  call.stop();
  m.finish(call, {code});
  return result;
}}
"""


NOTHING_MORE = {"types": [], "names": [], "declared": []}


def exported(procedure, prefix, entry):
    """Jumps to what stands in the table of entries: the recording function, until nothing is to be recorded. A jump, so
    that the return address is still the program's."""
    returned, name = neutral_return_type(procedure.returns), f"{prefix}{procedure.name}"
    names = [safe_name(p.name) for p in fixed_parameters(procedure)]
    types = ", ".join([neutral_type(p) for p in fixed_parameters(procedure)] + (["..."] if is_variadic(procedure) else []))
    parameters = signature(procedure) + (", ..." if is_variadic(procedure) else "")
    record = ", ".join([f"Entry::{entry}", "TULKKI_SITE"] + names)
    return (f"static {returned} record_{name}({parameters}) {{ return call_{procedure.name}({record}); }}\n"
            f"TULKKI_EXPORT {returned} {name}({parameters}) {{\n"
            f"  return reinterpret_cast<{returned} (*)({types})>(entry_of(Procedure::{procedure.name}, Entry::{entry}))"
            f"({', '.join(names)});\n}}\n")


def with_site(procedure):
    """For a Fortran binding of ours, which knows where the program called."""
    passed = ", ".join(["Entry::fortran", "site"] + [safe_name(p.name) for p in fixed_parameters(procedure)])
    return (f"int recorded_{procedure.name}(const void* site, {signature(procedure)}) {{\n"
            f"  return call_{procedure.name}({passed});\n}}\n")


def c_stub(procedure):
    real = f"real_function<Real>(Procedure::{procedure.name}, entry)"
    text = (body(procedure, f"call_{procedure.name}", real, NOTHING_MORE) + exported(procedure, "", "mpi")
            + exported(procedure, "P", "pmpi"))
    return text + with_site(procedure) if procedure.name in LOOK_INTO_OBJECTS else text
