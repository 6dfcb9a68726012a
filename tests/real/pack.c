/* pack.c - packs a text with Debian's zlib1.dll, unpacks it again, and compares.
 *
 * The text is made by a generator that tests/real/run repeats in Python; with the text, the packed and
 * the unpacked form in memory at once the program needs more than twice what it is told.  Packed
 * data go through a file, so that the file system has its part.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* zlib.h's, of which only the DLL comes with the package. */
__declspec(dllimport) const char *zlibVersion(void);
__declspec(dllimport) unsigned long crc32(unsigned long crc, const unsigned char *data,
                                          unsigned size);
__declspec(dllimport) unsigned long compressBound(unsigned long size);
__declspec(dllimport) int compress2(unsigned char *to, unsigned long *to_size,
                                    const unsigned char *from, unsigned long size, int level);
__declspec(dllimport) int uncompress(unsigned char *to, unsigned long *to_size,
                                     const unsigned char *from, unsigned long size);

enum { LEVEL = 6 };

static void *block(unsigned long size)
{
    void *memory = malloc(size);

    if (!memory) {
        printf("= no memory for %lu bytes\n", size);
        exit(1);
    }
    return memory;
}

static void make_text(char *text, unsigned long size)
{
    unsigned state = 1;
    unsigned long filled = 0;

    for (unsigned line = 0; filled < size; line++) {
        char buffer[64];
        unsigned long length, room = size - filled;

        state = (state * 1103515245u + 12345u) & 0x7FFFFFFF;
        length = (unsigned long)sprintf(buffer, "%u page %u\n", line, state >> 16);
        memcpy(text + filled, buffer, length < room ? length : room);
        filled += length < room ? length : room;
    }
}

static void report(const char *what, const unsigned char *data, unsigned long size)
{
    printf("= %s %lu bytes crc %08lx\n", what, size, crc32(0, data, size));
}

static int through_file(unsigned char *data, unsigned long size)
{
    FILE *file = fopen("packed.z", "wb");
    size_t done = file ? fwrite(data, 1, size, file) : 0;

    if (!file || fclose(file) != 0 || done != size)
        return 0;
    memset(data, 0, size);
    file = fopen("packed.z", "rb");
    done = file ? fread(data, 1, size, file) : 0;
    return file && fclose(file) == 0 && done == size && remove("packed.z") == 0;
}

int main(int argc, char **argv)
{
    unsigned long size = (argc > 1 ? strtoul(argv[1], NULL, 10) : 1) << 20;
    unsigned long packed_size = compressBound(size), unpacked_size = size;
    unsigned char *text = block(size), *packed = block(packed_size), *unpacked = block(size);

    printf("= zlib %s\n", zlibVersion());
    make_text((char *)text, size);
    report("text", text, size);
    if (compress2(packed, &packed_size, text, size, LEVEL) != 0)
        return 1;
    report("packed", packed, packed_size);
    if (!through_file(packed, packed_size)) {
        perror("= packed.z");
        return 1;
    }
    if (uncompress(unpacked, &unpacked_size, packed, packed_size) != 0)
        return 1;
    report("unpacked", unpacked, unpacked_size);
    return memcmp(text, unpacked, size) == 0 ? 0 : 1;
}
