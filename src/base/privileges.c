/* privileges.c: from root to the user who called sudo or pkexec, without a way back.
 *
 * sudo(8) and pkexec(1) say in the environment who called them; setting all three IDs as root also
 * drops every capability (capabilities(7)). */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/units.h"
#include "base/capabilities.h"
#include "base/privileges.h"

#define ID_MAX 0xfffffffeU /* (uid_t)-1 means "leave it" to setresuid() */

/* False and an error if the variable is there but is no number. */
static bool read_id(char *(*lookup)(const char *), const char *name, uint64_t *id, bool *found,
                    struct tp_error *error)
{
    const char *text = lookup(name);

    *found = text != NULL;
    if (!text || tp_units_parse_count(text, ID_MAX - 1, id))
        return true;
    tp_error_set(error, TP_ERR_USAGE, "the environment variable %s is \"%.32s\", which is no ID",
                 name, text);
    return false;
}

int privileges_invoker(struct invoker *invoker, char *(*lookup)(const char *name),
                       struct tp_error *error)
{
    const struct passwd *user;
    uint64_t uid = 0, gid = 0;
    bool has_uid, has_gid;

    *invoker = (struct invoker){.known = false};
    if (geteuid() != 0)
        return 0;
    if (!read_id(lookup, "SUDO_UID", &uid, &has_uid, error) ||
        !read_id(lookup, "SUDO_GID", &gid, &has_gid, error))
        return TP_ERR_USAGE;
    if (!has_uid && !read_id(lookup, "PKEXEC_UID", &uid, &has_uid, error))
        return TP_ERR_USAGE;
    if (!has_uid || uid == 0)
        return 0;
    if (!has_gid) {
        user = getpwuid((uid_t)uid);
        if (!user)
            return tp_error_set(error, TP_ERR_USAGE, "there is no user with the ID %u",
                                (unsigned)uid);
        gid = user->pw_gid;
    }
    *invoker = (struct invoker){.known = true, .uid = (uid_t)uid, .gid = (gid_t)gid};
    return 0;
}

int privileges_drop(const struct invoker *invoker, struct tp_error *error)
{
    const struct passwd *user;
    int rc;

    if (!invoker->known)
        return capabilities_drop() ? 0 : tp_error_sys(error, errno, "cannot give up capabilities");
    user = getpwuid(invoker->uid);
    rc = user ? initgroups(user->pw_name, invoker->gid) : setgroups(1, &invoker->gid);
    if (rc != 0 || setresgid(invoker->gid, invoker->gid, invoker->gid) != 0 ||
        setresuid(invoker->uid, invoker->uid, invoker->uid) != 0)
        return tp_error_sys(error, errno, "cannot become the user with the ID %u",
                            (unsigned)invoker->uid);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (setuid(0) == 0 || geteuid() != invoker->uid || getegid() != invoker->gid)
        return tp_error_set(error, TP_ERR_UNSUPPORTED, "root could not be given up");
    return 0;
}
