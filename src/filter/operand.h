/* operand.h: what stands right of an operator or after host, net and port. */
#ifndef TCPPROBE_FILTER_OPERAND_H
#define TCPPROBE_FILTER_OPERAND_H

#include "filter/words.h"

/* Which addresses are meant: a host, a net with its prefix, or either. */
enum tp_net_form { TP_NET_HOST, TP_NET_PREFIX, TP_NET_EITHER };

/* Reads the token as a value that the comparison's subject can have. 0 or an error. */
int tp_value_read(struct tp_node *node, const struct tp_token *token, struct tp_error *error);

int tp_value_net(struct tp_net *net, const struct tp_token *token, enum tp_net_form form,
                 struct tp_error *error);

#endif
