# memory.mk - the conformance programs about virtual memory.  Objects are made by the rule in crt.mk.

MEMORY_CONFORMANCE := space alloc free query protect guard lock watch matrix stress pointers greed fuzz inject leak damage viewprot rights flags answers awe torn heapflags imageprot oddargs

$(MEMORY_CONFORMANCE:%=build/user/%.exe): build/user/%.exe: build/user/conformance/%.o
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_LDFLAGS) -o $@ $< -lpsapi -ladvapi32

DISC_FILES += $(MEMORY_CONFORMANCE:%=build/disc/%.exe)
