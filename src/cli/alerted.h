/* Whom a hospital's recipients.yml would have told of records, and when: the outbox of `respond` on
 * a clock that the caller moves, with recipients that take each message at once. Nothing leaves the
 * process. */
#ifndef WARD_CLI_ALERTED_H
#define WARD_CLI_ALERTED_H

#include "cli/cli.h"
#include "respond/playbook/playbook.h"
#include "respond/respond.h"

struct ward_cli_alerted {
	/* as asked for; borrowed */
	const struct ward_cmd *cmd;
	const char *dir, *content;
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_counters *counters;
	const struct ward_playbooks *playbooks; /* that people can begin */
	/* Somebody is told: body as `respond` sends it. Anything but OK ends it. */
	enum ward_err (*told)(
		void *ctx, const struct ward_recipient *r, struct ward_str body, ward_ns now);
	/* … after the row that queues the message; NULL: it is not asked for. */
	enum ward_err (*queued)(void *ctx, struct ward_str row, ward_ns now);
	void *ctx;
	/* Who is asked acknowledges so long after the message, as people do; NEVER: nobody answers,
	 * and ladders are climbed to their end. */
	ward_ns answered;
	/* Instead of that, where it is given: of each recipient; and who did is told of. */
	ward_ns (*answers)(void *ctx, const struct ward_recipient *r);
	enum ward_err (*acknowledged)(void *ctx, const struct ward_recipient *r, ward_ns now);
	/* made by ward_cli_alerted_begin */
	struct ward_recipients recipients;
	struct ward_listener listener[WARD_RECIPIENTS_MAX];
	const struct ward_recipient *of[WARD_RECIPIENTS_MAX];
	size_t n_listener;
	struct ward_str role[WARD_RECIPIENTS_MAX][WARD_RECIPIENT_ROLES];
	struct ward_respond_playbook playbook[WARD_RECIPIENT_PLAYBOOKS];
	size_t n_playbook;
	struct ward_sharing sharing;
	struct ward_arena arena;
	struct ward_respond *r;
	struct ward_cli_answer { /* of a message that asked; at most one waits for each listener */
		struct ward_id message;
		ward_ns at; /* 0: none */
	} answer[WARD_RECIPIENTS_MAX];
};

/* Reads whom there is to tell: those that are played in exercises, or all where there are none. An
 * exit code; what is wrong was said. */
int ward_cli_alerted_begin(struct ward_cli_alerted *x);
void ward_cli_alerted_fini(struct ward_cli_alerted *x);
/* An incident or an impact. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_alerted_row(
	struct ward_cli_alerted *x, struct ward_str json);
/* It is `now`: who is to be told is told. NOMEM, or what `told` gave. */
WARD_MUST_CHECK enum ward_err ward_cli_alerted_turn(struct ward_cli_alerted *x, ward_ns now);

#endif
