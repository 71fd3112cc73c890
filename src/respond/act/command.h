/* Commands for a system, from templates of actuators.yml: "{thing}", "{address}", "{mac}" and
 * "{name}" stand for the thing's id, its first IP and MAC address and its name in the hospital's
 * directory. Of a host that the hospital does not know, {thing} is its network and {mac} its own.
 *
 * Pure. Whoever runs a command may hand it to a shell, so a value is filled in only when no shell
 * reads it as anything but a word, and no program as an option. */
#ifndef WARD_RESPOND_ACT_COMMAND_H
#define WARD_RESPOND_ACT_COMMAND_H

#include "model/model.h"

enum {
	WARD_COMMAND_MAX = 512, /* bytes, filled in */
	WARD_COMMAND_OF = 64,
};

/* Why something may not be sent: English texts with the slot {word}, which `of` fills. */
struct ward_command_why {
	const char *what, *mend;
	char of[WARD_COMMAND_OF];
	size_t of_len;
};

/* What an action is on. */
struct ward_act_thing {
	uint32_t node;
	struct ward_str host; /* the MAC address of a host on that network which the hospital does
				 not know ("00:1b:21:0a:0b:0c"); empty: it is the node itself */
	struct ward_str port; /* of a switch, at which it was found; empty: it was not looked for */
	struct ward_str behind; /* all addresses that were at it then, "MAC MAC" */
};

/* A MAC address of six bytes as that text; false: it is none, or one that several have: of a group,
 * of routers that stand in for each other (VRRP). */
WARD_MUST_CHECK bool ward_act_host(struct ward_str s, char ret[18]);

/* Letters, digits and . _ : / -, at least one: a word to any shell, to a path and within quotes. */
bool ward_command_is_plain(struct ward_str s);

/* Appends the command about that thing. MALFORMED: nothing of it may be sent; ret_why tells why,
 * and what was appended is to be dropped. */
WARD_MUST_CHECK enum ward_err ward_command_fill(struct ward_str template,
	const struct ward_model *m, struct ward_act_thing on, struct ward_wr *w,
	struct ward_command_why *ret_why);

#endif
