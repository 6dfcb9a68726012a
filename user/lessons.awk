# lessons.awk - the table of docs/lessons.md as a text for the monitor: program, question.
#
# absent: the programs that are not on this disc, because there was no C++ compiler.
BEGIN { FS = " *[|] *"; print "Run one with \"run NAME\"; each says what it sees." }
/^[|] `[a-z]+\.exe`/ {
    match($2, /[a-z]+\.exe/)
    name = substr($2, RSTART, RLENGTH)
    question = $3
    sub(/ *\(`.*\)/, "", question)
    mark = index(" " absent " ", " " name " ") ? "*" : " "
    if (mark == "*") left_out = 1
    printf " %s%-14s %s\n", mark, name, question
}
END { if (left_out) print "* is C++, not on this disc: \"tools/setup test\" brings the compiler, then make." }
