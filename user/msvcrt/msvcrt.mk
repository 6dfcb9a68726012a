# msvcrt.mk - builds msvcrt.dll, the C run-time that mingw-w64's programs import.
#
# user.mk includes this.  An ordinary DLL: it imports kernel32.dll only, and takes printf, scanf, strtod and
# much of the math library from mingw-w64's own libmingwex.a.  libmingw32.a and libmsvcrt.a must stay out:
# the first one starts programs, the second one imports from the DLL that is being built here.

MSVCRT_FILES := startup arguments environment exit signals jump process shell record thread seh cxx conio new locks public_locks errors \
	report narrow heap aligned \
	descriptor locking files directory stat stream stdio wide_stdio printf scanf string memory ctype wide \
	multibyte locale number digits sort stdlib clock calendar strftime math control87 secure checked singlebyte rtti intrinsics newer stack dllmain
MSVCRT_OBJECTS := $(MSVCRT_FILES:%=build/user/msvcrt/%.o)

# What is defined here, the headers must neither import nor define inline.  Without
# -fno-tree-loop-distribute-patterns gcc would compile memset() into a call of memset().
MSVCRT_CFLAGS := -std=gnu11 $(USER_WARNINGS) -O2 -g -march=i686 -mtune=generic -ffreestanding -fno-builtin -fno-ident \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -fno-strict-aliasing \
	-D_CRTIMP= -D_MSVCRT_ -D_CRTBLD -D__CRT__NO_INLINE -D__USE_MINGW_ANSI_STDIO=0 -I. -MMD -MP

# malloc() and free() are a call each: with pushed arguments on a stack of 4-byte alignment (the ABI of
# Windows) they take half the instructions.  gcc wants no stack probes with it; their frames are small.
build/user/msvcrt/heap.o: MSVCRT_CFLAGS += -mpreferred-stack-boundary=2 \
	-mno-accumulate-outgoing-args -mno-stack-arg-probe

build/user/msvcrt/%.o: user/msvcrt/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) $(MSVCRT_CFLAGS) -c $< -o $@

# From mingw-w64 12 on, much of that lies beside the imports, in libmsvcrt-os.a: its code without the imports.
build/user/msvcrt/beside.a: user/msvcrt/msvcrt.mk
	@rm -rf $(@D)/beside && mkdir -p $(@D)/beside
	@library=$$($(USER_CC) -print-file-name=libmsvcrt-os.a) && cd $(@D)/beside && \
		$(MINGW)ar x $$library $$($(MINGW)ar t $$library | grep -E '_(common|extra)_a-')
	@rm -f $@ && $(MINGW)ar rcs $@ $(@D)/beside/*.o

build/user/msvcrt.dll: $(MSVCRT_OBJECTS) user/msvcrt/msvcrt.def build/user/msvcrt/beside.a
	@echo "  LINK    $@"
	@$(USER_CC) -shared -nostdlib -Wl,--no-insert-timestamp -Wl,--image-base,0x77C00000 \
		-Wl,-e,_DllMain@12 -o $@ $(filter-out %.a,$^) -Wl,--start-group -lmingwex $(filter %.a,$^) -lgcc -Wl,--end-group -lkernel32

DISC_FILES += build/disc/msvcrt.dll

# What shows and tests it.
include tests/conformance/crt.mk
include user/programs/lessons/lessons.mk
