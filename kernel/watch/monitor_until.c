/* monitor_until.c - waiting for a fact, not for a time: until, hold, resume.
 *
 * While `until` waits, its condition is asked each time that a thread is about to return to its
 * program (thread_watch), so nothing that a program does slips past.  When it holds, the monitor is
 * woken, and since its priority is higher it runs before any program's next instruction: what the
 * next commands show is the machine at that very moment.  What happens without a program (frames
 * zeroed in idle time, the end of the last thread) is seen at the next tick.
 */
#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/process/process.h"
#include "kernel/watch/monitor_command.h"
#include "kernel/watch/place.h"
#include "lib/condition.h"
#include "lib/string.h"

enum { LIMIT_MS = 600000, LINE = 512 }; /* the limit finds a hang, it measures nothing */

/* Numbers that can be asked for: our word, the user's, of the machine (mm_totals t) and of a program (process p, its
 * counters c, its space s or 0).  FREE and those behind it change even while no program runs. */
#define NUMBERS(X)                                                                                 \
    X(FAULTS, "faults", t.faults, c->faults)                                                       \
    X(HARD, "hard", t.hard, fault_hard(c->kind))                                                   \
    X(SOFT, "soft", t.soft, fault_soft(c->kind))                                                   \
    X(PAGE_INS, "page-ins", t.page_ins, c->page_ins)                                               \
    X(PAGE_OUTS, "page-outs", t.page_outs, c->page_outs)                                           \
    X(RESIDENT, "resident", t.resident, s ? s->resident : 0)                                       \
    X(COMMIT, "commit", t.commit, s ? s->commit : 0)                                               \
    X(EVICTIONS, "evictions", reclaim_counters.trimmed, s ? s->ws.evictions : 0)                   \
    X(THREADS, "threads", count_threads(), p->thread_count)                                        \
    X(SLOTS, "slots", t.slots_used, 0)                                                             \
    X(FREE, "free", t.free, 0)                                                                     \
    X(ZEROED, "zeroed", t.zeroed, 0)                                                               \
    X(STANDBY, "standby", t.standby, 0)                                                            \
    X(MODIFIED, "modified", t.modified, 0)                                                         \
    X(AVAILABLE, "available", t.available, 0)                                                      \
    X(AHEAD, "ahead", balance_counters.zeroed, 0)

#define WORD(word, name, machine, program)    word,
#define NAME(word, name, machine, program)    name,
#define MACHINE(word, name, machine, program) machine,
#define PROGRAM(word, name, machine, program) program,

enum quantity {
    NUMBERS(WORD) QUANTITIES,
    STATE = QUANTITIES, /* texts */
    OUTPUT,
    KINDS, /* + a kind of fault */
};

static const char *const names[KINDS] = {NUMBERS(NAME) "state", "output"};

/* One term, looked up. */
struct goal {
    struct condition_term term;
    unsigned quantity;
    struct process *process; /* with a reference; 0: the whole machine */
};

static struct goal goals[CONDITION_TERMS];
static unsigned goal_count;
static struct wait_queue waiting;
static bool reached, interrupted, asking;
static uint32_t heard; /* of what programs have printed, how much is done with */

static uint32_t count_threads(void)
{
    uint32_t threads = 0;

    for (struct process *p = process_all; p; p = p->next)
        threads += p->thread_count;
    return threads;
}

static uint32_t of_machine(unsigned quantity)
{
    struct mm_totals t;

    if (quantity >= KINDS)
        return fault_kind_count[quantity - KINDS];
    mm_totals(&t);
    return (const uint32_t[]){NUMBERS(MACHINE)}[quantity];
}

static uint32_t of_program(unsigned quantity, const struct process *p)
{
    const struct space *s = p->space;
    const struct space_counters *c = s ? &s->counters : &p->counters;

    if (quantity >= KINDS)
        return c->kind[quantity - KINDS];
    return (const uint32_t[]){NUMBERS(PROGRAM)}[quantity];
}

static uint32_t value_of(const struct goal *goal)
{
    return goal->process ? of_program(goal->quantity, goal->process) : of_machine(goal->quantity);
}

/* "held": none of its threads comes back to the program before `resume`. */
static const char *state_of(const struct process *process)
{
    bool all_held = true, all_wait = true;

    if (!process->space)
        return "ended";
    for (struct thread *t = process->threads; t; t = t->next_in_process) {
        all_held = all_held && t->suspended;
        all_wait = all_wait && t->state == THREAD_WAITING;
    }
    return all_held ? "held" : all_wait ? "waiting" : "running";
}

