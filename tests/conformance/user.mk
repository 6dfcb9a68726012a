# user.mk - the conformance programs about ntdll.dll and kernel32.dll: exceptions, threads, DLLs,
# files, processes.  Objects are made by the rule in crt.mk.

USER_CONFORMANCE := exception thread slim control lines dll files process global section hostile heap escape selfish refused long terminated \
	runtimes convention images fiber working lookups folders pipes codepage

$(USER_CONFORMANCE:%=build/user/%.exe): build/user/%.exe: build/user/conformance/%.o
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -o $@ $< -lpsapi

# DLLs that dll.exe loads.  The first two want the same place.
build/user/one.dll: build/user/conformance/dll/one.o tests/conformance/dll/one.def \
		build/user/conformance/dll/libtwo.a
	@echo "  LINK    $@"
	@$(USER_CC) -shared -Wl,--no-insert-timestamp -Wl,--image-base,0x63000000 -o $@ $^

build/user/two.dll: build/user/conformance/dll/two.o tests/conformance/dll/two.def
	@echo "  LINK    $@"
	@$(USER_CC) -shared -Wl,--no-insert-timestamp -Wl,--image-base,0x63000000 -o $@ $^

build/user/refuse.dll: build/user/conformance/dll/refuse.o
	@echo "  LINK    $@"
	@$(USER_CC) -shared -Wl,--no-insert-timestamp -o $@ $^

build/user/rude.dll: build/user/conformance/dll/rude.o
	@echo "  LINK    $@"
	@$(USER_CC) -shared -nostartfiles -Wl,-e,_DllMain@12 -Wl,--no-insert-timestamp -o $@ $^

build/user/conformance/dll/lib%.a: tests/conformance/dll/%.def
	@mkdir -p $(@D)
	@$(MINGW)dlltool --deterministic-libraries -d $< -l $@

# Programs that can't start, each for its own reason.
build/user/conformance/dll/absent-dll.def:
	@mkdir -p $(@D)
	@printf 'LIBRARY absent.dll\nEXPORTS\n absent_function\n' >$@

build/user/conformance/dll/absent-function.def:
	@mkdir -p $(@D)
	@printf 'LIBRARY kernel32.dll\nEXPORTS\n absent_function\n' >$@

build/user/conformance/dll/absent-second.def:
	@mkdir -p $(@D)
	@printf 'LIBRARY msvcrt.dll\nEXPORTS\n absent_second\n' >$@

build/user/conformance/dll/absent-%.a: build/user/conformance/dll/absent-%.def
	@$(MINGW)dlltool --deterministic-libraries -d $< -l $@

build/user/absent-%.exe: build/user/conformance/dll/needs_dll.o build/user/conformance/dll/absent-%.a
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -o $@ $^

build/user/absent-two.exe: build/user/conformance/dll/needs_two.o build/user/conformance/dll/absent-dll.a \
		build/user/conformance/dll/absent-second.a
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -o $@ $^

DISC_FILES += $(USER_CONFORMANCE:%=build/disc/%.exe) build/disc/one.dll build/disc/two.dll \
	build/disc/refuse.dll build/disc/rude.dll build/disc/absent-dll.exe build/disc/absent-function.exe \
	build/disc/absent-two.exe

include tests/conformance/memory.mk
