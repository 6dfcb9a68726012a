# tests.mk - how the tests are built and run; included by the Makefile.
#
# A host test names what it links in its first comment, from the root: `sources: mm/pte.c lib/x.c`.
# Its objects are compiled once and shared by all host tests.

BUILD ?= build
HOST  := $(BUILD)/test/host

HOST_CC     := gcc
HOST_CFLAGS := -m32 -std=gnu11 -g -O1 -fno-omit-frame-pointer -I. \
               -fsanitize=address,undefined -fno-sanitize-recover=all \
               -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes $(WERROR) \
               -fno-builtin -D_FILE_OFFSET_BITS=64

host_tests   := $(patsubst tests/host/%.c,$(HOST)/%,$(wildcard tests/host/test_*.c))
# The files that tests/host/$1.c asks for, the test itself first.  A pattern is written mm/[a-z]*.c, since
# slash and star would begin a comment in C; one that fits nothing stays and is then missed by make.
host_words   := $(shell awk '/sources:/ && !seen[FILENAME]++ { sub(/.*sources:/, ""); sub(/[*]\/.*/, ""); name = FILENAME; \
                          gsub(/.*\/|[.]c$$/, "", name); for (i = 1; i <= NF; i++) print name ":" $$i }' tests/host/test_*.c)
host_files    = $(foreach word,$(patsubst $1:%,%,$(filter $1:%,$(host_words))),$(or $(wildcard $(word)),$(word)))
host_sources  = tests/host/$1.c $(sort $(host_files))
host_objects  = $(patsubst %.c,$(HOST)/%.o,$(call host_sources,$1))

.PHONY: test host-tests coverage coverage-tests mutants ubsan lint format pictures

test: all
	+@$(subst exec,,$(TOOL)) tools/build $(MAKE) -k host-tests || echo "some host tests do not compile: they count as failed"
	@tests/run $(if $(JUNIT),--junit '$(JUNIT)') $(T)

# `make test T='...'` builds only the host tests that it runs.
host_wanted = $(if $(T),$(patsubst host/%,$(HOST)/test_%,$(filter host/%,$(shell tests/run --list $(T) 2>/dev/null))),$(host_tests))
# 32-bit code for this machine, if it is a PC.
host-tests: $(if $(CROSS),,$(host_wanted) $(HOST)/simulate $(HOST)/victims $(HOST)/reduce $(HOST)/homework $(HOST)/newarray)

$(HOST)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(HOST_CFLAGS) -MMD -MP -c -o $@ $<

# A test that measures work compiles what it links once more: without sanitizers, and each basic block calls
# __sanitizer_cov_trace_pc(), which the test defines and counts with.
counted_tests  := $(HOST)/test_mm_ledger $(HOST)/test_work
COUNTED_CFLAGS := $(filter-out -fsanitize% -fno-sanitize%,$(HOST_CFLAGS)) -fsanitize-coverage=trace-pc

$(HOST)/counted/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(COUNTED_CFLAGS) -MMD -MP -c -o $@ $<

# The simulators of page replacement are no tests but tools: without sanitizers.
$(HOST)/simulate: tests/host/simulate.c tests/host/simulator.c tests/host/trace_file.c
$(HOST)/victims: tests/host/victims.c

$(HOST)/simulate $(HOST)/victims: tests/host/machine.c $(MM) lib/string.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOST_CC) $(filter-out -O1 -fsanitize% -fno-sanitize%,$(HOST_CFLAGS)) -O2 -o $@ $^

# What tests/traces/record passes valgrind's output through.
$(HOST)/reduce: tests/host/reduce.c tests/host/reducer.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOST_CC) $(filter-out -m32 -O1 -fsanitize% -fno-sanitize%,$(HOST_CFLAGS)) -O2 -o $@ $^

# The answers of tools/homework, from the files that the kernel runs, and from a C++ compiler.
$(HOST)/homework: $(wildcard tests/host/homework*.c) tests/host/simulator.c tests/host/trace_file.c tests/host/machine.c \
		tests/host/heap_world.c kernel/service/walk.c $(MM) $(wildcard user/ntdll/heap_*.c) lib/string.c tests/host/homework.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOST_CC) $(filter-out -O1 -fsanitize% -fno-sanitize%,$(HOST_CFLAGS)) -O1 -Wno-conversion -Wl,--allow-multiple-definition \
		-o $@ $(filter %.c,$^)

$(HOST)/newarray: tests/host/newarray.cpp
	@mkdir -p $(@D)
	@echo "  HOSTCXX $@"
	@g++ -m32 -std=c++17 -O1 -Wall -Wextra -Wno-mismatched-new-delete -nostdinc++ -fno-exceptions -fno-rtti -c -o $@.o $<
	@gcc -m32 -o $@ $@.o

# Every policy on a trace: make lab TRACE=tests/traces/sort.K32.u16.xz [SIZES="32 64 128"]
lab: all
	@$(MAKE) -s $(HOST)/simulate
	@tools/lab $(or $(TRACE),tests/traces/sort.K32.u16.xz) $(SIZES)

# How good is a replacement policy?  make grade POLICY=NAME.  In a student's tree of a lab: how good is the tree?
ifneq ($(wildcard lab.json),)
grade: setup
	@tools/course grade
else
grade: all
	@$(MAKE) -s $(HOST)/simulate $(HOST)/test_locks
	@tests/grade $(POLICY)
endif

.PHONY: lab grade

.SECONDEXPANSION:
$(counted_tests): $(HOST)/%: $$(subst $(HOST)/,$(HOST)/counted/,$$(call host_objects,$$*))
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(COUNTED_CFLAGS) -o $@ $^

