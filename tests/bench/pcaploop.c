/* pcaploop.c: the floor of everything that reads captures through libpcap: its loop, with a large
 * buffer, and nothing done with the packets.
 *
 *     pcaploop CAPTURE
 */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

struct sums {
    uint64_t packets, bytes;
};

static void add(u_char *context, const struct pcap_pkthdr *head, const u_char *bytes)
{
    struct sums *sums = (void *)context;

    sums->packets++;
    sums->bytes += head->len + (bytes[0] & 1u);
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE] = "usage: pcaploop CAPTURE";
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    struct sums sums = {0, 0};
    pcap_t *pcap;

    if (file)
        setvbuf(file, NULL, _IOFBF, 1 << 20);
    pcap = file ? pcap_fopen_offline(file, error) : NULL;
    if (!pcap || pcap_loop(pcap, -1, add, (void *)&sums) < 0) {
        fprintf(stderr, "pcaploop: %s\n", pcap ? pcap_geterr(pcap) : error);
        return 2;
    }
    pcap_close(pcap);
    printf("%" PRIu64 " packets, %" PRIu64 " bytes\n", sums.packets, sums.bytes);
    return 0;
}
