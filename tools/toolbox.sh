# toolbox.sh - the one list of what Pagoda needs from the host; read by tools/setup and tools/doctor.
#
# A line: group, tool, Debian package ('a|b': the first one that apt knows), Fedora package, Arch
# package, what for.  Groups: `need` builds, runs and tests; `lint` is for the optional static
# checks; `real` for the real programs of tests/real; `rewind` for make rewind; `extra` for the
# second opinion on another emulator.

toolbox_list() {
    cat <<'LIST'
need  gcc                   gcc                    gcc                gcc              compiles the kernel and the host tests
need  gcc-32bit             gcc-multilib           glibc-devel.i686   lib32-glibc      32-bit start files and C library of the host tests
need  libgcc-32bit          gcc-multilib           libgcc.i686        lib32-gcc-libs   64-bit arithmetic on a 32-bit CPU
need  asan-32bit            gcc-multilib           libasan.i686       lib32-gcc-libs   host tests run under the address sanitizer
need  ubsan-32bit           gcc-multilib           libubsan.i686      lib32-gcc-libs   host tests run under the undefined-behaviour sanitizer
need  ld                    binutils               binutils           binutils         links the kernel
need  nasm                  nasm                   nasm               nasm             assembles the boot and trap code
need  make                  make                   make               make             builds
need  python3               python3                python3            python           runs the tests and the tools
need  i686-w64-mingw32-gcc  gcc-mingw-w64-i686-win32|gcc-mingw-w64-i686  mingw32-gcc      mingw-w64-gcc  compiles the Windows programs
need  i686-w64-mingw32-g++  g++-mingw-w64-i686-win32|g++-mingw-w64-i686  mingw32-gcc-c++  mingw-w64-gcc  compiles the Windows programs in C++
need  grub-mkrescue         grub-common            grub2-tools-extra  grub             makes the disc
need  grub-i386-pc          grub-pc-bin            grub2-pc-modules   grub             the boot loader on the disc
need  xorriso               xorriso                xorriso            libisoburn       writes the disc
need  mformat               mtools                 mtools             mtools           helps grub-mkrescue
need  qemu-system-i386      qemu-system-x86        qemu-system-x86    qemu-system-x86  the machine
need  xz                    xz-utils               xz                 xz               unpacks the recorded traces of programs
need  gdb                   gdb                    gdb                gdb              make debug
lint  clang-format          clang-format           clang-tools-extra  clang            the layout of the code
lint  clang                 clang                  clang              clang            tests/mutate: where a file can be changed
lint  clang-tidy            clang-tidy             clang-tools-extra  clang            make lint
lint  cppcheck              cppcheck               cppcheck           cppcheck         make lint
real  tclsh                 tcl                    tcl                tcl              puts SQLite's single source file together
real  i686-w64-mingw32-g++-posix g++-mingw-w64-i686-posix mingw32-gcc-c++ mingw-w64-gcc  a C++ library with POSIX threads
real  g++                   g++                    gcc-c++            gcc              the same C++ program for this machine
rewind qemu-img             qemu-utils             qemu-img           qemu-img         make rewind
web   node                  nodejs                 nodejs             nodejs           make web: renders the pages
web   npm                   npm                    npm                npm              make web: brings the emulator, the terminal and the renderer
web   seabios               seabios                seabios-bin        seabios          make web: the BIOS of the page's machine
browser chromium            chromium               chromium           chromium         the test of the page
firefox firefox-esr        firefox-esr|firefox    firefox            firefox          the test of the page in a second browser
extra bochs                 bochs                  bochs              bochs            a second emulator's opinion
extra bochs-bios            bochsbios              bochs              bochs            its BIOS
extra vga-bios              vgabios                bochs              bochs            its VGA BIOS
LIST
    # A window is only wanted where there is a desktop.
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        echo 'need  qemu-window  qemu-system-gui  qemu-ui-gtk  qemu-ui-gtk  the window of make run'
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
    *) "$1" --version ;;
    esac 2>/dev/null | head -n 1
}

# toolbox_missing GROUP...: the tools of these groups that are not here, one a line with its packages.
toolbox_missing() {
    toolbox_list | while read -r group tool debian fedora arch what; do
        case " $* " in
        *" $group "*) toolbox_has "$tool" || echo "$tool $debian $fedora $arch $what" ;;
        esac
    done
}
