# Makefile - builds Pagoda and starts everything else; `make help` says what there is.
#
# The list of objects below is docs/reading-order.md, and in kernel/ the order of its rooms.

BUILD ?= build
# On another CPU than a PC's (arm64) a cross compiler makes the kernel.
CROSS := $(if $(filter x86_64 i%86,$(shell uname -m)),,i686-linux-gnu-)
CC     = $(CROSS)gcc
LD     = $(CROSS)ld
NM     = $(CROSS)nm
NASM   = nasm

# Warnings are errors for CI and for developers (`make WERROR=-Werror`), everywhere in the tree; not for
# somebody's first build, whose compiler may be newer and know more.
WERROR   ?= $(if $(filter true,$(CI)),-Werror)
WARNINGS  = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes $(WERROR)

# The first three arguments of a function are in EAX, EDX and ECX (assembly counts on it), and nothing
# needs a stack aligned to more than a word: both make calls cheaper.  Small functions are inlined, twice
# as large as with -O3, whose other effects do not pay.  Frame pointers stay, for backtraces.
#
# KERNEL_EXTRA_CFLAGS makes a variant; give it a directory of its own:
#   make BUILD=build/ubsan KERNEL_EXTRA_CFLAGS='-fsanitize=undefined -fsanitize-undefined-trap-on-error'
KERNEL_CFLAGS = -m32 -march=i686 -mtune=generic -mregparm=3 -mpreferred-stack-boundary=2 -mgeneral-regs-only \
                -std=gnu11 -O2 --param=max-inline-insns-auto=60 -g -ffreestanding -fno-pic -fno-pie \
                -fno-stack-protector -fno-asynchronous-unwind-tables -fno-omit-frame-pointer \
                -fcf-protection=none -I. -DPAGODA_FREESTANDING $(WARNINGS) $(KERNEL_EXTRA_CFLAGS)
NASMFLAGS     = -f elf32 -g -F dwarf -I./ $(WERROR:-Werror=-w+error)
LDFLAGS       = -m elf_i386 -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments

# --- What the kernel consists of, in reading order ----------------------------------------------

STARTUP = boot/boot.asm boot/multiboot.c
LIB     = lib/divide.c lib/string.c lib/format.c lib/text.c lib/parse.c lib/condition.c lib/compress.c
MM      = mm/pte.c mm/pfn.c mm/pagefile.c mm/commit.c mm/paging.c mm/vad.c mm/pool.c \
          mm/replace.c mm/replace_fifo.c mm/replace_clock.c mm/replace_clean.c mm/replace_nru.c \
          mm/replace_aging.c mm/replace_wsclock.c mm/replace_adaptive.c mm/replace_random.c mm/space.c mm/section.c mm/resident.c \
          mm/watch.c mm/page.c mm/reclaim.c mm/balance.c mm/fault.c mm/view.c mm/virtual.c mm/virtual_protect.c \
          mm/virtual_lock.c mm/virtual_query.c mm/check.c mm/mm.c

# The rooms of kernel/, from the lowest up
CPU     = kernel/cpu/cpu.asm kernel/cpu/cpu.c kernel/cpu/gdt.c kernel/cpu/frame.c \
          kernel/cpu/trap.asm kernel/cpu/idt.c kernel/cpu/machine.c kernel/cpu/stack.c kernel/cpu/kmap.c \
          kernel/cpu/usercopy.c kernel/cpu/fpu.c kernel/cpu/switch.asm
DEVICE  = kernel/device/pic.c kernel/device/serial.c \
          kernel/device/vga.c kernel/device/vga_mode.c kernel/device/console.c kernel/device/keyboard.c kernel/device/power.c \
          kernel/device/symbols.c kernel/device/panic.c kernel/device/clock.c kernel/device/kpages.c kernel/device/zstore.c \
          kernel/device/pagedev.c
OBJECT  = kernel/object/schedule.c kernel/object/wait.c kernel/object/object.c kernel/object/thread.c \
          kernel/object/handle.c kernel/object/keeper.c
FILE    = kernel/file/disc.c kernel/file/ramfile.c kernel/file/file_name.c kernel/file/file_node.c kernel/file/pipe.c \
          kernel/file/file.c kernel/file/line.c kernel/file/console_line.c
