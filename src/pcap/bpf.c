/* bpf.c: an expression of libpcap's, compiled once for each link type that is met; a long one in
 * pieces (alternatives.h).
 *
 * Programs are kept in a list that only grows: reading it needs no lock. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include <tcpprobe/pcap.h>

#include "pcap/alternatives.h"
#include "pcap/compile.h"
#include "pcap/linktype.h"

#define ALTERNATIVE_WORDS 30     /* ten ports: half a millisecond each time */
#define SNAPLEN_MAX       262144 /* as libpcap's; what a program answers for "all of it" */

struct program {
    struct program *next;
    uint32_t linktype;
    bool knows_linktype; /* does libpcap? */
    bool refused;        /* by libpcap, with this sentence: */
    char why[PCAP_ERRBUF_SIZE];
    size_t count;              /* of those that could be compiled; without a refusal, of all: */
    struct bpf_program code[]; /* of each alternative */
};

struct tp_bpf {
    _Atomic(struct program *) programs;
    atomic_bool out_of_memory;
    pthread_mutex_t compiling;
    struct alternatives expressions;
};

/* NULL has the address family in the byte order of the machine that captured, and libpcap believes
 * that it was ours. LOOP is the same with the big end first; a family is a small number. */
static uint32_t language_of(uint32_t linktype, const uint8_t *bytes, uint32_t captured)
{
    if (linktype == LINKTYPE_NULL && captured >= 4 && bytes[0] == 0 && bytes[1] == 0)
        return LINKTYPE_LOOP;
    return linktype;
}

/* --- programs --------------------------------------------------------------------------------- */

/* Does libpcap know the link type, if not this expression? */
static bool is_known(pcap_t *dead)
{
    struct bpf_program anything;

    if (pcap_compile(dead, &anything, "", 0, PCAP_NETMASK_UNKNOWN) < 0)
        return false;
    pcap_freecode(&anything);
    return true;
}

static void compile_for(pcap_t *dead, struct program *program,
                        const struct alternatives *expressions)
{
    bool one = expressions->count == 1;

    for (; program->count < expressions->count; program->count++)
        if (!compile_expression(dead, expressions->list[program->count], !one,
                                &program->code[program->count])) {
            program->refused = true;
            strncpy(program->why, pcap_geterr(dead), sizeof program->why - 1);
            break;
        }
    program->knows_linktype = !program->refused || is_known(dead);
}

/* A program, or one that says why there is none; NULL if out of memory. */
static struct program *compile(const struct alternatives *expressions, uint32_t linktype)
{
    struct program *program =
        calloc(1, sizeof *program + expressions->count * sizeof *program->code);
    pcap_t *dead = pcap_open_dead(linktype_to_dlt(linktype), SNAPLEN_MAX);

    if (program && dead) {
        program->linktype = linktype;
        compile_for(dead, program, expressions);
    } else {
        free(program);
        program = NULL;
    }
    if (dead)
        pcap_close(dead);
    return program;
}

static void discard(struct program *program)
{
    for (size_t i = 0; i < program->count; i++)
        pcap_freecode(&program->code[i]);
    free(program);
}

static void add(struct tp_bpf *bpf, struct program *program)
{
    program->next = atomic_load(&bpf->programs);
    atomic_store(&bpf->programs, program);
}

static const struct program *look_up(const struct tp_bpf *bpf, uint32_t linktype)
{
    const struct program *program = atomic_load(&bpf->programs);

    while (program && program->linktype != linktype)
        program = program->next;
    return program;
}

/* NULL if out of memory. */
static const struct program *find(struct tp_bpf *bpf, uint32_t linktype)
{
    const struct program *program = look_up(bpf, linktype);
    struct program *made;

    if (program)
        return program;
    pthread_mutex_lock(&bpf->compiling);
    program = look_up(bpf, linktype); /* another thread may have been faster */
    if (!program) {
        made = compile(&bpf->expressions, linktype);
        if (made)
            add(bpf, made);
        else
            atomic_store(&bpf->out_of_memory, true);
        program = made;
    }
    pthread_mutex_unlock(&bpf->compiling);
    return program;
}

/* --- public ----------------------------------------------------------------------------------- */

