# toolbox.sh - the one list of what Pagoda needs from the host; read by tools/setup and tools/doctor.
#
# A line: groups, tool, Debian package ('a|b': the first one that apt knows), Fedora package, Arch
# package, what for.  Groups: `run` is for make run; `debug` for make debug; `test` for make test; `lint`
# for the optional static checks; `real` for the real programs of tests/real; `rewind` for make rewind;
# `extra` for the second opinion on another emulator.

# On another CPU than a PC's the kernel is cross-compiled, and neither GRUB for PCs nor the host tests, which are
# 32-bit PC code, can be had.
toolbox_list() {
    case $(uname -m) in
    x86_64 | i?86) toolbox_all ;;
    *) toolbox_all | sed -e '/ gcc-multilib /d' -e '/^run  *\(grub-\|xorriso\|mformat\)/d' -e 's/ gdb  *gdb / gdb-multiarch gdb-multiarch /' \
        -e 's/^run  *gcc  *gcc /run i686-linux-gnu-gcc gcc-i686-linux-gnu /' \
        -e 's/^run  *ld  *binutils /run i686-linux-gnu-ld binutils-i686-linux-gnu /' ;;
    esac
}

toolbox_all() {
    cat <<'LIST'
run        gcc                   gcc                                        gcc               gcc              compiles the kernel
run        ld                    binutils                                   binutils          binutils         links the kernel
run        nasm                  nasm                                       nasm              nasm             assembles the boot and trap code
run        make                  make                                       make              make             builds
run        python3               python3                                    python3           python           runs the tools
run        i686-w64-mingw32-gcc  gcc-mingw-w64-i686-win32|gcc-mingw-w64-i686 mingw32-gcc       mingw-w64-gcc    compiles the Windows programs
run        grub-mkrescue         grub-common                                grub2-tools-extra grub             makes the disc
run        grub-i386-pc          grub-pc-bin                                grub2-pc-modules  grub             the boot loader on the disc
run        xorriso               xorriso                                    xorriso           libisoburn       writes the disc
run        mformat               mtools                                     mtools            mtools           helps to write it
run        qemu-system-i386      qemu-system-x86                            qemu-system-x86   qemu-system-x86  the machine
run        xz                    xz-utils                                   xz                xz               unpacks recorded traces
test       gcc-32bit             gcc-multilib                               glibc-devel.i686  lib32-glibc      32-bit start files and C library of the host tests
test       libgcc-32bit          gcc-multilib                               libgcc.i686       lib32-gcc-libs   64-bit arithmetic on a 32-bit CPU
test       asan-32bit            gcc-multilib                               libasan.i686      lib32-gcc-libs   host tests run under the address sanitizer
test       ubsan-32bit           gcc-multilib                               libubsan.i686     lib32-gcc-libs   host tests run under the undefined-behaviour sanitizer
test,web   i686-w64-mingw32-g++  g++-mingw-w64-i686-win32|g++-mingw-w64-i686 mingw32-gcc-c++   mingw-w64-gcc    compiles the C++ programs of the disc
debug,test,web gdb               gdb                                        gdb               gdb              make debug; reads the kernel's structures for make web
test       g++                   g++                                        gcc-c++           gcc              compiles C++ for this machine, to compare with
lint       clang-format          clang-format                               clang-tools-extra clang            the layout of the code
lint       clang                 clang                                      clang             clang            tests/mutate: where a file can be changed
lint       clang-tidy            clang-tidy                                 clang-tools-extra clang            make lint
lint       cppcheck              cppcheck                                   cppcheck          cppcheck         make lint
real       tclsh                 tcl                                        tcl               tcl              puts SQLite's single source file together
real       i686-w64-mingw32-g++-posix g++-mingw-w64-i686-posix                   mingw32-gcc-c++   mingw-w64-gcc    a C++ library with POSIX threads
rewind     qemu-img              qemu-utils                                 qemu-img          qemu-img         make rewind
web        node                  nodejs                                     nodejs            nodejs           make web: renders the pages
web        npm                   npm                                        npm               npm              make web: brings the emulator, the terminal and the renderer
web        seabios               seabios                                    seabios-bin       seabios          make web: the BIOS of the page's machine
browser    chromium              chromium                                   chromium          chromium         the test of the page
firefox    firefox-esr           firefox-esr|firefox                        firefox           firefox          the test of the page in a second browser
extra      bochs                 bochs                                      bochs             bochs            a second emulator's opinion
extra      bochs-bios            bochsbios                                  bochs             bochs            its BIOS
extra      vga-bios              vgabios                                    bochs             bochs            its VGA BIOS
LIST
    # A window is only wanted where there is a desktop.
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        echo 'run        qemu-window  qemu-system-gui  qemu-ui-gtk  qemu-ui-gtk  the window of make run'
    fi
}

