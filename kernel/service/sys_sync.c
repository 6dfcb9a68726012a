/* sys_sync.c - system calls that wait, and the objects that exist to be waited for.
 *
 * Events, mutants and semaphores are nothing but a struct object: their whole state is in its
 * dispatcher (wait.h).
 */
#include "kernel/cpu/usercopy.h"
#include "kernel/device/clock.h"
#include "kernel/object/schedule.h"
#include "kernel/service/sys_object.h"
#include "kernel/service/syscall.h"

enum { EVENT_MANUAL = 0, EVENT_AUTO = 1, UNITS_PER_MS = 10000 };

/* --- waiting --- */

/* LARGE_INTEGER *: 0 for ever, negative a time from now, else a point of time; units of 100 ns. */
static status_t read_timeout(va_t at, uint32_t *ms)
{
    int64_t raw;
    uint64_t units, whole;
    status_t status;

    *ms = WAIT_FOREVER;
    if (!at)
        return STATUS_SUCCESS;
    status = usercopy_read(&raw, at, sizeof raw);
    if (status)
        return status;
    if (raw < 0)
        units = 0 - (uint64_t)raw;
    else
        units = (uint64_t)raw > clock_now() ? (uint64_t)raw - clock_now() : 0;
    whole = units / UNITS_PER_MS + (units % UNITS_PER_MS != 0);
    *ms = whole < WAIT_FOREVER ? (uint32_t)whole : WAIT_FOREVER;
    return STATUS_SUCCESS;
}

static void release_all(struct dispatcher *const *objects, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        object_release((struct object *)objects[i]);
}

/* References to all objects, or to none.  An object's address is its dispatcher's. */
static status_t find_all(const uint32_t *handles, uint32_t count, struct dispatcher **objects)
{
    for (uint32_t i = 0; i < count; i++) {
        struct object *object;
        status_t status = process_reference(handles[i], OBJECT_ANY, ACCESS_SYNCHRONIZE, &object);

        if (!status && object->type == OBJECT_SECTION) { /* nothing ever happens to one */
            object_release(object);
            status = STATUS_OBJECT_TYPE_MISMATCH;
        }
        if (status) {
            release_all(objects, i);
            return status;
        }
        objects[i] = &object->dispatcher;
    }
    return STATUS_SUCCESS;
}

/* One object can't be taken twice at the same time. */
static bool has_duplicates(struct dispatcher *const *objects, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = i + 1; j < count; j++)
            if (objects[i] == objects[j])
                return true;
    return false;
}

static status_t wait_handles(const uint32_t *handles, uint32_t count, bool all, va_t timeout_at)
{
    struct dispatcher *objects[WAIT_OBJECTS];
    uint32_t timeout;
    status_t status = read_timeout(timeout_at, &timeout) ?: find_all(handles, count, objects);

    if (status)
        return status;
    if (all && has_duplicates(objects, count))
        status = STATUS_INVALID_PARAMETER;
    else
        status = wait_objects(objects, count, all, timeout);
    release_all(objects, count);
    return status;
}

SYSCALL(NtWaitForSingleObject, wait_handles(&a[0], 1, false, a[2]))

status_t sys_NtWaitForMultipleObjects(const uint32_t *a)
{
    uint32_t handles[WAIT_OBJECTS], count = a[0];
    status_t status;

    if (count == 0 || count > WAIT_OBJECTS)
        return STATUS_INVALID_PARAMETER_1;
    if (a[2] > 1)
        return STATUS_INVALID_PARAMETER_3;
    status = usercopy_read(handles, a[1], count * sizeof *handles);
    for (uint32_t i = 0; i < count && !status; i++)
        if (handles[i] == HANDLE_PROCESS || handles[i] == HANDLE_THREAD)
            status = STATUS_INVALID_HANDLE; /* the pseudo handles are for calls about one object */
    return status ?: wait_handles(handles, count, a[2] == 0, a[4]);
}

status_t sys_NtDelayExecution(const uint32_t *a)
{
    struct wait_queue nobody = {0};
    uint32_t timeout;
    status_t status = read_timeout(a[1], &timeout);

    if (status)
        return status;
    if (timeout == 0)
        schedule_offer();
    else
        (void)wait_sleep(&nobody, timeout);
    return STATUS_SUCCESS;
}

status_t sys_NtYieldExecution(const uint32_t *)
{
    schedule_offer();
    return STATUS_SUCCESS;
}

/* --- making and opening --- */

struct recipe {
    enum object_type type;
    enum dispatcher_kind kind;
    int32_t signal, limit;
};

/* a: *handle, access, attributes.  The new object, if one was made, is also in *made until the next
 * call: the caller looks at it at once. */