PROCESS = kernel/process/words.c kernel/process/image_check.c kernel/process/image.c kernel/process/context.c kernel/process/remote.c \
          kernel/process/region_set.c kernel/process/physical.c kernel/process/launch.c kernel/process/process.c kernel/process/exception.c
SERVICE = kernel/service/walk.c kernel/service/audit.c kernel/service/mark.c kernel/service/sys_memory.c kernel/service/sys_memory_query.c \
          kernel/service/sys_object.c kernel/service/sys_pipe.c kernel/service/sys_file.c kernel/service/sys_file_info.c \
          kernel/service/sys_directory.c kernel/service/sys_system.c kernel/service/sys_sync.c \
          kernel/service/sys_section.c kernel/service/sys_thread.c kernel/service/sys_physical.c kernel/service/sys_watch.c kernel/service/sys_process.c \
          kernel/service/syscall.c
WATCH   = kernel/watch/place.c kernel/watch/framemap.c kernel/watch/picture.c kernel/watch/trace.c \
          kernel/watch/views.c kernel/watch/screen.c kernel/watch/step.c \
          kernel/watch/monitor_command.c kernel/watch/tlb.c kernel/watch/monitor_complete.c \
          kernel/watch/monitor_environment.c kernel/watch/monitor_process.c kernel/watch/monitor_until.c \
          kernel/watch/monitor_space.c kernel/watch/monitor_heap.c \
          kernel/watch/monitor_memory.c kernel/watch/monitor_fault.c kernel/watch/monitor_policy.c \
          kernel/watch/monitor_system.c kernel/watch/monitor.c
# Those that see all of them
TOP     = kernel/options.c kernel/ram.c kernel/trap.c kernel/main.c

KERNEL  = $(CPU) $(DEVICE) $(OBJECT) $(FILE) $(PROCESS) $(SERVICE) $(WATCH) $(TOP)

SOURCES = $(STARTUP) $(LIB) $(MM) $(KERNEL)
OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(patsubst %.asm,$(BUILD)/%.asm.o,$(SOURCES)))

# --- What can't work is said at once ------------------------------------------------------------

