# user.mk - everything that runs in user mode, and the list of what goes on the disc.
#
# The top Makefile includes this.  It uses WERROR from there and gives back DISC_FILES.  Libraries and
# programs are ordinary PE files made by mingw-w64; those in build/user/ keep their symbols for the
# debugger, those in build/disc/ are stripped.  No time stamps: the same source gives the same bytes.

MINGW ?= i686-w64-mingw32-
USER_CC := $(MINGW)gcc
USER_CXX := $(MINGW)g++
# `make run` does without this one (tools/setup), and the disc without the C++ programs, with a sentence.
HAVE_CXX := $(shell command -v $(USER_CXX))
CPP_PROGRAMS :=

USER_WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes $(WERROR)
# For our DLLs: no C library below them, and no processor that is younger than the kernel's.
USER_DLL_CFLAGS := -std=gnu11 $(USER_WARNINGS) -O2 -g -march=i686 -mtune=generic -mgeneral-regs-only -ffreestanding \
	-fno-asynchronous-unwind-tables -fno-ident -I. -MMD -MP
USER_LDFLAGS := -Wl,--no-insert-timestamp -Wl,--stack,0x100000
USER_DLL_LDFLAGS := -shared -nostdlib -Wl,--kill-at -Wl,--no-insert-timestamp

DISC_FILES :=

# --- ntdll.dll: compiled with lib/'s freestanding helpers ---

