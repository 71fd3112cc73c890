/* Actions on the hospital as the store's rows have them, for people. */
#ifndef WARD_CLI_ACTS_H
#define WARD_CLI_ACTS_H

#include "cli/cli.h"
#include "conf/conf.h"
#include "run/rows.h"
#include "words/words.h"

/* One action; texts and trees live in the list's arena. */
struct ward_cli_act {
	struct ward_id id;
	const struct ward_conf *proposal; /* its first row */
	const struct ward_conf **row;     /* all of them */
	ward_ns *time;                    /* of each */
	size_t n_row;
	size_t cap_row, cap_time;
};
struct ward_cli_acts {
	struct ward_arena arena;
	struct ward_limits lim;
	struct ward_cli_act *act; /* in the order of their proposals */
	size_t n, cap;
	enum ward_err err; /* LIMIT, NOMEM: rows are missing */
	size_t n_unreadable;
};

void ward_cli_acts_init(struct ward_cli_acts *a);
void ward_cli_acts_fini(struct ward_cli_acts *a);
void ward_cli_acts_row(struct ward_cli_acts *a, const struct ward_store_row *row);
/* The one whose id is, or begins with, this text; NULL: none, or (*ret_many) more than one. */
const struct ward_cli_act *ward_cli_acts_find(
	const struct ward_cli_acts *a, struct ward_str begin, bool *ret_many);

/* "proposed", as the last row says. */
struct ward_str ward_cli_act_state(const struct ward_cli_act *x);
/* Somebody is to do something about it: it is before its end, or nobody knows. */
bool ward_cli_act_is_open(const struct ward_cli_act *x);
/* The hash of what was shown, 64 hexadecimal digits; empty: its proposal is not known. */
struct ward_str ward_cli_act_shown(const struct ward_cli_act *x);
/* A line: id, state, until when, what. Times are those of ward_zone_use. */
void ward_cli_act_line(const struct ward_cli_act *x, struct ward_lang *lang, struct ward_wr *w);
/* All that whoever approves is to see: what, by which system, what it costs care, who, how long,
 * exactly what is sent; and what became of it. */
void ward_cli_act_tell(const struct ward_cli_act *x, struct ward_lang *lang, struct ward_wr *w);

#endif
