/* sequence.h: the packets of one direction on a plane of time and sequence numbers, in tcptrace's
 * signs: what was sent as I-beams, acknowledgments and the window as staircases, and letters. */
#ifndef TCPPROBE_PLOT_SEQUENCE_H
#define TCPPROBE_PLOT_SEQUENCE_H

#include "plot/frame.h"

#define TP_SIGNS_MAX 24

/* One graph on its panel. */
struct tp_sequence {
    struct tp_scene *scene;
    const struct tp_scene_flow *flow;
    const struct tp_panel *panel;
    const struct tp_wire_marks *marks; /* NULL: only curves are known */
    uint32_t first, end;               /* its marks that are in the picture: [first, end) */
    uint32_t before;                   /* the last ACK before them; first if there is none */
    bool beams;                   /* marks of data and ACKs are there and few enough to be drawn;
                                     else curves stand for them */
    bool edge;                    /* the window's edge is in the picture */
    double low, high;             /* bytes; set by tp_sequence_init() */
    double edge_above;            /* how far the edge is above, where it is not in the picture */
    unsigned signs[TP_SIGNS_MAX]; /* marks of each sign in the picture */
    unsigned duplicates, acks, edges; /* likewise duplicate ACKs, steps of the staircases */
};

/* Finds out what there is to draw between the panel's left and right; false: nothing. Needs the
 * panel's time axis and its place, not its value axis. */
bool tp_sequence_init(struct tp_sequence *sequence, struct tp_scene *scene,
                      const struct tp_scene_flow *flow, const struct tp_panel *panel);
/* Draws all of it but the letters, on a panel that has its value axis by now. */
void tp_sequence_draw(struct tp_sequence *sequence);
/* Letters, as many as do not overlap each other or another caption. */
void tp_sequence_letters(const struct tp_sequence *sequence);
/* Draws the key into a corner that is free. */
void tp_sequence_legend(struct tp_sequence *sequence);

/* --- shared by its files -------------------------------------------------------------------- */

enum tp_sign_shape { TP_SIGN_BEAM, TP_SIGN_STEM, TP_SIGN_DIAMOND, TP_SIGN_LETTER };

/* How marks of a kind (and, of retransmissions, cause) are drawn. The words of a cause are those of
 * tp_causes: ask tp_sign_what() and tp_sign_legend(). */
struct tp_sign {
    uint8_t kind;
    int8_t detail; /* enum tp_cause; -1: any */
    uint8_t shape; /* enum tp_sign_shape */
    bool below;    /* its letter goes below */
    const char *what, *letter, *legend;
    size_t ink; /* offset in struct tp_theme */
};

extern const struct tp_sign tp_signs[];
extern const size_t tp_sign_count;

/* Its index in tp_signs, or tp_sign_count. */
size_t tp_sign_of(const struct tp_wire_mark *mark);
const char *tp_sign_what(size_t sign);
const char *tp_sign_legend(size_t sign);
uint32_t tp_sign_rgb(const struct tp_theme *theme, size_t sign);
/* Where a mark is on the panel; false: beyond its top or bottom. */
bool tp_sequence_place(const struct tp_sequence *sequence, const struct tp_wire_mark *mark,
                       double *x_px, double *top_px, double *bottom_px);

#endif
