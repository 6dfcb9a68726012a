/* rpcrt4.c - identifiers that nobody else has. */
#include "user/small/small.h"

#include <ntsecapi.h>
#include <rpc.h>

/* Version 4: random but for six bits. */
RPC_STATUS RPC_ENTRY UuidCreate(UUID *out)
{
    if (!RtlGenRandom(out, sizeof *out))
        return RPC_S_OUT_OF_MEMORY;
    out->Data3 = (unsigned short)((out->Data3 & 0x0FFF) | 0x4000);
    out->Data4[0] = (unsigned char)((out->Data4[0] & 0x3F) | 0x80);
    return RPC_S_OK;
}

RPC_STATUS RPC_ENTRY UuidCreateNil(UUID *out)
{
    memset(out, 0, sizeof *out);
    return RPC_S_OK;
}

int RPC_ENTRY UuidEqual(UUID *a, UUID *b, RPC_STATUS *status)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    unsigned differs = 0;

    for (size_t i = 0; i < sizeof *a; i++)
        differs |= (unsigned)(x[i] ^ y[i]);
    *status = RPC_S_OK;
    return differs == 0;
}

int RPC_ENTRY UuidIsNil(UUID *uuid, RPC_STATUS *status)
{
    UUID nil = {0};

    return UuidEqual(uuid, &nil, status);
}
