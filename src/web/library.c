/* library.c: finds the functions that are used. */
#include "web/library.h"

#ifdef TP_HAVE_MICROHTTPD

#include <dlfcn.h>

#define LIBRARY "libmicrohttpd.so.12"

int library_load(struct library *library, struct tp_error *error)
{
    library->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library->handle)
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "a page needs " LIBRARY ", which is not installed (Debian: "
                            "libmicrohttpd12)");
#define LOOK_UP(name)                                                                              \
    *(void **)&library->name = dlsym(library->handle, "MHD_" #name);                               \
    if (!library->name)                                                                            \
        return tp_error_set(error, TP_ERR_UNSUPPORTED, LIBRARY " has no MHD_" #name "()");
    LIBRARY_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    return TP_OK;
}

#endif
