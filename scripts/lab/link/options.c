/* options.c: getopt_long(3); quantities with their units. */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "options.h"

#define USAGE 2

static const char usage[] =
    "usage: linkem [OPTION]... SENDER-NETNS RECEIVER-NETNS\n"
    "\n"
    "Joins two network namespaces (paths, as /run/netns/NAME) by a link with a bottleneck: makes "
    "a\n"
    "TUN device in each and carries IP packets between them until SIGTERM or SIGINT, then prints\n"
    "what it counted. Once the devices are there, it prints the clocks' offset.\n"
    "\n"
    "  --rate RATE          bits of IP packets a second: 20mbit, 1.5gbit, 500kbit (no limit)\n"
    "  --delay TIME         one way: 20ms (0)\n"
    "  --queue SIZE         drop-tail queue in bytes: 100k, 1m; k is 1000 (100k)\n"
    "  --ecn SIZE           mark packets that can be when more than that is queued (never)\n"
    "  --police RATE        drop what is faster than that, without a queue: a token bucket "
    "(never)\n"
    "  --police-burst SIZE  that its bucket holds: 30k (30k)\n"
    "  --loss SHARE         lose packets above 200 bytes at random: 0.5% or 0.005 (0)\n"
    "  --lose-first NUMBER  lose so many packets, from the first one on (0)\n"
    "  --drop-above SIZE    lose all packets above SIZE, and tell nobody (never)\n"
    "  --pause TIME         deliver nothing for so long ...\n"
    "  --pause-every TIME     each time that so much is over, first after so much (never)\n"
    "  --reorder SHARE      hold up packets above 200 bytes at random (0)\n"
    "  --reorder-delay TIME   for so long (5ms)\n"
    "  --duplicate SHARE    deliver packets above 200 bytes twice at random (0)\n"
    "  --seed NUMBER        of what is random (1)\n"
    "  --both-ways          all that for the way back too, which otherwise only has the delay\n"
    "  --loss-back SHARE    lose packets of the way back, whatever their size, at random (0)\n"
    "  --lose-first-back NUMBER  likewise, so many from the first one on (0)\n"
    "  --batch-back TIME    deliver packets of the way back at whole multiples of TIME (at any)\n"
    "  --device NAME        of both TUN devices (lab0)\n"
    "  --pcap FILE          capture at the sender's end; FILE may be a named pipe\n"
    "  --far-pcap FILE      the same at the receiver's end\n"
    "  --snaplen BYTES      of each captured packet (96)\n";

enum choice {
    RATE = 1,
    DELAY,
    QUEUE,
    ECN,
    POLICE,
    POLICE_BURST,
    LOSS,
    LOSE_FIRST,
    DROP_ABOVE,
    PAUSE,
    PAUSE_EVERY,
    LOSS_BACK,
    LOSE_FIRST_BACK,
    BATCH_BACK,
    REORDER,
    REORDER_DELAY,
    DUPLICATE,
    SEED,
    BOTH_WAYS,
    DEVICE,
    PCAP,
    FAR_PCAP,
    SNAPLEN,
    HELP
};

static const struct option long_options[] = {
    {"rate", required_argument, NULL, RATE},
    {"delay", required_argument, NULL, DELAY},
    {"queue", required_argument, NULL, QUEUE},
    {"ecn", required_argument, NULL, ECN},
    {"police", required_argument, NULL, POLICE},
    {"police-burst", required_argument, NULL, POLICE_BURST},
    {"loss", required_argument, NULL, LOSS},
    {"lose-first", required_argument, NULL, LOSE_FIRST},
    {"drop-above", required_argument, NULL, DROP_ABOVE},
    {"pause", required_argument, NULL, PAUSE},
    {"pause-every", required_argument, NULL, PAUSE_EVERY},
    {"loss-back", required_argument, NULL, LOSS_BACK},
    {"lose-first-back", required_argument, NULL, LOSE_FIRST_BACK},
    {"batch-back", required_argument, NULL, BATCH_BACK},
    {"reorder", required_argument, NULL, REORDER},
    {"reorder-delay", required_argument, NULL, REORDER_DELAY},
    {"duplicate", required_argument, NULL, DUPLICATE},
    {"seed", required_argument, NULL, SEED},
    {"both-ways", no_argument, NULL, BOTH_WAYS},
    {"device", required_argument, NULL, DEVICE},
    {"pcap", required_argument, NULL, PCAP},
    {"far-pcap", required_argument, NULL, FAR_PCAP},
    {"snaplen", required_argument, NULL, SNAPLEN},
    {"help", no_argument, NULL, HELP},
    {0},
};

struct suffix {
    const char *name;
    double factor;
};