static bool holds(const struct goal *goal)
{
    uint32_t after;

    if (goal->quantity == STATE)
        return string_equal_nocase(state_of(goal->process), goal->term.text);
    if (goal->quantity == OUTPUT)
        return console_said(goal->term.text, heard, &after);
    return condition_compare(&goal->term, value_of(goal));
}

static bool all_hold(void)
{
    for (unsigned i = 0; i < goal_count; i++)
        if (!holds(&goals[i]))
            return false;
    return true;
}

/* Called before each return to a program. */
static void look(void)
{
    if (reached || !all_hold())
        return;
    reached = true;
    wait_wake_all(&waiting);
}

static bool any_program(void)
{
    for (struct process *p = process_all; p; p = p->next)
        if (p->space)
            return true;
    return false;
}

/* The term that can't come true any more: its program, or every one, has ended. */
static const struct goal *hopeless(void)
{
    for (unsigned i = 0; i < goal_count; i++) {
        const struct goal *goal = &goals[i];
        bool alone = goal->quantity >= FREE && goal->quantity < QUANTITIES;

        if (!holds(goal) && (goal->process ? !goal->process->space : !alone && !any_program()))
            return goal;
    }
    return NULL;
}

/* "faults of thrash.exe (process 12)" */
static void name_goal(const struct goal *goal, struct text *text)
{
    text_add(text, "%s",
             goal->quantity >= KINDS ? fault_kind_name(goal->quantity - KINDS)
                                     : names[goal->quantity]);
    if (goal->process)
        text_add(text, " of %s (process %u)", goal->process->image_name, goal->process->id);
}

static void describe(const struct goal *goal, struct text *text)
{
    name_goal(goal, text);
    if (goal->quantity == STATE)
        text_add(text, " is \"%s\"", state_of(goal->process));
    else if (goal->quantity == OUTPUT)
        text_add(text, " %s \"%.60s\"", holds(goal) ? "has" : "lacks", goal->term.text);
    else
        text_add(text, " is %u", value_of(goal));
}

static void say_goals(void)
{
    struct text text = TEXT(LINE);

    for (unsigned i = 0; i < goal_count; i++) {
        text_add(&text, i ? ", " : "Now ");
        describe(&goals[i], &text);
    }
    monitor_say("%s.\n", text.buffer);
}

/* --- from words to goals --- */

static void forget_goals(void)
{
    for (unsigned i = 0; i < goal_count; i++)
        if (goals[i].process)
            object_release(&goals[i].process->object);
    goal_count = 0;
}

static bool find_quantity(const char *name, unsigned *quantity)
{
    for (unsigned q = 0; q < KINDS; q++)
        if (string_equal_nocase(name, names[q])) {
            *quantity = q;
            return true;
        }
    *quantity = KINDS + words_fault_kind(name);
    return *quantity > KINDS ||
           monitor_fail("until knows no \"%.40s\": there are faults, each kind of fault (pagefile, "
                        "demand-zero ...), hard, soft, page-ins, page-outs, resident, commit, "
                        "evictions, threads, state, output; of the machine also slots, free, "
                        "zeroed, standby, modified, available, ahead.",
                        name);
}

static bool is_state(const char *text)
{
    return text && (string_equal_nocase(text, "running") || string_equal_nocase(text, "waiting") ||
                    string_equal_nocase(text, "held") || string_equal_nocase(text, "ended"));
}

/* Does what is asked for fit what it is asked of? */
static bool check_goal(const struct goal *goal)
{
    const struct condition_term *term = &goal->term;

    if (goal->quantity == STATE && (!goal->process || !is_state(term->text)))
        return monitor_fail("A program's state is one of running, waiting, held and ended: type "
                            "\"until state of PROG is waiting\".");
    if (goal->quantity == OUTPUT && (goal->process || term->compare != CONDITION_HAS))
        return monitor_fail("Of output one asks what it has, no matter whose it is: type \"until "
                            "output has \"TEXT\"\".");
    if (goal->quantity != STATE && goal->quantity != OUTPUT && term->text)
        return monitor_fail("%s is a number: type \"until %s > 100\".", term->name, term->name);
    if (goal->process && goal->quantity > THREADS && goal->quantity < QUANTITIES)
        return monitor_fail("A program has no %s; the machine has: leave out \"of %.40s\".",
                            term->name, term->owner);
    return true;
}

