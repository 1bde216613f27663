/* figures/all.h: the table of figures: every number that is said of a flow, once.
 *
 * Not a header of its own: who includes it says what a row is for, by defining
 *
 *     FIGURE(name, ...)                                           a number
 *     COMPARED(name, ID, word, CLASS, relative, absolute, ...)    one that tcpprobe compare looks at
 *
 * where ... are the members of struct tp_figure (figure.h); both are undefined at the end. To add a
 * number, add a row: then it is a column of `flows` with its peer_, kernel_ and wire_ forms, a word
 * of --sort and --role, in JSON, CSV and the manual page, and, as COMPARED, in `compare` and its
 * baselines: CLASS and the two thresholds are those of struct tp_compare_metric (compare.h), word
 * is what compare calls it. A definition says in its help what is counted, and where it is from.
 *
 * A row that can be told by several origins (.way) says the best of them under its own name, and
 * each by itself as kernel_NAME, wire_NAME, received_NAME, or as .as spells it.
 */
#include <tcpprobe/figures/flow.h>
#include <tcpprobe/figures/transfer.h>
#include <tcpprobe/figures/window.h>
#include <tcpprobe/figures/course.h>
#include <tcpprobe/figures/kernel.h>
#include <tcpprobe/figures/packets.h>
#include <tcpprobe/figures/handshake.h>
#include <tcpprobe/figures/times.h>
#include <tcpprobe/figures/losses.h>
#include <tcpprobe/figures/windows.h>
#include <tcpprobe/figures/segments.h>
#include <tcpprobe/figures/limits.h>
#include <tcpprobe/figures/recording.h>
#undef FIGURE
#undef COMPARED