$(if $(wildcard linker.ld),,$(error call make in the directory of this Makefile, or with -C $(dir $(lastword $(MAKEFILE_LIST)))))
# A variable that nobody reads would be ignored in silence: `make run mem=16M`.
KNOWN = MEM PAGEFILE FRAMES POLICY CMD TRACE HEADLESS SCREEN TIMEOUT BOOT CPU QEMU OPTIONS VERBOSE \
        CI T SIZES MODELS MINUTES SEED GDBPORT COMPARE KERNEL_EXTRA_CFLAGS \
        $(shell sed -n 's/^\([A-Z][A-Z_]*\) *[:?+]*=.*/\1/p' Makefile */*.mk */*/*.mk)
given   := $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))
unknown := $(if $(given),$(firstword $(filter-out $(KNOWN),$(given))))
meant   := $(if $(unknown),$(filter $(shell echo '$(subst ','\'',$(unknown))' | tr a-z A-Z),$(KNOWN)))
ifneq ($(unknown),)
$(error there is no setting $(unknown)=$(if $(meant),: did you mean $(meant)=?,.) `make help` lists them)
endif
targets := $(shell sed -n 's/^\.PHONY: *//p' Makefile tests/tests.mk)
unknown := $(firstword $(filter-out $(targets),$(foreach goal,$(MAKECMDGOALS),$(if $(findstring /,$(goal)),,$(goal)))))
meant   := $(if $(unknown),$(firstword $(filter $(unknown)%,$(targets)) $(foreach name,$(targets),$(if $(filter $(name)%,$(unknown)),$(name)))))
ifneq ($(unknown),)
$(error there is no target $(unknown)$(if $(meant),: did you mean $(meant)?,.) `make help` lists them)
endif
# Neither make nor a shell must stumble over its name.
ifeq ($(shell printf '%s\n' '$(subst ','\'',$(BUILD))' | grep -xE '[A-Za-z0-9_/][A-Za-z0-9_./+-]*'),)
$(error BUILD=$(BUILD): a directory without blanks and special characters in its name is wanted, such as build/x)
endif
ifneq ($(shell for at in . $(BUILD); do [ ! -e $$at ] || [ -w $$at ] || echo $$at; done),)
$(error this directory belongs to somebody else and can't be written to: clone Pagoda as yourself, or chown it)
endif

# --- Targets ------------------------------------------------------------------------------------

.PHONY: all kernel-and-disc run debug rewind doctor help clean setup
.DELETE_ON_ERROR:
.SECONDARY:

# A Python that is interrupted while it starts shows a traceback: tools/tether.py minds Ctrl-C a moment later.
TOOL = trap '' INT; BUILD=$(BUILD) CROSS=$(CROSS) exec

# Makes goals on all processors and counts the steps, in a make of its own: what is built must see the tools
# that were just installed.
COUNTED = +@$(TOOL) tools/build $(MAKE)

all: setup
	$(COUNTED) kernel-and-disc

# Debian has GRUB for PCs only on PCs; elsewhere QEMU loads the kernel itself.
GRUB_PC := $(wildcard /usr/lib/grub/i386-pc/multiboot2.mod)

kernel-and-disc: $(BUILD)/pagoda.elf $(BUILD)/disc.tar $(if $(GRUB_PC),$(BUILD)/pagoda.iso)
	@:

# What these need more than the others; a lab's own programs may be C++.
debug: SETUP = debug
rewind: SETUP = debug rewind
test lab grade coverage mutants: SETUP = test

setup:
	@tools/setup $(SETUP) $(if $(wildcard lab.json),test)

# The machine's settings (MEM, PAGEFILE, FRAMES, POLICY, CMD, TRACE, HEADLESS, ...) reach the script
# through the environment.
run: all
	@$(TOOL) tools/run

debug: all
	@$(TOOL) tools/debug

rewind: all
	@$(TOOL) tools/rewind

doctor:
	@tools/doctor

help:
	@sed -n 's/^# | \{0,1\}//p' Makefile

clean:
	@case $(BUILD) in *..*) ;; build | build/*) exit ;; esac; [ ! -e $(BUILD) ] || [ -e $(BUILD)/pagoda.elf ] || \
	    { echo "$(BUILD) is not removed: there is no pagoda.elf in it, so make has not made it"; exit 1; }
	rm -rf $(BUILD)

# | make               build the kernel and the disc
# | make run           build and boot; ends with the monitor command `exit`
# | make test          host tests, then boot tests; T=NAME... runs the tests of that name, JUNIT=FILE writes XML
# | make debug         boot with gdb attached
# | make rewind        record a run, then gdb that can go back in it
# | make doctor        name every tool, its version, and what is wrong
# | make bench         what faults, calls and malloc cost, in instructions; COMPARE=linux: beside Debian's Linux
# | make lab           every replacement policy on a trace: TRACE=FILE SIZES="32 64"
# | make grade         in a lab's tree: grade it; else POLICY=NAME: how good is a replacement policy of yours?
# | make lint          static analysis by gcc, cppcheck and clang-tidy
# | make format        lay out the code as .clang-format says
# | make coverage      which lines of mm/ and lib/ the host tests run
# | make mutants       put known bugs into a copy: does a test see each?  T=WORD... for some
# | make ubsan         boot tests with a trap at every undefined behaviour of the kernel
# | make cpus          boot tests on four models of CPU: MODELS='pentium3 max' T=WORD...
# | make web           the kernel in a web page: build/web/index.html; docs/web.md
# | make pictures      take the pictures of README.md and docs/
# | make soak          one machine under mixed load for a long time: MINUTES=30 SEED=1
# | make bochs         boot the disc in another emulator, too, and compare with QEMU
# | make clean         forget everything that was built
# |
# | Settings of make run:
# |   MEM=32M            RAM                  PAGEFILE=64M   size of the paging file
# |   FRAMES=200         cap on the page frames that programs may use
# |   POLICY=clock       page replacement policy
# |   CMD='vm; exit'     monitor commands to run after boot, the last one `exit`; CMD=@FILE: one a line
# |   TRACE=FILE         write the fault trace to FILE, one JSON object a line; FILE.gz is packed
# |   HEADLESS=1         no window; the console on standard output
# |   SCREEN=25          25 rows of large letters in the window instead of 50
# |   TIMEOUT=SECONDS    give up after this time (default with HEADLESS or without a terminal: 600)
# |   GDBPORT=1234       make debug: wait there for a debugger of yours instead of starting gdb
# |   BOOT=kernel        let QEMU load the kernel itself, without GRUB (faster)
# |   CPU=max            QEMU's CPU model       QEMU='...'     further options for QEMU
# |   OPTIONS='notick'   further words for the kernel (kernel/options.h)
# |   VERBOSE=1          show QEMU's command line
# | Settings of every build:
# |   WERROR=-Werror     warnings are errors, as they are with CI=true
# |   BUILD=build/x KERNEL_EXTRA_CFLAGS='...'  a variant of the kernel in a directory of its own

# --- The kernel ---------------------------------------------------------------------------------

# Other flags, other objects: all of them must agree on how arguments are passed.
$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(KERNEL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.asm.o: %.asm Makefile
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	@$(NASM) $(NASMFLAGS) -MD $(@:.o=.d) -MP -o $@ $<

# Our own memset() must not be compiled into a call of itself.
$(BUILD)/lib/string.o: KERNEL_CFLAGS += -fno-tree-loop-distribute-patterns

# Linked twice: the first kernel has no names for its backtraces, the second one gets those of the
# first.  They lie behind the code, so no function moves; that is checked.
$(BUILD)/pagoda.first.elf: $(OBJECTS) linker.ld
	@$(LD) $(LDFLAGS) -T linker.ld -o $@ $(OBJECTS)

$(BUILD)/symbols.asm: $(BUILD)/pagoda.first.elf tools/symbols.awk
	@$(NM) -n $< | awk -f tools/symbols.awk >$@

$(BUILD)/symbols.o: $(BUILD)/symbols.asm
	@$(NASM) -f elf32 -o $@ $<

$(BUILD)/pagoda.elf: $(BUILD)/symbols.o
	@echo "  LD      $@"
	@$(LD) $(LDFLAGS) -T linker.ld -o $@ $(OBJECTS) $(BUILD)/symbols.o
	@$(NM) -n $@ | awk -f tools/symbols.awk | cmp -s - $(BUILD)/symbols.asm || \
	    { echo "$@: its table of names is wrong: adding it moved functions"; rm $@; exit 1; }
	@! command -v grub-file >/dev/null || { grub-file --is-x86-multiboot2 $@ && grub-file --is-x86-multiboot $@; } || \
	    { echo "$@: a multiboot header is missing or not near enough to the start"; rm $@; exit 1; }

# Both add to DISC_FILES, which the disc below is made of.
include user/user.mk
include tests/tests.mk
ifneq ($(wildcard lab.json),)
include docs/labs/labs.mk
endif

# --- The disc -----------------------------------------------------------------------------------

# No time stamps and no owners: the same programs give the same archive.
$(BUILD)/disc.tar: $(DISC_FILES)
	@mkdir -p $(@D)
	@echo "  TAR     $@"
	@$(if $(LEFT_OUT),echo "The disc goes without $(LEFT_OUT): C++ needs $(USER_CXX) (tools/setup test).")
	@tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=644 --mtime='2025-01-01 00:00Z' \
	    -C build/disc -cf $@ $(sort $(notdir $(DISC_FILES)))

$(BUILD)/pagoda.iso: $(BUILD)/pagoda.elf $(BUILD)/disc.tar iso/grub.cfg tools/make-iso
	@echo "  ISO     $@"
	@tools/make-iso $@ iso/grub.cfg $(BUILD)/pagoda.elf $(BUILD)/disc.tar

# --- The page -----------------------------------------------------------------------------------

.PHONY: web

web:
	@tools/setup web
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory $(BUILD)/web/index.html

$(BUILD)/web/npm: tools/web/package.json tools/web/package-lock.json tools/web/install
	@echo "  NPM     $@"
	@tools/web/install $(BUILD)/web

$(BUILD)/web/index.html: $(BUILD)/web/npm $(BUILD)/pagoda.elf $(BUILD)/disc.tar $(wildcard tools/web/*) $(shell find docs -name '*.md')
	@tools/web/build $(BUILD)/pagoda.elf $(BUILD)/disc.tar $(BUILD)/web

-include $(OBJECTS:.o=.d)
