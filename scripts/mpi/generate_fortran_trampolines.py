# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/fortran_trampolines.S (x86-64): for each Fortran entry a function that notes where the program called
it and jumps on to the real one. Arguments, on the stack and hidden string lengths too, are never touched."""

import output
from fortran import fortran_entries

HEAD = """
// The procedure that the Fortran library is about to call for the program; declared in tulkki/fortran.h.
        .section .tbss,"awT",@nobits
        .globl tulkki_fortran_procedure
        .hidden tulkki_fortran_procedure
        .type tulkki_fortran_procedure, @tls_object
        .size tulkki_fortran_procedure, 4
        .balign 4
tulkki_fortran_procedure:
        .zero 4

        .text

// First call of a slot, which `push`ed its number: asks for the real function, which fills the slot, with every argument
// register kept, and goes there. The stack was 16-byte aligned plus the return address before the number.
        .type resolve, @function
resolve:
        .cfi_startproc
        .cfi_def_cfa_offset 16
        pushq %rdi
        pushq %rsi
        pushq %rdx
        pushq %rcx
        pushq %r8
        pushq %r9
        pushq %rax
        pushq %r10
        .cfi_adjust_cfa_offset 64
        subq $128, %rsp
        .cfi_adjust_cfa_offset 128
        .irp n, 0,1,2,3,4,5,6,7
        movups %xmm\\n, 16*\\n(%rsp)
        .endr
        movl 192(%rsp), %edi
        call tulkki_resolve_fortran
        movq %rax, %r11
        .irp n, 0,1,2,3,4,5,6,7
        movups 16*\\n(%rsp), %xmm\\n
        .endr
        addq $128, %rsp
        .cfi_adjust_cfa_offset -128
        popq %r10
        popq %rax
        popq %r9
        popq %r8
        popq %rcx
        popq %rdx
        popq %rsi
        popq %rdi
        .cfi_adjust_cfa_offset -64
        addq $8, %rsp
        .cfi_adjust_cfa_offset -8
        jmp *%r11
        .cfi_endproc
        .size resolve, . - resolve

// A trampoline has no register of its own but r11: the call site goes over the stack, pushed, then popped into TLS.
        .macro ENTRY symbol, slot, procedure
        .balign 16
        .globl \\symbol
        .type \\symbol, @function
\\symbol:
        .cfi_startproc
        movq tulkki_fortran_site@gottpoff(%rip), %r11
        pushq (%rsp)
        .cfi_adjust_cfa_offset 8
        popq %fs:(%r11)
        .cfi_adjust_cfa_offset -8
        movq tulkki_fortran_procedure@gottpoff(%rip), %r11
        movl $\\procedure, %fs:(%r11)
        jmp *(tulkki_fortran_slots + 8*\\slot)(%rip)
        .cfi_endproc
        .size \\symbol, . - \\symbol
        .endm

        .macro FIRST slot
first_\\slot:
        pushq $\\slot
        .cfi_adjust_cfa_offset 8
        jmp resolve
        .cfi_adjust_cfa_offset -8
        .endm

"""

TAIL = """
        .section .note.GNU-stack,"",@progbits
"""


def data(label, section, lines):
    return (f"\n        .section {section}\n        .globl {label}\n        .hidden {label}\n"
            f"        .type {label}, @object\n"
            f"        .balign 8\n{label}:\n" + "".join(f"        {line}\n" for line in lines)
            + f"        .size {label}, . - {label}\n")


def generate(procedures):
    numbers = {procedure.name: number for number, procedure in enumerate(procedures, 1)}
    slots = list(enumerate(fortran_entries(procedures)))
    jumps = [(slot, entry) for slot, entry in slots if not entry.direct]
    parts = [output.head(__file__), HEAD]
    parts += [f"ENTRY {e.symbol}, {slot}, {numbers[e.procedure.name]}\n" for slot, e in jumps]
    parts += ["        .cfi_startproc\n"] + [f"FIRST {slot}\n" for slot, _ in jumps] + ["        .cfi_endproc\n"]
    parts.append(data("tulkki_fortran_slots", '.data.rel,"aw",@progbits',
                      [".quad 0" if e.direct else f".quad first_{slot}" for slot, e in slots]))
    parts.append(data("tulkki_fortran_names", '.data.rel.ro,"aw",@progbits',
                      [f".quad name_{slot}" for slot, _ in slots]))
    parts.append(data("tulkki_fortran_procedures", ".rodata",
                      [f".short {numbers[e.procedure.name]}" for _, e in slots]))
    parts.append('\n        .section .rodata.str1.1,"aMS",@progbits,1\n')
    parts += [f'name_{slot}: .string "{e.symbol}"\n' for slot, e in slots]
    return "".join(parts) + TAIL


output.run(generate)
