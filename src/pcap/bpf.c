/* bpf.c: an expression of libpcap's, compiled once for each link type that is met.
 *
 * Programs are kept in a list that only grows: reading it needs no lock. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include <tcpprobe/pcap.h>

#include "pcap/linktype.h"

#define SNAPLEN_MAX 262144 /* as libpcap's; what a program answers for "all of it" */

struct program {
    struct program *next;
    uint32_t linktype;
    bool knows_linktype; /* does libpcap? */
    bool refused;        /* by libpcap, with this sentence: */
    char why[PCAP_ERRBUF_SIZE];
    struct bpf_program code;
};

struct tp_bpf {
    _Atomic(struct program *) programs;
    atomic_bool out_of_memory;
    pthread_mutex_t compiling;
    char *expression;
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

static bool compile_for(pcap_t *dead, struct program *program, const char *expression)
{
    struct bpf_program anything;

    program->refused = pcap_compile(dead, &program->code, expression, 1, PCAP_NETMASK_UNKNOWN) < 0;
    if (!program->refused)
        return true;
    strncpy(program->why, pcap_geterr(dead), sizeof program->why - 1);
    if (pcap_compile(dead, &anything, "", 1, PCAP_NETMASK_UNKNOWN) < 0)
        return false;
    pcap_freecode(&anything);
    return true;
}

/* A program, or one that says why there is none; NULL if out of memory. */
static struct program *compile(const char *expression, uint32_t linktype)
{
    struct program *program = calloc(1, sizeof *program);
    pcap_t *dead = pcap_open_dead(linktype_to_dlt(linktype), SNAPLEN_MAX);

    if (program && dead) {
        program->linktype = linktype;
        program->knows_linktype = compile_for(dead, program, expression);
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
    if (program && !program->refused)
        pcap_freecode(&program->code);
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
        made = compile(bpf->expression, linktype);
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

/* What is wrong with an expression is said for Ethernet; some words are known to others only. */
static int try_out(const char *expression, struct tp_error *error)
{
    static const uint32_t linktypes[] = {LINKTYPE_ETHERNET, LINKTYPE_RAW,      LINKTYPE_SLL,
                                         LINKTYPE_SLL2,     LINKTYPE_RADIOTAP, LINKTYPE_PPP,
                                         LINKTYPE_NULL};
    char why[PCAP_ERRBUF_SIZE] = "";
    struct program *program;
    bool refused = true;

    for (size_t i = 0; refused && i < sizeof linktypes / sizeof *linktypes; i++) {
        program = compile(expression, linktypes[i]);
        if (!program)
            return tp_error_nomem(error);
        refused = program->refused;
        if (i == 0)
            memcpy(why, program->why, sizeof why);
        discard(program);
    }
    if (!refused)
        return TP_OK;
    tp_error_set(error, TP_ERR_USAGE, "%s", why);
    tp_error_at(error, "pcap-filter", 0, 0);
    return TP_ERR_USAGE;
}

int tp_bpf_new(struct tp_bpf **result, const char *expression, struct tp_error *error)
{
    int rc = try_out(expression, error);
    struct tp_bpf *bpf;

    *result = NULL;
    if (rc < 0)
        return rc;
    bpf = calloc(1, sizeof *bpf);
    if (!bpf)
        return tp_error_nomem(error);
    bpf->expression = strdup(expression);
    if (!bpf->expression || pthread_mutex_init(&bpf->compiling, NULL) != 0) {
        free(bpf->expression);
        free(bpf);
        return tp_error_nomem(error);
    }
    *result = bpf;
    return TP_OK;
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
    return pcap_offline_filter(&program->code, &header, bytes) != 0;
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
    free(bpf->expression);
    free(bpf);
}
