/* confine.c: which system calls are left, by name; of a few, which arguments. */
#include "base/confine.h"
#include "base/sanitized.h"

#if !defined(TP_HAVE_SECCOMP) || defined(TP_SANITIZED)

bool confine_is_built(void)
{
    return false;
}

int confine(enum confine_scope scope)
{
    (void)scope;
    return CONFINE_ABSENT;
}

#else

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

/* Machines differ in what they have: names that one does not know are passed over. */
static const char *const always[] = {
    /* what is open */
    "read", "readv", "pread64", "write", "writev", "pwrite64", "close", "close_range", "lseek",
    "_llseek", "dup", "dup2", "dup3", "fcntl", "fcntl64", "flock", "poll", "ppoll", "ppoll_time64",
    "select", "pselect6", "pselect6_time64", "pipe", "pipe2", "eventfd2", "memfd_create",
    /* what files are */
    "stat", "stat64", "lstat", "lstat64", "fstat", "fstat64", "newfstatat", "fstatat64", "statx",
    "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents", "getdents64",
    "getcwd", "chdir", "statfs", "statfs64", "fstatfs", "fstatfs64", "umask", "readahead",
    "fadvise64", "fadvise64_64", "arm_fadvise64_64",
    /* memory and threads; a process of our own, which inherits all this */
    "brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "futex", "futex_time64",
    "set_robust_list", "get_robust_list", "rseq", "membarrier", "sched_yield", "sched_getaffinity",
    "getcpu", "fork", "vfork", "wait4", "waitpid", "waitid", "exit", "exit_group", "setpriority",
    "getpriority", "set_tid_address", "seccomp", /* which only narrows */
    /* signals of our own, time and what we are */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "rt_sigtimedwait",
    "rt_sigpending", "sigaltstack", "restart_syscall", "tgkill", "alarm", "setitimer", "pause",
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_nanosleep", "clock_nanosleep_time64",
    "nanosleep", "gettimeofday", "time", "times", "getpid", "getppid", "gettid", "getuid",
    "geteuid", "getgid", "getegid", "getuid32", "geteuid32", "getgid32", "getegid32", "getrandom",
    "getrlimit", "ugetrlimit", "getrusage", "uname", "sysinfo", "arch_prctl", NULL};

static const char *const writing[] = {
    "open",        "openat",    "rename",  "renameat",  "renameat2", "unlink",
    "unlinkat",    "mkdir",     "mkdirat", "rmdir",     "fsync",     "fdatasync",
    "ftruncate64", "ftruncate", "fchmod",  "fallocate", NULL};

static const char *const drawing[] = {"unlink", "unlinkat", "ftruncate", "ftruncate64", NULL};

static const char *const recording[] = {
    "getsockopt", "setsockopt", "getsockname",     "recvfrom", "recv",
    "recvmsg",    "splice",     "sync_file_range", NULL};

static const char *const asking[] = {"sendto", "sendmsg", "recvfrom", "recvmsg", NULL};

/* No socket is made: callers come through the one that listens. Root is given up once files are
 * open. */
static const char *const serving[] = {
    "accept4",   "accept",      "recvfrom",   "recvmsg",     "recv",       "sendto",
    "sendmsg",   "send",        "shutdown",   "getsockopt",  "setsockopt", "getsockname",
    "sendfile",  "sendfile64",  "epoll_wait", "epoll_pwait", "epoll_ctl",  "epoll_create1",
    "setresuid", "setresuid32", "setresgid",  "setresgid32", "setgroups",  "setgroups32",
    "setuid",    "setuid32",    NULL};

static const char *const *const more[][3] = {
    [CONFINE_READ] = {NULL},     [CONFINE_DRAW] = {drawing},
    [CONFINE_WRITE] = {writing}, [CONFINE_RECORD] = {writing, recording},
    [CONFINE_ASK] = {asking},    [CONFINE_WATCH] = {asking},
    [CONFINE_SERVE] = {serving}, [CONFINE_SAMPLE] = {writing, recording, asking},
};

/* Only where (argument & mask) == value. */
struct allowed {
    const char *name;
    unsigned argument;
    scmp_datum_t mask, value;
};

#define WRITES (O_ACCMODE | O_CREAT | O_TRUNC)
#define NEW    (O_CREAT | O_EXCL)
#define NAMESPACES                                                                                 \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |  \
     CLONE_NEWNET)

/* clone3() hides its flags: there is none, and clone() takes its place. Limits are asked, not set.
 */
static const struct allowed restricted[] = {
    {"open", 1, WRITES, O_RDONLY},
    {"openat", 2, WRITES, O_RDONLY},
    {"clone", 0, NAMESPACES, 0},
    {"ioctl", 1, UINT32_MAX, TCGETS},
    {"ioctl", 1, UINT32_MAX, TCGETS2},
    {"ioctl", 1, UINT32_MAX, TIOCGWINSZ},
    {"prctl", 0, UINT32_MAX, PR_SET_NAME},
    {"prctl", 0, UINT32_MAX, PR_SET_PDEATHSIG},
    {"prctl", 0, UINT32_MAX, PR_SET_NO_NEW_PRIVS},
    {"prlimit64", 2, UINT64_MAX, 0},
    {NULL, 0, 0, 0},
};

static const struct allowed newly[] = {
    {"open", 1, NEW, NEW},
    {"openat", 2, NEW, NEW},
    {NULL, 0, 0, 0},
};

/* How keys are read, and back; not what puts some in the terminal's input (TIOCSTI). */
static const struct allowed of_terminals[] = {
    {"ioctl", 1, UINT32_MAX, TCSETS},
    {"ioctl", 1, UINT32_MAX, TCSETSW},
    {"ioctl", 1, UINT32_MAX, TCSETS2},
    {"ioctl", 1, UINT32_MAX, TCSETSW2},
    {NULL, 0, 0, 0},
};

static void allow_names(scmp_filter_ctx filter, const char *const *names)
{
    int number;

    for (; names && *names; names++) {
        number = seccomp_syscall_resolve_name(*names);
        if (number != __NR_SCMP_ERROR)
            seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
    }
}

static void allow_some(scmp_filter_ctx filter, const struct allowed *allowed)
{
    int number;

    for (; allowed->name; allowed++) {
        number = seccomp_syscall_resolve_name(allowed->name);
        if (number != __NR_SCMP_ERROR)
            seccomp_rule_add(
                filter, SCMP_ACT_ALLOW, number, 1,
                SCMP_CMP(allowed->argument, SCMP_CMP_MASKED_EQ, allowed->mask, allowed->value));
    }
}

bool confine_is_built(void)
{
    return true;
}

int confine(enum confine_scope scope)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int failed;

    if (!filter)
        return ENOMEM;
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
    /* Kernels before 5.16 slow a process with a filter down (spec_store_bypass), in case it runs
     * programs of others. */
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
    allow_names(filter, always);
    for (unsigned i = 0; i < sizeof more[scope] / sizeof *more[scope]; i++)
        allow_names(filter, more[scope][i]);
    allow_some(filter, restricted);
    if (scope == CONFINE_DRAW)
        allow_some(filter, newly);
    if (scope == CONFINE_WATCH)
        allow_some(filter, of_terminals);
    failed = -seccomp_load(filter);
    seccomp_release(filter);
    return failed;
}

#endif
