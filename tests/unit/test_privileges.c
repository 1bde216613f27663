/* test_privileges.c: who called sudo, and becoming that user for good. Dropping needs root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/privileges.h"

#define NOBODY 65534

static struct {
    const char *sudo_uid, *sudo_gid, *pkexec_uid;
} environment;

static char *look_up(const char *name)
{
    const char *value = strcmp(name, "SUDO_UID") == 0     ? environment.sudo_uid
                        : strcmp(name, "SUDO_GID") == 0   ? environment.sudo_gid
                        : strcmp(name, "PKEXEC_UID") == 0 ? environment.pkexec_uid
                                                          : NULL;

    return (char *)value;
}

static void the_invoker_is_found(void **state)
{
    static const struct {
        const char *sudo_uid, *sudo_gid, *pkexec_uid;
        struct invoker invoker;
        const char *sentence;
    } rows[] = {
        {NULL, NULL, NULL, {false, 0, 0}, NULL},
        {"1000", "1001", NULL, {true, 1000, 1001}, NULL},
        {"1000", "1001", "7", {true, 1000, 1001}, NULL},
        {"0", "0", NULL, {false, 0, 0}, NULL},
        {NULL, "1001", NULL, {false, 0, 0}, NULL},
        {NULL, NULL, "65534", {true, NOBODY, NOBODY}, NULL},
        {"4294967294", "1", NULL, {false, 0, 0}, "SUDO_UID is \"4294967294\", which is no ID"},
        {"-1", "1", NULL, {false, 0, 0}, "SUDO_UID is \"-1\", which is no ID"},
        {"", "1", NULL, {false, 0, 0}, "SUDO_UID is \"\", which is no ID"},
        {"1000", "x", NULL, {false, 0, 0}, "SUDO_GID is \"x\", which is no ID"},
        {NULL, NULL, "1e3", {false, 0, 0}, "PKEXEC_UID is \"1e3\", which is no ID"},
        {NULL, NULL, "3999999999", {false, 0, 0}, "there is no user with the ID 3999999999"},
    };
    struct invoker invoker;
    struct tp_error error;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tp_error_clear(&error);
        environment.sudo_uid = rows[i].sudo_uid;
        environment.sudo_gid = rows[i].sudo_gid;
        environment.pkexec_uid = rows[i].pkexec_uid;
        if (geteuid() != 0) { /* only root has become root */
            assert_int_equal(privileges_invoker(&invoker, look_up, &error), 0);
            assert_false(invoker.known);
            continue;
        }
        assert_int_equal(privileges_invoker(&invoker, look_up, &error),
                         rows[i].sentence ? TP_ERR_USAGE : 0);
        if (rows[i].sentence)
            assert_non_null(strstr(error.text, rows[i].sentence));
        assert_int_equal(invoker.known, rows[i].invoker.known);
        assert_int_equal(invoker.uid, rows[i].invoker.uid);
        assert_int_equal(invoker.gid, rows[i].invoker.gid);
    }
}

/* The number of what is not as it should be after the drop; 0 if all is well. */
static int drop_and_look(uid_t uid, gid_t gid)
{
    const struct invoker invoker = {.known = true, .uid = uid, .gid = gid};
    uid_t real, effective, saved;
    gid_t groups[64];
    int count, fd = open("/etc/shadow", O_RDONLY | O_CLOEXEC);
    char byte;

    if (privileges_drop(&invoker, NULL) != 0)
        return 1;
    if (getresuid(&real, &effective, &saved) != 0 || real != uid || effective != uid ||
        saved != uid)
        return 2;
    if (getresgid(&real, &effective, &saved) != 0 || real != gid || effective != gid ||
        saved != gid)
        return 3;
    count = getgroups(64, groups);
    for (int i = 0; i < count; i++)
        if (groups[i] == 0)
            return 4;
    if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0 || setgroups(0, NULL) == 0)
        return 5;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return 6;
    if (fd >= 0 && read(fd, &byte, 1) != 1) /* what was open stays */
        return 7;
    return open("/etc/shadow", O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES ? 8 : 0;
}

static void there_is_no_way_back(void **state)
{
    static const uid_t uids[] = {NOBODY, 3999999999}; /* with and without an entry in passwd */
    int status;
    pid_t child;

    (void)state;
    if (geteuid() != 0) {
        print_message("# not possible here: not root\n");
        skip();
    }
    for (size_t i = 0; i < sizeof uids / sizeof *uids; i++) {
        child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(drop_and_look(uids[i], 1234));
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

static void without_an_invoker_nothing_changes(void **state)
{
    const struct invoker nobody_else = {.known = false, .uid = NOBODY, .gid = NOBODY};
    uid_t before = geteuid();

    (void)state;
    assert_int_equal(privileges_drop(&nobody_else, NULL), 0);
    assert_int_equal(geteuid(), before);
    assert_int_equal(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
}

static void a_refusal_is_told(void **state)
{
    const struct invoker other = {.known = true, .uid = NOBODY - 1, .gid = NOBODY - 1};
    struct tp_error error = TP_ERROR_INIT;
    int status;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) { /* nobody cannot become somebody else */
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(1);
        if (privileges_drop(&other, &error) != TP_ERR_IO)
            _exit(2);
        _exit(strcmp(error.text, "cannot become the user with the ID 65533: "
                                 "Operation not permitted") == 0
                  ? 0
                  : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_invoker_is_found),
        cmocka_unit_test(there_is_no_way_back),
        cmocka_unit_test(without_an_invoker_nothing_changes),
        cmocka_unit_test(a_refusal_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