static const struct suffix rates[] = {{"bit", 1}, {"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}, {0}};
static const struct suffix sizes[] = {{"", 1}, {"k", 1e3}, {"m", 1e6}, {0}};
static const struct suffix shares[] = {{"", 1}, {"%", 0.01}, {0}};

/* A decimal number and one of the suffixes, at most max; exits if it is anything else. */
static double quantity(const char *text, const struct suffix *suffixes, double max,
                       const char *what)
{
    char *end;
    double value = strtod(text, &end);

    /* strtod() also reads signs, "inf" and "nan". */
    if (*text == '.' || (*text >= '0' && *text <= '9'))
        for (const struct suffix *suffix = suffixes; suffix->name; suffix++)
            if (strcmp(end, suffix->name) == 0 && value * suffix->factor <= max)
                return value * suffix->factor;
    errx(USAGE, "'%s' is not %s", text, what);
}

static int64_t duration(const char *text)
{
    int64_t ns;

    if (!tp_units_parse_duration(text, &ns))
        errx(USAGE, "'%s' is not a time, as 20ms", text);
    return ns;
}

static uint64_t count(const char *text, uint64_t max)
{
    uint64_t value;

    if (!tp_units_parse_count(text, max, &value))
        errx(USAGE, "'%s' is not a whole number, or too large", text);
    return value;
}

static uint64_t size(const char *text)
{
    return (uint64_t)quantity(text, sizes, 1e12, "a size, as 100k");
}

static double share(const char *text)
{
    return quantity(text, shares, 1, "a share, as 0.5% or 0.005");
}

/* What is of the way back alone, or differs there from the way forward. */
static void take_back(struct bottleneck_setup *back, enum choice choice, const char *value)
{
    if (choice == LOSS_BACK)
        back->loss_any = share(value);
    else if (choice == LOSE_FIRST_BACK)
        back->lose_first = count(value, UINT32_MAX);
    else
        back->batch_ns = duration(value);
}

static void take(struct options *options, enum choice choice, const char *value, bool *both_ways)
{
    struct bottleneck_setup *way = &options->way[0];

    switch (choice) {
    case RATE:
        way->rate_bps = quantity(value, rates, 1e12, "a rate, as 20mbit");
        break;
    case DELAY:
        way->delay_ns = duration(value);
        break;
    case QUEUE:
        way->queue_bytes = size(value);
        break;
    case ECN:
        way->mark_bytes = size(value);
        break;
    case POLICE:
        way->police_bps = quantity(value, rates, 1e12, "a rate, as 20mbit");
        break;
    case POLICE_BURST:
        way->police_bytes = size(value);
        break;
    case LOSS:
        way->loss = share(value);
        break;
    case LOSE_FIRST:
        way->lose_first = count(value, UINT32_MAX);
        break;
    case DROP_ABOVE:
        way->above_bytes = size(value);
        break;
    case PAUSE:
        way->pause_ns = duration(value);
        break;
    case PAUSE_EVERY:
        way->pause_every_ns = duration(value);
        break;
    case LOSS_BACK:
    case LOSE_FIRST_BACK:
    case BATCH_BACK:
        take_back(&options->way[1], choice, value);
        break;
    case REORDER:
        way->reorder = share(value);
        break;
    case REORDER_DELAY:
        way->reorder_ns = duration(value);
        break;
    case DUPLICATE:
        way->duplicate = share(value);
        break;
    case SEED:
        way->seed = count(value, UINT64_MAX);
        break;
    case BOTH_WAYS:
        *both_ways = true;
        break;
    case DEVICE:
        options->device = value;
        break;
    case PCAP:
        options->pcap[0] = value;
        break;
    case FAR_PCAP:
        options->pcap[1] = value;
        break;
    case SNAPLEN:
        options->snaplen = (uint32_t)count(value, UINT32_MAX);
        break;
    case HELP:
        fputs(usage, stdout);
        exit(0);
    }
}

/* The way back has the delay, or all of the way forward, and what is its own. */
static void set_back(struct options *options, bool both_ways)
{
    const struct bottleneck_setup own = options->way[1];

    options->way[1] = both_ways ? options->way[0]
                                : (struct bottleneck_setup){.delay_ns = options->way[0].delay_ns};
    options->way[1].seed = ~options->way[0].seed; /* other packets are lost there */
    options->way[1].loss_any = own.loss_any;
    options->way[1].lose_first = own.lose_first;
    options->way[1].batch_ns = own.batch_ns;
}

void options_parse(struct options *options, int argc, char **argv)
{
    bool both_ways = false;
    int option;

    *options = (struct options){.device = "lab0", .snaplen = 96};
    options->way[0] = (struct bottleneck_setup){
        .queue_bytes = 100000, .police_bytes = 30000, .reorder_ns = 5000000, .seed = 1};
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (option == '?')
            exit(USAGE);
        take(options, (enum choice)option, optarg, &both_ways);
    }
    if (argc - optind != LINK_ENDS)
        errx(USAGE, "two network namespaces are needed; see --help");
    options->netns[0] = argv[optind];
    options->netns[1] = argv[optind + 1];
    set_back(options, both_ways);
}