/* What is wrong with an expression is said for Ethernet; some words are known to others only. The
 * programs that were made are kept: of a short expression all of them, for it may have names of
 * hosts, which whoever reads a capture may not look up any more (base/confine.h). */
static int try_out(struct tp_bpf *bpf, struct tp_error *error)
{
    static const uint32_t linktypes[] = {LINKTYPE_ETHERNET, LINKTYPE_RAW,      LINKTYPE_SLL,
                                         LINKTYPE_SLL2,     LINKTYPE_RADIOTAP, LINKTYPE_PPP,
                                         LINKTYPE_NULL};
    char why[PCAP_ERRBUF_SIZE] = "";
    struct program *program;
    bool is_short = bpf->expressions.most_words <= ALTERNATIVE_WORDS, found = false;

    for (size_t i = 0; i < sizeof linktypes / sizeof *linktypes && (!found || is_short); i++) {
        program = compile(&bpf->expressions, linktypes[i]);
        if (!program)
            return tp_error_nomem(error);
        if (i == 0)
            memcpy(why, program->why, sizeof why);
        found |= !program->refused;
        if (program->refused)
            discard(program);
        else
            add(bpf, program);
    }
    return found ? TP_OK : tp_error_set(error, TP_ERR_USAGE, "%s", why);
}

static int check_length(const struct alternatives *expressions, struct tp_error *error)
{
    if (expressions->most_words <= COMPILE_WORDS_MAX)
        return TP_OK;
    return tp_error_set(error, TP_ERR_LIMIT,
                        "%zu words are more than libpcap compiles in bounded time (%d, unless they "
                        "are alternatives joined by 'or', each with its own 'port' or 'host')",
                        expressions->most_words, COMPILE_WORDS_MAX);
}

int tp_bpf_new(struct tp_bpf **result, const char *expression, struct tp_error *error)
{
    struct tp_bpf *bpf = calloc(1, sizeof *bpf);
    int rc;

    *result = NULL;
    if (!bpf)
        return tp_error_nomem(error);
    if (pthread_mutex_init(&bpf->compiling, NULL) != 0) {
        free(bpf);
        return tp_error_nomem(error);
    }
    rc = alternatives_of(expression, ALTERNATIVE_WORDS, &bpf->expressions)
             ? check_length(&bpf->expressions, error)
             : tp_error_nomem(error);
    if (rc == TP_OK)
        rc = try_out(bpf, error);
    if (rc == TP_OK) {
        *result = bpf;
        return TP_OK;
    }
    tp_error_at(error, "pcap-filter", 0, 0);
    tp_bpf_free(bpf);
    return rc;
}

bool tp_bpf_frame(void *context, uint32_t linktype, const uint8_t *bytes, uint32_t captured,
                  uint32_t wire_len)
{
    const struct program *program = find(context, language_of(linktype, bytes, captured));
    const struct pcap_pkthdr header = {.caplen = captured, .len = wire_len};

    if (!program)
        return false;
    if (program->refused)
        return !program->knows_linktype;
    for (size_t i = 0; i < program->count; i++)
        if (pcap_offline_filter(&program->code[i], &header, bytes) != 0)
            return true;
    return false;
}

int tp_bpf_check(const struct tp_bpf *bpf, struct tp_error *error)
{
    const struct program *program = bpf ? atomic_load(&bpf->programs) : NULL;
    const char *name;

    if (bpf && atomic_load(&bpf->out_of_memory))
        return tp_error_nomem(error);
    while (program && (!program->refused || !program->knows_linktype))
        program = program->next;
    if (!program)
        return TP_OK;
    name = pcap_datalink_val_to_description(linktype_to_dlt(program->linktype));
    tp_error_set(error, TP_ERR_USAGE, "packets of link type %u (%s) cannot be asked that: %s",
                 (unsigned)program->linktype, name ? name : "unknown", program->why);
    tp_error_at(error, "pcap-filter", 0, 0);
    return TP_ERR_USAGE;
}

void tp_bpf_free(struct tp_bpf *bpf)
{
    struct program *program = bpf ? atomic_load(&bpf->programs) : NULL, *next;

    if (!bpf)
        return;
    for (; program; program = next) {
        next = program->next;
        discard(program);
    }
    pthread_mutex_destroy(&bpf->compiling);
    alternatives_release(&bpf->expressions);
    free(bpf);
}