static status_t create(const uint32_t *a, const struct recipe *recipe, struct object **made)
{
    struct object_attributes attributes;
    struct object *object;
    status_t status = object_read_attributes(a[2], &attributes);

    if (status)
        return status;
    status = sys_object_existing(&attributes, recipe->type, a[1], a[0]);
    if (status != STATUS_OBJECT_NAME_NOT_FOUND)
        return status;
    object = pool_alloc(sizeof *object, "Sync");
    if (!object)
        return STATUS_INSUFFICIENT_RESOURCES;
    object_init(object, recipe->type, recipe->kind, recipe->signal);
    object->dispatcher.limit = recipe->limit;
    status = sys_object_publish(object, &attributes, a[1], a[0]);
    if (!status)
        *made = object;
    return status;
}

/* The object of a call that may tell the previous state at `previous`.  Who may ask for a mutant's state may
 * release it: it needs an owner. */
static status_t find(uint32_t handle, enum object_type type, va_t previous, struct object **object)
{
    uint32_t access = type == OBJECT_MUTANT ? ACCESS_QUERY_STATE : ACCESS_MODIFY_STATE;

    return usercopy_probe_wish(previous, sizeof(uint32_t))
               ?: process_object(handle, type, access, object);
}

/* --- events --- */

status_t sys_NtCreateEvent(const uint32_t *a)
{
    struct recipe recipe = {OBJECT_EVENT, a[3] == EVENT_MANUAL ? DISPATCH_MANUAL : DISPATCH_AUTO,
                            (a[4] & 0xFF) != 0, 1};
    struct object *made;

    if (a[3] != EVENT_MANUAL && a[3] != EVENT_AUTO)
        return STATUS_INVALID_PARAMETER_4;
    return create(a, &recipe, &made);
}

SYSCALL(NtOpenEvent, sys_object_open_call(a, OBJECT_EVENT))

/* Set to `first`, let waiters go, then set to `then` unless one of them took it. */
static status_t change_event(const uint32_t *a, bool set, bool reset)
{
    struct object *object;
    status_t status = find(a[0], OBJECT_EVENT, a[1], &object);

    if (status)
        return status;
    (void)usercopy_put_wish(a[1], (uint32_t)object->dispatcher.signal);
    if (set) {
        object->dispatcher.signal = 1;
        wait_signal(&object->dispatcher);
    }
    if (reset)
        object->dispatcher.signal = 0;
    return STATUS_SUCCESS;
}

SYSCALL(NtSetEvent, change_event(a, true, false))
SYSCALL(NtResetEvent, change_event(a, false, true))
SYSCALL(NtPulseEvent, change_event(a, true, true))

/* --- mutants --- */

status_t sys_NtCreateMutant(const uint32_t *a)
{
    static const struct recipe recipe = {OBJECT_MUTANT, DISPATCH_MUTANT, 1, 1};
    struct dispatcher *mutant;
    struct object *made = NULL;
    status_t status = create(a, &recipe, &made);

    if (made && a[3] & 0xFF) {
        mutant = &made->dispatcher;
        (void)wait_objects(&mutant, 1, false, 0);
    }
    return status;
}

SYSCALL(NtOpenMutant, sys_object_open_call(a, OBJECT_MUTANT))

status_t sys_NtReleaseMutant(const uint32_t *a)
{
    struct object *object;
    int32_t previous;
    status_t status = find(a[0], OBJECT_MUTANT, a[1], &object);

    if (status)
        return status;
    status = wait_release_mutant(&object->dispatcher, &previous);
    if (!status)
        (void)usercopy_put_wish(a[1], (uint32_t)previous);
    return status;
}

/* --- semaphores --- */

status_t sys_NtCreateSemaphore(const uint32_t *a)
{
    struct recipe recipe = {OBJECT_SEMAPHORE, DISPATCH_SEMAPHORE, (int32_t)a[3], (int32_t)a[4]};
    struct object *made;

    if (recipe.limit <= 0 || recipe.signal < 0 || recipe.signal > recipe.limit)
        return STATUS_INVALID_PARAMETER;
    return create(a, &recipe, &made);
}

SYSCALL(NtOpenSemaphore, sys_object_open_call(a, OBJECT_SEMAPHORE))

status_t sys_NtReleaseSemaphore(const uint32_t *a)
{
    int32_t count = (int32_t)a[1];
    struct dispatcher *semaphore;
    struct object *object;
    status_t status;

    if (count <= 0)
        return STATUS_INVALID_PARAMETER;
    status = find(a[0], OBJECT_SEMAPHORE, a[2], &object);
    if (status)
        return status;
    semaphore = &object->dispatcher;
    if (count > semaphore->limit - semaphore->signal)
        return STATUS_SEMAPHORE_LIMIT;
    (void)usercopy_put_wish(a[2], (uint32_t)semaphore->signal);
    semaphore->signal += count;
    wait_signal(semaphore);
    return STATUS_SUCCESS;
}
