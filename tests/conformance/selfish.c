/* selfish.c - programs that would lock the person at the keyboard out.  usage: selfish WAY
 *
 *   normal, high   computes for ever, at that priority
 *   write          writes 4 MB to the console in one call
 *   family         starts a child that starts a child and ends; both others stay
 *   yield          waits for a thread of lower priority by Sleep(0), then by computing
 *   ending         lowers the priority of a thread that is to end, beside one that computes for ever
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static volatile LONG turn;

static int compute(int priority, const char *name)
{
    SetThreadPriority(GetCurrentThread(), priority);
    printf("selfish: computing, %s\n", name);
    while (turn == 0) {
    }
    return 0;
}

static int write_much(void)
{
    static char text[4 << 20];
    DWORD done;

    memset(text, '.', sizeof text);
    for (size_t i = 63; i < sizeof text; i += 64)
        text[i] = '\n';
    printf("selfish: writing\n");
    return !WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, sizeof text, &done, NULL);
}

/* The next of the family: 2 starts one more and ends. */
static int family(int generation)
{
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION made;
    char command[] = "selfish.exe family 0";

    command[sizeof command - 2] = (char)('0' + generation + 1);
    if (generation < 3 &&
        !CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &start, &made))
        return 1;
    if (generation == 2)
        return 0;
    if (generation == 3) {
        Sleep(1); /* the one between has ended */
        printf("selfish: the family is there\n");
    }
    Sleep(INFINITE);
    return 0;
}

static DWORD WINAPI take_turn(void *unused)
{
    return (DWORD)InterlockedIncrement(&turn) * (unused != NULL);
}

static void wait_for_turn(const char *how, int sleeps)
{
    HANDLE thread;

    turn = 0;
    thread = CreateThread(NULL, 0, take_turn, NULL, CREATE_SUSPENDED, NULL);
    SetThreadPriority(thread, THREAD_PRIORITY_LOWEST);
    ResumeThread(thread);
    while (turn == 0)
        if (sleeps)
            Sleep(0);
    printf("selfish: the thread of lower priority ran beside one that %s\n", how);
}

static int yield(void)
{
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
    wait_for_turn("sleeps 0 ms", 1);
    wait_for_turn("computes", 0);
    return 0;
}

static DWORD WINAPI compute_turns(void *unused)
{
    while (unused == NULL)
        turn++;
    return 0;
}

static int ending(void)
{
    HANDLE computing = CreateThread(NULL, 0, compute_turns, NULL, CREATE_SUSPENDED, NULL), thread;

    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST);
    thread = CreateThread(NULL, 0, compute_turns, NULL, 0, NULL);
    TerminateThread(thread, 0);
    SetThreadPriority(thread, THREAD_PRIORITY_LOWEST);
    ResumeThread(computing);
    WaitForSingleObject(thread, INFINITE);
    printf("selfish: %s while the thread was to end\n", turn ? "another one ran" : "nobody ran");
    return 0;
}

int main(int count, char **words)
{
    const char *way = count > 1 ? words[1] : "";

    setvbuf(stdout, NULL, _IONBF, 0);
    if (strcmp(way, "normal") == 0)
        return compute(THREAD_PRIORITY_NORMAL, "normal");
    if (strcmp(way, "high") == 0)
        return compute(THREAD_PRIORITY_TIME_CRITICAL, "high");
    if (strcmp(way, "write") == 0)
        return write_much();
    if (strcmp(way, "family") == 0)
        return family(count > 2 ? words[2][0] - '0' : 1);
    if (strcmp(way, "yield") == 0)
        return yield();
    if (strcmp(way, "ending") == 0)
        return ending();
    printf("usage: selfish normal | high | write | family | yield | ending\n");
    return 1;
}
