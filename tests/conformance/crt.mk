# crt.mk - the conformance programs of the C run-time and of C++ (facts W203 to W221 and the library).
#
# They misuse the heap on purpose, which the compiler notices: those warnings are off.

CONFORMANCE_CFLAGS := -O1 -g -march=i686 -fno-ident -Wall -Wextra -Wshadow $(WERROR) -Wno-use-after-free \
	-Wno-free-nonheap-object -Wno-alloc-size -Wno-format -Wno-infinite-recursion -D__USE_MINGW_ANSI_STDIO=0 -I. -MMD -MP

build/user/conformance/%.o: tests/conformance/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) -std=gnu11 $(CONFORMANCE_CFLAGS) -c $< -o $@

build/user/conformance/%.o: tests/conformance/%.cpp
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CXX) -std=c++17 $(CONFORMANCE_CFLAGS) -Wno-mismatched-new-delete -c $< -o $@

build/user/crt.exe build/user/library.exe: build/user/%.exe: build/user/conformance/%.o
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -o $@ $<

build/user/cpp.exe build/user/iostream.exe: build/user/%.exe: build/user/conformance/%.o
	@echo "  LINK    $@"
	@$(USER_CXX) $(USER_LDFLAGS) -static-libgcc -static-libstdc++ -o $@ $<

DISC_FILES += build/disc/crt.exe build/disc/library.exe
CPP_PROGRAMS += cpp iostream
