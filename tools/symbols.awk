# symbols.awk - turns `nm -n` of the kernel into the table that kernel/device/symbols.c searches.
#
# Only functions count (types t and T).  The last entry is the end of the code.

function entry(address, name) {
    table = table sprintf("        dd      0x%s, %d\n", address, length_of_names)
    names = names sprintf("        db      \"%s\", 0\n", name)
    length_of_names += length(name) + 1
    count++
}

# The compiler names the pieces of a function name.part.0 and so on; other dots are assembly labels.
$2 ~ /^[tT]$/ && $1 >= "80000000" && ($3 !~ /\./ || $3 ~ /\.(part|constprop|isra|cold)/) {
    sub(/\..*/, "", $3)
    if ($3 == "kernel_text_start")
        next
    if ($3 == "kernel_text_end") {
        end = $1
        next
    }
    if ($1 != last)
        entry($1, $3)
    last = $1
}

END {
    entry(end, "")
    print "section .symbols progbits alloc noexec nowrite align=4"
    print "global symbols_count, symbols_table, symbols_names"
    print "symbols_count:  dd " count
    print "symbols_table:"
    printf "%s", table
    print "symbols_names:"
    printf "%s", names
    print "section .note.GNU-stack noalloc noexec nowrite progbits"
}