NTDLL_OBJECTS := $(patsubst user/%.c,build/user/%.o,$(wildcard user/ntdll/*.c)) \
	$(patsubst lib/%.c,build/user/ntdll/lib/%.o,lib/string.c lib/format.c)

# -fno-tree-loop-distribute-patterns: memset() must not be compiled into a call of itself.
NTDLL_CFLAGS := $(USER_DLL_CFLAGS) -D_NTSYSTEM_ -DPAGODA_FREESTANDING \
	-fno-tree-loop-distribute-patterns

# The paths of every malloc(): aligning the stack would cost each of them two instructions.
build/user/ntdll/lib/%.o build/user/ntdll/heap_%.o: NTDLL_CFLAGS += -mpreferred-stack-boundary=2

build/user/ntdll/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) $(NTDLL_CFLAGS) -c $< -o $@

build/user/ntdll/%.o: user/ntdll/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) $(NTDLL_CFLAGS) -c $< -o $@

# The exports: those written down, and every line X(name, words) of the list of services.
build/user/ntdll/ntdll.def: user/ntdll/ntdll.def kernel/abi.h user/user.mk
	@mkdir -p $(@D)
	@sed 's/^ *X(\(Nt[A-Za-z]*\), \([0-9]*\)).*/    \1 \2/; t; d' kernel/abi.h | \
		awk '{ print "    " $$1 "@" $$2 * 4 ($$1 == "NtQueryInformationFile" ? " = machine_query_file@20" : "") }' | \
		cat user/ntdll/ntdll.def - > $@

build/user/ntdll/libntdll.a: build/user/ntdll/ntdll.def
	@$(MINGW)dlltool --deterministic-libraries --kill-at -d $< -l $@

build/user/ntdll.dll: $(NTDLL_OBJECTS) build/user/ntdll/ntdll.def
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_DLL_LDFLAGS) -Wl,--image-base,0x77F00000 -Wl,-e,_start_door -o $@ $^ -lgcc

DISC_FILES += build/disc/ntdll.dll

# --- kernel32.dll, and psapi.dll, which only forwards to it ---

KERNEL32_OBJECTS := $(patsubst user/%.c,build/user/%.o,$(wildcard user/kernel32/*.c))
KERNEL32_CFLAGS := $(USER_DLL_CFLAGS) -D_KERNEL32_ -D_WIN32_WINNT=0x0601

build/user/kernel32/%.o: user/kernel32/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) $(KERNEL32_CFLAGS) -c $< -o $@

build/user/kernel32.dll: $(KERNEL32_OBJECTS) build/user/small/refuse.o user/kernel32/kernel32.def build/user/ntdll/libntdll.a
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_DLL_LDFLAGS) -Wl,--image-base,0x77E00000 -Wl,-e,_dll_main@12 -o $@ $^ -lgcc

build/user/psapi.dll: user/kernel32/psapi.def
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_DLL_LDFLAGS) -Wl,--image-base,0x76BF0000 -Wl,-e,0 -o $@ $^

# The code pages that are files.
build/disc/c_%.nls: user/kernel32/code_page.py
	@mkdir -p $(@D)
	@echo "  PYTHON  $@"
	@python3 $< $* >$@

DISC_FILES += build/disc/kernel32.dll build/disc/psapi.dll build/disc/c_437.nls build/disc/c_949.nls

# --- msvcrt.dll ---

include user/small/small.mk
-include user/msvcrt/msvcrt.mk
-include tests/conformance/user.mk

# --- programs ---

# With the C library, as anybody would build them; these must run on Windows, too.
CRT_PROGRAMS := hello
# Without it, kernel32.dll only: the entry point is start().
BARE_PROGRAMS := thrash segv share respond

USER_PROGRAM_CFLAGS := -std=gnu11 $(USER_WARNINGS) -O1 -g -march=i686 -fno-ident -I. -MMD -MP
USER_BARE_CFLAGS := -ffreestanding -fno-tree-loop-distribute-patterns -mgeneral-regs-only \
	-DPAGODA_FREESTANDING
BARE_OBJECTS := build/user/programs/bare.o build/user/programs/lib/string.o \
	build/user/programs/lib/format.o build/user/programs/lib/parse.o

build/user/programs/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) $(USER_PROGRAM_CFLAGS) $(USER_BARE_CFLAGS) -c $< -o $@

build/user/programs/%.o: user/programs/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) $(USER_PROGRAM_CFLAGS) $(if $(filter $*,$(CRT_PROGRAMS)),,$(USER_BARE_CFLAGS)) \
		-c $< -o $@

$(CRT_PROGRAMS:%=build/user/%.exe): build/user/%.exe: build/user/programs/%.o
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -o $@ $<

$(BARE_PROGRAMS:%=build/user/%.exe): build/user/%.exe: build/user/programs/%.o \
		$(BARE_OBJECTS)
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -nostdlib -Wl,-e,_start -o $@ $^ -lkernel32 -lgcc

# The laboratory of page replacement.
LAB_PROGRAMS := lab replay compare

$(LAB_PROGRAMS:%=build/user/%.exe): build/user/%.exe: build/user/programs/%.o \
		build/user/programs/laboratory.o $(BARE_OBJECTS)
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -nostdlib -Wl,-e,_start -o $@ $^ -lkernel32 -lgcc

build/disc/sort.u16: tests/traces/sort.K32.u16.xz
	@mkdir -p $(@D)
	@xz -dc $< > $@

# Texts: what the lessons are about, and what to try after the demo.
DISC_FILES += build/disc/lessons.txt build/disc/next.txt

build/disc/lessons.txt: docs/lessons.md user/lessons.awk build/user/left-out
	@mkdir -p $(@D)
	@awk -v absent='$(LEFT_OUT)' -f user/lessons.awk $< >$@

build/disc/next.txt: user/next.txt
	@mkdir -p $(@D)
	@cp $< $@

DISC_FILES += $(LAB_PROGRAMS:%=build/disc/%.exe) build/disc/sort.u16
DISC_FILES += $(CRT_PROGRAMS:%=build/disc/%.exe) $(BARE_PROGRAMS:%=build/disc/%.exe)

# --- the disc ---

LEFT_OUT := $(if $(HAVE_CXX),,$(CPP_PROGRAMS:%=%.exe))
DISC_FILES += $(if $(HAVE_CXX),$(CPP_PROGRAMS:%=build/disc/%.exe))

.PHONY: FORCE

build/user/left-out: FORCE
	@mkdir -p $(@D)
	@echo '$(LEFT_OUT)' | cmp -s - $@ || echo '$(LEFT_OUT)' >$@

build/disc/%: build/user/%
	@mkdir -p $(@D)
	@SOURCE_DATE_EPOCH=0 $(MINGW)strip -o $@ $<

-include $(wildcard build/user/*/*.d build/user/*/*/*.d)
