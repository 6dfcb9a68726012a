/* framemap.c - frames as letters and colours.
 *
 * A cell may stand for hundreds of frames; looking at a few of them keeps a redraw of 3.5 GB as
 * cheap as one of 16 MB.
 */
#include "kernel/watch/framemap.h"
#include "kernel/device/vga.h"

enum { SAMPLES = 8 };

const char framemap_legend[] =
    "K kernel T table P pool S stack $ kernel space # section - standby + modified\n"
    ". free 0 zeroed x withheld";

char framemap_letter(uint32_t pid)
{
    return (char)('a' + pid / 4 % 26);
}

uint8_t framemap_color(uint32_t pid)
{
    static const uint8_t colors[] = {VGA_BLUE, VGA_GREEN,   VGA_RED,
                                     VGA_CYAN, VGA_MAGENTA, VGA_BROWN};

    return colors[pid / 4 % sizeof colors];
}

/* The colour of whose page this is; the kernel and sections are grey. */
static enum vga_color owner_color(const struct pfn *p)
{
    if (p->use != PFN_USE_PRIVATE || !p->owner || p->owner == &space_kernel)
        return VGA_GREY;
    return framemap_color(p->owner->id);
}

static struct framemap_cell active_cell(pfn_t frame)
{
    static const char letters[PFN_USES] = {'?', 'a', '#', 'T', 'P', 'S', 'K', 'W'};
    const struct pfn *p = pfn_record(frame);
    struct framemap_cell cell = {letters[p->use], vga_attribute(VGA_GREY, VGA_BLACK), false};
    enum vga_color ink;

    if (p->use == PFN_USE_PHYSICAL || p->use == PFN_USE_KERNEL || p->use == PFN_USE_POOL ||
        p->use == PFN_USE_STACK)
        return cell;
    if (p->use == PFN_USE_TABLE) {
        cell.attribute = vga_attribute(VGA_YELLOW, VGA_BLACK);
        return cell;
    }
    ink = p->ws && resident_view.accessed(frame) ? VGA_WHITE : VGA_BLACK;
    cell.attribute = vga_attribute(ink, owner_color(p));
    if (p->use != PFN_USE_PRIVATE || !p->owner)
        return cell;
    if (p->owner == &space_kernel) {
        cell.letter = '$';
        return cell;
    }
    cell.letter = framemap_letter(p->owner->id);
    cell.dirty = p->ws && resident_view.dirty(frame);
    return cell;
}

static struct framemap_cell frame_cell(pfn_t frame)
{
    static const char letters[PFN_STATES] = {
        [PFN_UNUSABLE] = ' ', [PFN_FREE] = '.',     [PFN_ZEROED] = '0',
        [PFN_STANDBY] = '-',  [PFN_MODIFIED] = '+', [PFN_BAD] = 'x'};
    const struct pfn *p = pfn_look(frame);
    bool waits = p->state == PFN_STANDBY || p->state == PFN_MODIFIED;
    enum vga_color ink = waits ? owner_color(p) | VGA_DARK : VGA_DARK; /* its bright shade */

    if (p->state == PFN_ACTIVE)
        return active_cell(frame);
    return (struct framemap_cell){letters[p->state], vga_attribute(ink, VGA_BLACK), false};
}

static bool same(struct framemap_cell a, struct framemap_cell b)
{
    return a.letter == b.letter && a.attribute == b.attribute && a.dirty == b.dirty;
}

struct framemap_cell framemap_cell(pfn_t first, uint32_t count)
{
    struct framemap_cell sample[SAMPLES], best = {' ', vga_attribute(VGA_DARK, VGA_BLACK), false};
    uint32_t samples = count < SAMPLES ? count : SAMPLES, most = 0;

    for (uint32_t i = 0; i < samples; i++)
        sample[i] = frame_cell(first + (pfn_t)((uint64_t)count * i / samples));
    for (uint32_t i = 0; i < samples; i++) {
        uint32_t votes = 0;

        for (uint32_t j = 0; j < samples; j++)
            votes += same(sample[i], sample[j]);
        if (votes > most) {
            most = votes;
            best = sample[i];
        }
    }
    return best;
}
