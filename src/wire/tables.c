/* tables.c: the names of what a packet can be, and why. */
#include <tcpprobe/wire.h>

_Static_assert(TP_FINDING_COUNT <= 64, "struct tp_meaning has 64 bits for findings");

const struct tp_finding_info tp_findings[TP_FINDING_COUNT] = {
#define FINDING(ID, name, mark, help) {name, mark, help},
    TP_FINDINGS(FINDING)
#undef FINDING
};

const struct tp_cause_info tp_causes[TP_CAUSE_COUNT] = {
#define CAUSE(ID, name, title, episode, help) {name, title, episode, help},
    TP_CAUSES(CAUSE)
#undef CAUSE
};

const char *tp_cause_name(enum tp_cause cause)
{
    return tp_causes[cause].name;
}

const char *tp_evidence_name(enum tp_evidence evidence)
{
    static const char *const names[] = {
#define EVIDENCE(ID, name, help) name,
        TP_EVIDENCE(EVIDENCE)
#undef EVIDENCE
    };

    return names[evidence];
}

const char *tp_confidence_name(enum tp_confidence confidence)
{
    static const char *const names[] = {"guess", "likely", "certain"};

    return names[confidence];
}
