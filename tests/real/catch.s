.data
.globl "??_7type_info@@6B@"
"??_7type_info@@6B@": .long 0
.globl "__fltused"
"__fltused": .long 0
.text
.globl "__CxxThrowException@8"
"__CxxThrowException@8": jmp *__imp___CxxThrowException
