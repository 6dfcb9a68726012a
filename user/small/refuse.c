/* refuse.c - for functions whose device or service isn't there: they fail as they do on a Windows without it.
 *
 * The .def file of a DLL gives them their names: `CancelSynchronousIo@4 = not_found@4`.  One body for each number
 * of arguments; what it returns and which last error it leaves stands below.
 */

#define BODY(name, bytes, error, result)                                                           \
    __asm__(".globl _" name "@" bytes "\n"                                                         \
            "_" name "@" bytes ":\n"                                                               \
            "    pushl $" error "\n"                                                               \
            "    call _RtlSetLastWin32Error@4\n"                                                   \
            "    movl $" result ", %eax\n"                                                         \
            "    ret $" bytes "\n");
#define BODIES(name, error, result)                                                                \
    BODY(name, "0", error, result)                                                                 \
    BODY(name, "4", error, result)                                                                 \
    BODY(name, "8", error, result)                                                                 \
    BODY(name, "12", error, result)                                                                \
    BODY(name, "16", error, result)                                                                \
    BODY(name, "20", error, result)                                                                \
    BODY(name, "24", error, result)                                                                \
    BODY(name, "28", error, result)                                                                \
    BODY(name, "32", error, result)                                                                \
    BODY(name, "36", error, result)                                                                \
    BODY(name, "40", error, result)                                                                \
    BODY(name, "44", error, result)                                                                \
    BODY(name, "48", error, result)

__asm__(".text");
BODIES("refuse", "50", "0")                 /* FALSE or NULL; ERROR_NOT_SUPPORTED */
BODIES("refuse_handle", "50", "-1")         /* INVALID_HANDLE_VALUE */
BODIES("refuse_status", "50", "0x80004001") /* the HRESULT E_NOTIMPL */
BODIES("refuse_number", "50", "50")         /* the error itself */
BODIES("not_found", "1168", "0")            /* ERROR_NOT_FOUND */
BODIES("unimplemented", "120", "0")         /* what some run-times take for "an older Windows" */
BODIES("no_class", "50", "0x80040154")      /* the HRESULT REGDB_E_CLASSNOTREG */
BODIES("no_package", "50", "0x80090305")    /* security: SEC_E_SECPKG_NOT_FOUND */
BODIES("no_context", "50", "0x80090301")    /* SEC_E_INVALID_HANDLE */
BODIES("no_algorithm", "50", "0xC0000008")  /* bcrypt: STATUS_INVALID_HANDLE */
BODIES("no_provider", "50", "0x80090030")   /* ncrypt: NTE_DEVICE_NOT_READY */
BODIES("no_key", "2", "2")                  /* the registry: ERROR_FILE_NOT_FOUND */
BODIES("net_down", "10050", "-1")           /* sockets: SOCKET_ERROR, WSAENETDOWN */
BODIES("net_down_number", "10050", "10050") /* WSAENETDOWN as the result */
BODIES("no_driver", "50", "6")              /* sound: MMSYSERR_NODRIVER */
