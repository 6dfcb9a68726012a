/* secur32.c - the table of the security functions: there, as curl and others want it, but no package is installed.
 *
 * The functions are bodies of refuse.c.  A and W differ in no place and in no number of arguments, so one table serves
 * both (sspi.h).
 */
#include "user/small/small.h"

#define SECURITY_WIN32
#include <sspi.h>

#define BODY(name, bytes) extern const char name##_##bytes[] __asm__("_" #name "@" #bytes)
BODY(no_package, 8);
BODY(no_package, 12);
BODY(no_package, 32);
BODY(no_package, 36);
BODY(no_package, 48);
BODY(no_context, 4);
BODY(no_context, 8);
BODY(no_context, 12);
BODY(no_context, 16);

static SecurityFunctionTableA table = {
    .dwVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,
    .EnumerateSecurityPackagesA = (void *)no_package_8,
    .QueryCredentialsAttributesA = (void *)no_context_12,
    .AcquireCredentialsHandleA = (void *)no_package_36,
    .FreeCredentialHandle = (void *)no_context_4,
    .InitializeSecurityContextA = (void *)no_package_48,
    .AcceptSecurityContext = (void *)no_package_36,
    .CompleteAuthToken = (void *)no_context_8,
    .DeleteSecurityContext = (void *)no_context_4,
    .ApplyControlToken = (void *)no_context_8,
    .QueryContextAttributesA = (void *)no_context_12,
    .ImpersonateSecurityContext = (void *)no_context_4,
    .RevertSecurityContext = (void *)no_context_4,
    .MakeSignature = (void *)no_context_16,
    .VerifySignature = (void *)no_context_16,
    .FreeContextBuffer = (void *)no_context_4,
    .QuerySecurityPackageInfoA = (void *)no_package_8,
    .ExportSecurityContext = (void *)no_context_16,
    .ImportSecurityContextA = (void *)no_context_16,
    .AddCredentialsA = (void *)no_package_32,
    .QuerySecurityContextToken = (void *)no_context_8,
    .EncryptMessage = (void *)no_context_16,
    .DecryptMessage = (void *)no_context_16,
    .SetContextAttributesA = (void *)no_context_16,
};

PSecurityFunctionTableA WINAPI InitSecurityInterfaceA(void)
{
    return &table;
}