$(filter-out $(counted_tests),$(host_tests)): $(HOST)/%: $$(call host_objects,$$*)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ -lm

-include $(shell find $(HOST) -name '*.d' 2>/dev/null)

# On the disc: files that only look like programs, see tests/boot/bad-program.test.
bad_programs := $(patsubst %,build/disc/bad-%.exe,truncated machine sections text empty)
DISC_FILES   += $(bad_programs)

$(bad_programs): build/disc/bad-%.exe: build/disc/hello.exe tests/bad-program
	@tests/bad-program $* $< $@

# And a text: characters of two, three and four bytes across the parts that `type` reads, a control character
# and half a character.
DISC_FILES += build/disc/utf8.txt

build/disc/utf8.txt: tests/tests.mk
	@mkdir -p $(@D)
	@{ for i in 1 2 3 4 5 6 7 8 9; do printf '%s: \303\251 \355\225\234 \360\237\231\202 and what else there is in line %s\n' $$i $$i; \
	   done; printf 'bad: \302\233 \377 \033[2J \355\225\n'; } >$@

# Also on the disc: programs that measure.
bench_programs := $(patsubst tests/bench/%.c,%,$(wildcard tests/bench/*.c))
DISC_FILES     += $(bench_programs:%=build/disc/%.exe)

$(bench_programs:%=build/user/%.exe): build/user/%.exe: tests/bench/%.c
	@mkdir -p $(@D)
	@echo "  USERCC  $<"
	@$(USER_CC) $(USER_PROGRAM_CFLAGS) $(USER_LDFLAGS) -o $@ $< -lpsapi

$(bench_programs:%=build/user/%.exe): tests/bench/bench.h kernel/abi.h

# The ordinary kernel's objects with the eyes of tests/probe/probe.c: KERNEL=probe.elf boots it.
PROBED := pfn_alloc pool_alloc pagefile_alloc stack_create kpages_alloc commit_charge pfn_free stack_free \
          audit syscall_dispatch sys_NtPagodaControl

kernel-and-disc: $(BUILD)/probe.elf

$(BUILD)/probe.elf: $(OBJECTS) $(BUILD)/tests/probe/probe.o linker.ld
	@echo "  LD      $@"
	@$(LD) $(LDFLAGS) $(PROBED:%=--wrap=%) -T linker.ld -o $@ $(filter %.o,$^)

-include $(BUILD)/tests/probe/probe.d

# What things cost, in instructions; COMPARE=linux: beside Debian's Linux.
bench: all
	@tools/setup $(if $(COMPARE),test)
	@tests/bench/$(if $(COMPARE),compare $(COMPARE),run)

.PHONY: bench

# Coverage: the same tests without sanitizers, each line counted.
COVERAGE        := $(BUILD)/test/coverage
COVERAGE_CFLAGS := $(filter-out -O1 -Werror -fsanitize% -fno-sanitize%,$(HOST_CFLAGS)) -O0 --coverage
coverage_objects = $(patsubst %.c,$(COVERAGE)/%.o,$(call host_sources,$1))
coverage_tests  := $(patsubst $(HOST)/%,$(COVERAGE)/%,$(host_tests))

coverage: setup
	@command -v gcov >/dev/null || { echo "coverage is skipped: there is no gcov"; exit 0; }; \
	 rm -rf $(COVERAGE) && $(MAKE) --no-print-directory coverage-tests && tests/coverage $(COVERAGE)

coverage-tests: $(coverage_tests)

$(COVERAGE)/%.o: %.c
	@mkdir -p $(@D)
	@$(HOST_CC) $(COVERAGE_CFLAGS) -c -o $@ $<

$(coverage_tests): $(COVERAGE)/%: $$(call coverage_objects,$$*)
	@$(HOST_CC) $(COVERAGE_CFLAGS) -o $@ $^ -lm

# Known bugs, put into a copy one at a time: is each seen by a test?
mutants: setup
	@tests/mutants $(T)

# The kernel with a trap at every undefined behaviour, through the boot tests; variables that nobody has set
# hold FE, which boot/leak looks for.
ubsan:
	@$(MAKE) --no-print-directory BUILD=build/ubsan WERROR= all \
	    KERNEL_EXTRA_CFLAGS='-fsanitize=undefined -fsanitize-undefined-trap-on-error -ftrivial-auto-var-init=pattern'
	@BUILD=build/ubsan COSTS=any tests/run $(or $(T),boot/)

# The boot tests on processors with other features (no SSE2; all of today's, SMEP and SMAP among them).
MODELS ?= qemu32 pentium3 Haswell max
cpus: all
	@for model in $(MODELS); do echo "CPU=$$model:"; tests/run --cpu $$model $(or $(T),boot/) || failed=1; done; [ -z "$$failed" ]

# One machine under mixed load for a long time; the same SEED gives the same rounds.
soak: setup
	@$(MAKE) --no-print-directory all
	@tests/soak $(or $(MINUTES),30) $(SEED)

# The same disc on another emulator; a skip (77) is no failure.
bochs: setup
	@tools/setup extra || :
	@$(MAKE) --no-print-directory all
	@tests/bochs || [ $$? = 77 ]

.PHONY: cpus soak bochs

# Second readers of the code; none of them is needed to build.
lint:
	@tools/setup lint
	@tests/lint

# The pictures of README.md, from a running machine.
pictures: all
	@tools/pictures

format:
	@tools/setup lint
	@find boot lib mm kernel user tests \( -name '*.c' -o -name '*.h' -o -name '*.cpp' \) -print0 | xargs -0 clang-format -i