static bool add_goal(const struct condition_term *term)
{
    struct goal *goal = &goals[goal_count];

    *goal = (struct goal){.term = *term};
    if (!find_quantity(term->name, &goal->quantity) ||
        (term->owner && !(goal->process = monitor_program(term->owner))) || !check_goal(goal))
        return false;
    if (goal->process)
        object_reference(&goal->process->object);
    goal_count++;
    if (term->more)
        goal->term.number += value_of(goal);
    return true;
}

static bool set_goals(int count, char **words)
{
    struct condition condition;
    const char *wrong = condition_parse(words, count, &condition);

    if (wrong)
        return monitor_fail("until: %s. Type for example \"until faults > 500\", \"until page-ins "
                            "of thrash >= 100 and free < 50\" or \"until output has ready\".",
                            wrong);
    for (unsigned i = 0; i < condition.count; i++)
        if (!add_goal(&condition.terms[i]))
            return false;
    return true;
}

/* --- waiting --- */

bool monitor_until_interrupt(void)
{
    if (!asking)
        return false;
    interrupted = true;
    wait_wake_all(&waiting);
    return true;
}

/* Sleep until all goals are reached; false when that will not be. */
static bool wait_for_goals(void)
{
    uint64_t end = clock_ms() + LIMIT_MS;

    reached = interrupted = false;
    asking = true;
    thread_set_watch(look);
    for (look(); !reached && !interrupted && !hopeless() && clock_ms() < end; look())
        wait_sleep(&waiting, THREAD_TICK_MS);
    thread_set_watch(NULL);
    asking = false;
    return reached;
}

static bool why_not(void)
{
    const struct goal *goal = hopeless();
    struct text text = TEXT(LINE);

    describe(goal ? goal : &goals[0], &text);
    if (interrupted)
        return monitor_fail("until: given up; %s.", text.buffer);
    if (goal)
        return monitor_fail("until: %s, and %s.", text.buffer,
                            goal->process ? "it has ended" : "no program runs any more");
    return monitor_fail("until: nothing like that has come to pass in %u s; %s.", LIMIT_MS / 1000,
                        text.buffer);
}

/* What was waited for is done with: the next `until` hears what comes behind it. */
static void hear(void)
{
    uint32_t after;

    for (unsigned i = 0; i < goal_count; i++)
        if (goals[i].quantity == OUTPUT && console_said(goals[i].term.text, heard, &after))
            heard = after;
}

static bool until(int count, char **words)
{
    bool good = set_goals(count - 1, words + 1);

    if (good) {
        good = wait_for_goals();
        if (good)
            say_goals();
        else
            why_not();
        hear();
    }
    forget_goals();
    return good;
}

/* --- holding --- */

/* The program that the argument means, or the newest one that runs; 0 after monitor_fail(). */
static struct process *program_of(const char *word)
{
    struct process *process = word ? monitor_program(word) : process_find(place_newest()->id);

    if (process && process->space)
        return process;
    if (process || !word)
        monitor_fail("No such program runs; \"run PROG &\" starts one in the background.");
    return NULL;
}

static bool hold(int, char **words)
{
    struct process *process = program_of(words[1]);

    if (!process)
        return false;
    for (struct thread *t = process->threads; t; t = t->next_in_process)
        if (thread_suspend(t) == UINT32_MAX)
            return monitor_fail("hold: thread %u is suspended as often as can be.", t->id);
    console_printf("%s (process %u) is held; \"resume\" lets it go on.\n", process->image_name,
                   process->id);
    return true;
}

static bool resume(int, char **words)
{
    struct process *process = program_of(words[1]);
    uint32_t held = 0;

    if (!process)
        return false;
    for (struct thread *t = process->threads; t; t = t->next_in_process)
        held += thread_resume(t) > 0;
    if (!held)
        return monitor_fail("resume: %s (process %u) is not held.", process->image_name,
                            process->id);
    console_printf("%s (process %u) goes on.\n", process->image_name, process->id);
    return true;
}

const struct monitor_command monitor_until_commands[] = {
    {"until", NULL, "CONDITION",
     "wait for a fact\nrun thrash.exe 24 &; until page-outs of thrash > 100; vm", 1, 31, until},
    {"hold", NULL, "[PROG]",
     "stop a program before its next instruction\nrun thrash.exe 24 &; hold; vad; resume", 0, 1,
     hold},
    {"resume", NULL, "[PROG]", "let it go on\nrun thrash.exe 24 &; hold; resume", 0, 1, resume},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};
