# lessons.mk - programs that explain something about memory while they run.
#
# They are ordinary Windows programs; a file put here is built and on the disc.  Some make the mistake that they
# are about, which the compiler notices: those warnings are off.

LESSONS_C   := $(patsubst user/programs/lessons/%.c,%,$(wildcard user/programs/lessons/*.c))
LESSONS_CPP := $(patsubst user/programs/lessons/%.cpp,%,$(wildcard user/programs/lessons/*.cpp))

LESSON_CFLAGS := -O1 -g -march=i686 -fno-ident -Wall -Wextra -Wshadow $(WERROR) \
	-Wno-use-after-free -Wno-free-nonheap-object -Wno-alloc-size -I.

build/user/lessons/%.o: user/programs/lessons/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) -std=gnu11 $(LESSON_CFLAGS) -c $< -o $@

build/user/lessons/%.o: user/programs/lessons/%.cpp
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CXX) -std=c++17 $(LESSON_CFLAGS) -Wno-mismatched-new-delete -Wno-unused-private-field \
		-c $< -o $@

$(LESSONS_C:%=build/user/%.exe): build/user/%.exe: build/user/lessons/%.o
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -o $@ $< -lpsapi

$(LESSONS_CPP:%=build/user/%.exe): build/user/%.exe: build/user/lessons/%.o
	@echo "  LINK    $@"
	@$(USER_CXX) $(USER_LDFLAGS) -static-libgcc -static-libstdc++ -o $@ $<

# Its question is who says how large stack and heap are.
build/user/linked.exe: USER_LDFLAGS := -Wl,--no-insert-timestamp -Wl,--stack,0x40000 -Wl,--heap,0x20000

DISC_FILES += $(LESSONS_C:%=build/disc/%.exe)
CPP_PROGRAMS += $(LESSONS_CPP)