# The file that `gcc -m32` would use.  Without the 32-bit libraries gcc answers with a bare name or,
# worse, with the 64-bit file of the same name: its ELF class (byte 4) tells.
toolbox_gcc32() {
    file=$(gcc -m32 -print-file-name="$1" 2>/dev/null)
    [ -f "$file" ] && [ "$(od -An -tu1 -j1 -N4 "$file" | tr -d ' ')" != 6976702 ]
}

# toolbox_has TOOL: is it on this machine?
toolbox_has() {
    case $1 in
    gcc-32bit) toolbox_gcc32 crt1.o && [ -f /usr/include/stdio.h ] ;;
    libgcc-32bit) toolbox_gcc32 crtbegin.o ;;
    asan-32bit) toolbox_gcc32 libasan.so ;;
    ubsan-32bit) toolbox_gcc32 libubsan.so ;;
    grub-mkrescue) command -v grub-mkrescue >/dev/null 2>&1 || command -v grub2-mkrescue >/dev/null 2>&1 ;;
    grub-i386-pc) [ -f /usr/lib/grub/i386-pc/multiboot2.mod ] ;;
    qemu-window) qemu-system-i386 -display help 2>/dev/null | grep -Eq '^(gtk|sdl|cocoa)$' ;;
    seabios) [ -f /usr/share/seabios/bios.bin ] && [ -f /usr/share/seabios/vgabios-stdvga.bin ] ;;
    bochs-bios) [ -f /usr/share/bochs/BIOS-bochs-latest ] ;;
    vga-bios) [ -f /usr/share/vgabios/vgabios.bin ] || [ -f /usr/share/bochs/VGABIOS-lgpl-latest ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# toolbox_version TOOL: one line.
toolbox_version() {
    case $1 in
    gcc-32bit) gcc -m32 -print-file-name=crt1.o ;;
    libgcc-32bit) gcc -m32 -print-libgcc-file-name ;;
    asan-32bit) gcc -m32 -print-file-name=libasan.so ;;
    ubsan-32bit) gcc -m32 -print-file-name=libubsan.so ;;
    grub-mkrescue) grub-mkrescue --version || grub2-mkrescue --version ;;
    grub-i386-pc) echo /usr/lib/grub/i386-pc ;;
    qemu-window) qemu-system-i386 -display help | grep -E '^(gtk|sdl|cocoa)$' ;;
    seabios) echo /usr/share/seabios/bios.bin ;;
    bochs-bios) echo /usr/share/bochs/BIOS-bochs-latest ;;
    vga-bios) echo /usr/share/vgabios/vgabios.bin ;;
    bochs) bochs --help 2>&1 | grep -i emulator ;;
    nasm) nasm -v ;;
    *) "$1" --version </dev/null ;;
    esac 2>/dev/null | head -n 1
}

# toolbox_missing GROUP...: the tools of these groups that are not here, one a line with its packages.
toolbox_missing() {
    toolbox_list | while read -r group tool debian fedora arch what; do
        for one in $(echo "$group" | tr , ' '); do
            case " $* " in
            *" $one "*) toolbox_has "$tool" || echo "$tool $debian $fedora $arch $what" && break ;;
            esac
        done
    done
}
