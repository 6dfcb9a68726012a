# small.mk - small DLLs, one file or none each: NAME.def says what NAME.dll exports, NAME.c has what it does itself.
#
# user.mk includes this.  Each gets a base of its own from its name; where two meet, one is relocated.

SMALL_DLLS := $(patsubst user/small/%.def,%,$(wildcard user/small/*.def))

build/user/small/%.o: user/small/%.c
	@mkdir -p $(@D)
	@echo "  MINGW   $<"
	@$(USER_CC) $(USER_DLL_CFLAGS) -D_WIN32_WINNT=0x0601 -D_OLEAUT32_ -D_OLE32_ -D_USER32_ -D_SHELL32_ \
		-DWINSOCK_API_LINKAGE= -Wno-attributes -c $< -o $@

# The Universal C run-time forwards all of msvcrt.dll's functions that it doesn't name itself.
build/user/small/ucrtbase.def: user/small/ucrtbase.def user/msvcrt/msvcrt.def
	@mkdir -p $(@D)
	@awk '/^    [^;]/ { name = $$1; if (FNR == NR) own[name] = 1; \
		else if (!(name in own) && !/DATA/ && name !~ /\?/) print "    " name " = msvcrt." name }' $^ | \
		cat user/small/ucrtbase.def - >$@

# What our msvcrt.dll exports beyond the names that mingw-w64's library of imports has.
build/user/small/libcrt.a: user/msvcrt/msvcrt.def
	@mkdir -p $(@D)
	@$(MINGW)dlltool --deterministic-libraries -d $< -l $@

build/user/ucrtbase.dll: build/user/small/ucrtbase.o build/user/small/ucrtbase.def build/user/small/libcrt.a
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_DLL_LDFLAGS) -Wl,--enable-auto-image-base -Wl,-e,0 -o $@ $(filter %.o %.def,$^) -lmsvcrt build/user/small/libcrt.a -lkernel32 -lgcc

$(filter-out build/user/ucrtbase.dll,$(SMALL_DLLS:%=build/user/%.dll)): build/user/%.dll: user/small/%.def build/user/small/refuse.o build/user/ntdll/libntdll.a
	@echo "  LINK    $@"
	@$(USER_CC) $(USER_DLL_LDFLAGS) -Wl,--enable-auto-image-base -Wl,-e,0 -o $@ $(filter %.o,$^) $< \
		$(if $(filter bcrypt ole32 rpcrt4,$*),-ladvapi32) -lkernel32 build/user/ntdll/libntdll.a -lgcc

# Some have a source.
$(foreach dll,$(filter-out ucrtbase,$(SMALL_DLLS)),$(if $(wildcard user/small/$(dll).c),$(eval build/user/$(dll).dll: build/user/small/$(dll).o)))

DISC_FILES += $(SMALL_DLLS:%=build/disc/%.dll)
