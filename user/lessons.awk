# lessons.awk - the table of docs/lessons.md as a text for the monitor: program, question.
BEGIN { FS = " *[|] *"; print "Run one with \"run NAME\"; each says what it sees." }
/^[|] `[a-z]+\.exe`/ {
    match($2, /[a-z]+\.exe/)
    question = $3
    sub(/ *\(`.*\)/, "", question)
    printf "  %-14s %s\n", substr($2, RSTART, RLENGTH), question
}
