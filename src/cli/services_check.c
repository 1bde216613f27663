/* services_check.c: do the sockets add up?
 *
 * All that a host sent again is of a socket, or of a request that is none yet: the SYN-ACKs of a
 * handshake that was finished are in the total of the socket that it became. So the sum over
 * sockets and the SYN-ACKs of unfinished handshakes is what the kernel counts as RetransSegs
 * (measured in recordings with a link that was known). Its counters of kinds are of segments; what
 * neither they nor timeouts count are tail-loss probes, about: a timeout that gives up sends
 * nothing.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/phrase.h"
#include "cli/services.h"

struct check {
    bool known, has_kinds;
    uint64_t sockets, synacks, kernel;
    uint64_t fast, timeouts, slow_start, syn, tlp;
    uint64_t wiped, ends_lost;
};

static uint64_t counted(const struct tp_analysis *analysis, enum tp_counted counter, bool *known)
{
    uint64_t growth;

    *known &= tp_analysis_counted(analysis, counter, &growth);
    return growth;
}

static struct check check_of(const struct services_groups *groups,
                             const struct tp_analysis *analysis)
{
    struct check check = {.known = true, .has_kinds = true, .wiped = groups->wiped};
    uint64_t known;

    check.sockets = groups->all.sum[SERVICES_RESENT];
    check.synacks = groups->unsampled.sum[SERVICES_SYNACK];
    check.kernel = counted(analysis, TP_COUNTED_RETRANS_SEGS, &check.known);
    check.fast = counted(analysis, TP_COUNTED_FAST_RETRANS, &check.has_kinds);
    check.timeouts = counted(analysis, TP_COUNTED_TIMEOUTS, &check.has_kinds);
    check.slow_start = counted(analysis, TP_COUNTED_SLOW_START_RETRANS, &check.has_kinds);
    check.syn = counted(analysis, TP_COUNTED_SYN_RETRANS, &check.has_kinds);
    known = check.fast + check.timeouts + check.slow_start;
    check.tlp = check.kernel > known ? check.kernel - known : 0;
    check.has_kinds &= check.known;
    check.ends_lost = tp_analysis_ends_lost(analysis);
    return check;
}

static int64_t difference(const struct check *check)
{
    return (int64_t)(check->sockets + check->synacks) - (int64_t)check->kernel;
}

/* --- as sentences ----------------------------------------------------------------------------- */

static void say(struct tp_out *out, const char *text)
{
    tp_out_text(out, text);
    tp_out_text(out, "\n");
}

static void say_why(struct tp_out *out, const struct check *check)
{
    char text[256];

    if (check->wiped) {
        snprintf(text, sizeof text,
                 "  %" PRIu64
                 " sockets ended without totals (SO_LINGER 0): what they sent again after "
                 "their last sample is not known",
                 check->wiped);
        say(out, text);
    }
    if (check->ends_lost)
        say(out,
            "  the kernel had no room to tell the ends of some connections: what they sent again "
            "after their last sample is not known");
    if (!check->wiped && !check->ends_lost)
        say(out,
            "  sockets and counters are read one after the other; a filter leaves sockets out that "
            "are counted, and so does a namespace that was not sampled");
}

void services_check(struct tp_out *out, const struct services_groups *groups,
                    const struct tp_analysis *analysis)
{
    struct check check = check_of(groups, analysis);
    int64_t more = difference(&check);
    char text[320];
    struct tp_phrase phrase = tp_phrase_in(text, sizeof text);

    if (!check.known) {
        say(out, "not checked: the recording has no counters of the kernel");
        return;
    }
    tp_phrase_add(&phrase, "check: sockets sent %" PRIu64 " segments again", check.sockets);
    if (check.synacks)
        tp_phrase_add(&phrase, ", requests that became none %" PRIu64 " SYN-ACKs", check.synacks);
    tp_phrase_add(&phrase, "; the kernel counted %" PRIu64 " (RetransSegs): ", check.kernel);
    if (more)
        tp_phrase_add(&phrase, "%" PRId64 " too %s", more < 0 ? -more : more,
                      more < 0 ? "few" : "many");
    else
        tp_phrase_add(&phrase, "equal");
    say(out, text);
    if (more)
        say_why(out, &check);
    if (!check.has_kinds)
        return;
    snprintf(text, sizeof text,
             "kinds by the kernel's counters, in segments: %" PRIu64 " fast, %" PRIu64
             " timeouts (%" PRIu64 " SYN or SYN-ACK among them), %" PRIu64
             " slow start, about %" PRIu64 " tail-loss probes",
             check.fast, check.timeouts, check.syn, check.slow_start, check.tlp);
    say(out, text);
}

/* --- as an object ----------------------------------------------------------------------------- */

static void put(struct tp_out *out, const char *name, bool known, int64_t number)
{
    char text[96];

    if (known)
        snprintf(text, sizeof text, "\"%s\":%" PRId64, name, number);
    else
        snprintf(text, sizeof text, "\"%s\":null", name);
    tp_out_text(out, text);
}

void services_check_json(struct tp_out *out, const struct services_groups *groups,
                         const struct tp_analysis *analysis)
{
    struct check check = check_of(groups, analysis);
    const struct {
        const char *name;
        bool known;
        int64_t number;
    } members[] = {
        {"sockets_segs", true, (int64_t)check.sockets},
        {"unfinished_synacks", true, (int64_t)check.synacks},
        {"kernel_segs", check.known, (int64_t)check.kernel},
        {"difference_segs", check.known, check.known ? difference(&check) : 0},
        {"sockets_without_totals", true, (int64_t)check.wiped},
        {"ends_lost", true, (int64_t)check.ends_lost},
        {"kernel_fast_segs", check.has_kinds, (int64_t)check.fast},
        {"kernel_timeouts", check.has_kinds, (int64_t)check.timeouts},
        {"kernel_slow_start_segs", check.has_kinds, (int64_t)check.slow_start},
        {"kernel_syn_segs", check.has_kinds, (int64_t)check.syn},
        {"kernel_tlp_segs_about", check.has_kinds, (int64_t)check.tlp},
    };

    tp_out_text(out, "{");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        tp_out_text(out, i ? "," : "");
        put(out, members[i].name, members[i].known, members[i].number);
    }
    tp_out_text(out, "}");
}
