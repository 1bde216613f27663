/* drawing.c: finds and loads the part that draws. */
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/version.h>

#include "plot/drawing.h"

/* From the folder of the program or the shared library, or from the root. */
static const char *const places[] = {"draw.so", "tcpprobe/draw.so", "../lib/tcpprobe/draw.so",
                                     "/usr/local/lib/tcpprobe/draw.so",
                                     "/usr/lib/tcpprobe/draw.so"};

/* The folder, with the / at its end, of what holds this code; empty if nothing tells. */
static void find_home(char home[PATH_MAX])
{
    struct link_map *map = NULL;
    const char *slash;
    ssize_t length;
    Dl_info info;

    home[0] = '\0';
    if (dladdr1(places, &info, (void **)&map, RTLD_DL_LINKMAP) != 0 && map && map->l_name[0] == '/')
        snprintf(home, PATH_MAX, "%s", map->l_name);
    else if ((length = readlink("/proc/self/exe", home, PATH_MAX - 1)) > 0)
        home[length] = '\0'; /* of the program itself the loader knows what it was called as */
    slash = strrchr(home, '/');
    home[slash ? slash + 1 - home : 0] = '\0';
}

bool tp_drawing_find(char path[PATH_MAX])
{
    char home[PATH_MAX];
    size_t i;
    int length;

    path[0] = '\0';
    if (&tp_drawing_part)
        return true;
    find_home(home);
    for (i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i][0] != '/' && !home[0])
            continue;
        length = snprintf(path, PATH_MAX, "%s%s", places[i][0] == '/' ? "" : home, places[i]);
        if (length < PATH_MAX && access(path, R_OK) == 0)
            return true;
    }
    path[0] = '\0';
    return false;
}

const struct tp_drawing *tp_drawing_load(char *why, size_t size)
{
    const struct tp_drawing *drawing = &tp_drawing_part;
    char path[PATH_MAX];
    void *part;

    if (drawing)
        return drawing;
    if (!tp_drawing_find(path)) {
        snprintf(why, size, "there is no draw.so");
        return NULL;
    }
    part = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    drawing = part ? dlsym(part, TP_DRAWING_SYMBOL) : NULL;
    if (!drawing) {
        snprintf(why, size, "%s", dlerror());
        return NULL;
    }
    if (strcmp(drawing->version, TP_VERSION) != 0) {
        snprintf(why, size, "%s is of version %s, this is %s", path, drawing->version, TP_VERSION);
        return NULL;
    }
    return drawing;
}
