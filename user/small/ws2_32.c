/* ws2_32.c - sockets start, and say that there is no network. */
#include "user/small/small.h"

#include <winsock2.h>

int WINAPI WSAStartup(WORD version, LPWSADATA data)
{
    memset(data, 0, sizeof *data);
    data->wVersion = version;
    data->wHighVersion = 0x0202;
    lstrcpyA(data->szDescription, "Pagoda without a network");
    lstrcpyA(data->szSystemStatus, "Down");
    return 0;
}

int WINAPI WSACleanup(void)
{
    return 0;
}

int WINAPI WSAGetLastError(void)
{
    return (int)GetLastError();
}

void WINAPI WSASetLastError(int error)
{
    SetLastError((DWORD)error);
}

u_short WINAPI htons(u_short value)
{
    return (u_short)(value >> 8 | value << 8);
}

u_long WINAPI htonl(u_long value)
{
    return __builtin_bswap32(value);
}

/* Four numbers with dots; anything else is INADDR_NONE. */
unsigned long WINAPI inet_addr(const char *text)
{
    unsigned long address = 0;

    for (int part = 0; part < 4; part++) {
        unsigned value = 0;

        if (*text < '0' || *text > '9')
            return INADDR_NONE;
        while (*text >= '0' && *text <= '9' && value < 256)
            value = value * 10 + (unsigned)(*text++ - '0');
        if (value > 255 || *text != (part < 3 ? '.' : 0))
            return INADDR_NONE;
        address |= (unsigned long)value << 8 * part;
        text += part < 3;
    }
    return address;
}

int WINAPI gethostname(char *name, int size)
{
    static const char own[] = "pagoda";

    if (size < (int)sizeof own) {
        SetLastError(WSAEFAULT);
        return SOCKET_ERROR;
    }
    memcpy(name, own, sizeof own);
    return 0;
}

/* Is the socket in the set?  (FD_ISSET) */
int WINAPI __WSAFDIsSet(SOCKET socket, fd_set *set)
{
    for (u_int i = 0; i < set->fd_count; i++)
        if (set->fd_array[i] == socket)
            return 1;
    return 0;
}
