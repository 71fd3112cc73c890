/* Drives runs of playbooks: what people decide comes from `desk`, every transition is a row of the
 * store before anything follows from it. It reads no outside byte, and acts on nothing: what a step
 * wants done is proposed to `act`, which asks people. All that it
 * knows of runs comes from the store: a new life reads the rows from the first one on. */
#include "respond/playbook/begin.h"
#include "respond/playbook/policy.h"
#include "run/play_clock.h"
#include "run/proc/playbook_know.h"
#include "run/rows_link.h"

#include <fcntl.h>
#include <stdlib.h>

/* It computes what the action costs care before it answers. */
static const ward_ns act_answers = 3 * WARD_NS_PER_S;

struct driver {
	struct ward_process p;
	struct playbook_known k;
	struct ward_drive *drive;
	struct ward_rows_link rows;
	struct ward_ask act;
	int desk;
	int clock; /* of the play; WARD_FD_NONE: nothing is played */
	ward_ns begin;
	struct ward_playbook_policy policy; /* roles that nobody plays in it … */
	struct ward_playbook_begin begins;  /* … and what they begin */
	ward_ns since;                      /* of messages before nothing is begun */
	struct ward_wr answer;              /* to the decision that was taken last */
	struct ward_id decided;
	bool has_decided;
	uint8_t buf[WARD_MSG_MAX];
	uint8_t out[WARD_MSG_BODY_MAX];
};

static void need(struct driver *d, enum ward_err err)
{
	if (err)
		ward_process_die(&d->p, "out of memory", err);
}

static ward_ns gone(const struct driver *d)
{
	return ward_play_gone(d->clock, d->begin, ward_clock_mono(d->p.clock));
}

/* A message that tells of playbooks. */
static void on_told(struct driver *d, const struct ward_store_row *r)
{
	if (r->revision != 1 || r->time < d->since)
		return;
	enum ward_err err = ward_playbook_begin_told(&d->begins, &d->k.lim, r->json, gone(d));

	if (err == WARD_ERR_LIMIT)
		ward_count_name(&d->p.counters, "playbook.policy_limit", 1);
	else
		need(d, err);
}

static void on_row(void *ctx, const struct ward_store_row *r)
{
	struct driver *d = ctx;
	const struct ward_drive_row of = {r->id, r->revision, r->time, r->json};

	if (r->kind == WARD_ROW_RUN)
		need(d, ward_drive_take(d->drive, &of));
	if (r->kind == WARD_ROW_ACTION)
		need(d, ward_drive_action(d->drive, &of));
	if (r->kind == WARD_ROW_DELIVERY)
		on_told(d, r);
	if (r->kind != WARD_ROW_INCIDENT)
		return;
	need(d, ward_drive_incident(d->drive, &of));
	need(d, ward_playbook_begin_incident(&d->begins, &d->k.lim, r->id, r->json));
}

/* Durable when it returns true. False: this process is to stop. */
static bool keep(struct driver *d, const struct ward_drive_row *of)
{
	const struct ward_store_row row = {.kind = WARD_ROW_RUN,
		.id = of->id,
		.revision = of->revision,
		.time = of->time,
		.json = of->json};

	if (!ward_rows_link_keep(&d->rows, &row))
		return false;
	ward_count_name(&d->p.counters, "playbook.transitions", 1);
	return true;
}

static void decide(struct driver *d, const struct ward_decision *of)
{
	struct ward_drive_row row;
	struct ward_decided said = {.err = WARD_OK};
	bool keeps = ward_drive_decide(d->drive, of, ward_clock_now(d->p.clock), &row, &said);

	ward_wr_reset(&d->answer);
	ward_decided_put(&d->answer, &said);
	need(d, ward_wr_bad(&d->answer) ? WARD_ERR_NOMEM : WARD_OK);
	d->decided = of->id;
	d->has_decided = !keeps || keep(d, &row);
}

/* One message of the desk. False: there is none. */
static bool hear(struct driver *d)
{
	struct ward_decision of;
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(d->desk, d->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (!err)
		err = m.type == WARD_MSG_DECIDE ? ward_decision_get(&m.body, &of) : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&d->p.counters, "playbook.refused", 1);
		return true;
	}
	if (!d->has_decided || !ward_id_eq(d->decided, of.id))
		decide(d, &of);
	if (!d->has_decided)
		return false;
	err = ward_msg_send(d->desk, WARD_MSG_DECIDED, m.id, ward_wr_slice(&d->answer));
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	return true;
}

/* Who acts may be away for a moment: the same is proposed again, and is the same action. */
static void propose(struct driver *d)
{
	struct ward_wr b = ward_wr_fixed(d->out, sizeof(d->out));
	struct ward_decision wish;
	struct ward_decided said;
	struct ward_msg m;

	if (!ward_drive_wish(d->drive, &wish))
		return;
	struct ward_id id = wish.id;

	ward_decision_put(&b, &wish);
	WARD_ASSERT(!ward_wr_bad(&b));
	enum ward_err err =
		ward_ask(&d->act, WARD_MSG_PROPOSE, ward_wr_slice(&b), WARD_MSG_PROPOSED, &m);

	if (!err)
		err = ward_decided_get(&m.body, &said);
	if (err == WARD_ERR_AGAIN)
		return;
	if (err)
		ward_process_die(&d->p, "no answer from act", err);
	ward_count_name(&d->p.counters, said.err ? "playbook.not_taken" : "playbook.proposed", 1);
	if (said.err)
		WARD_LOG(&d->p.log, WARN, "playbook.not_taken", WARD_KV_S("why", said.why));
	need(d, ward_drive_proposed(d->drive, id, &said));
}

/* What an exercise's policy answers and begins for roles that nobody plays; kept as what a person
 * says is. False: nothing is due. */
static bool hear_policy(struct driver *d)
{
	struct ward_decision of;
	struct ward_drive_row row;
	struct ward_decided said = {.err = WARD_OK};
	const struct ward_playbooks here = {.item = d->k.all.item, .n = d->k.n_now};
	bool answers = ward_playbook_policy_next(&d->policy, d->drive, gone(d), &of);

	if (!answers && !ward_playbook_begin_next(&d->begins, &here, d->drive, gone(d), &of))
		return false;
	of.at = ward_clock_now(d->p.clock);
	bool keeps = ward_drive_decide(d->drive, &of, of.at, &row, &said);

	ward_count_name(&d->p.counters,
		!keeps    ? "playbook.policy_refused"
		: answers ? "playbook.policy_answered"
			  : "playbook.policy_began",
		1);
	return keeps && keep(d, &row);
}

static void read_policy(struct driver *d)
{
	const char *text;
	uint64_t since = 0;

	d->clock = ward_process_fd(&d->p, "clock");
	d->begin = ward_play_begin(&d->p, d->clock);
	for (size_t i = 0; (text = ward_process_nth(&d->p, "policy", i)) != NULL; i++)
		if (d->clock == WARD_FD_NONE ||
			ward_playbook_policy_add(&d->policy, ward_str_z(text)) != WARD_OK)
			ward_process_die(&d->p, "policy", WARD_ERR_CONFIG);
	for (size_t i = 0; (text = ward_process_nth(&d->p, "begins", i)) != NULL; i++)
		if (d->clock == WARD_FD_NONE ||
			ward_playbook_begin_add(&d->begins, ward_str_z(text)) != WARD_OK)
			ward_process_die(&d->p, "begins", WARD_ERR_CONFIG);
	if (d->begins.n_who &&
		(!(text = ward_process_setting(&d->p, "since")) ||
			!ward_str_u64(ward_str_z(text), &since) || since > INT64_MAX))
		ward_process_die(&d->p, "since", WARD_ERR_CONFIG);
	d->since = (ward_ns)since;
}

static void run(struct driver *d)
{
	struct ward_drive_row row;

	while (!ward_process_stopping()) {
		bool all = ward_rows_link_fetch(&d->rows);

		while (all && ward_drive_next(d->drive, ward_clock_now(d->p.clock), &row))
			all = keep(d, &row);
		while (all && hear(d))
			;
		while (all && hear_policy(d))
			;
		if (all && d->act.fd != WARD_FD_NONE)
			propose(d);
		ward_process_count(&d->p);
	}
}

int main(int argc, char **argv)
{
	struct driver *d = calloc(1, sizeof(*d));

	if (!d)
		return WARD_PROCESS_DIED;
	ward_process_begin(&d->p, "playbook", argc, argv);
	playbook_know(&d->p, ward_process_setting(&d->p, "dir"), &d->k);
	const struct ward_drive_opts o = {.all = &d->k.all,
		.n_now = d->k.n_now,
		.m = d->k.m,
		.lim = &d->k.lim,
		.counters = &d->p.counters,
		.mem = ward_mem_heap(),
		.acts = ward_process_fd(&d->p, "act") != WARD_FD_NONE};

	need(d, ward_drive_new(&o, &d->drive));
	d->answer = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX);
	d->desk = ward_process_need_fd(&d->p, "desk");
	if (fcntl(d->desk, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&d->p, "desk", WARD_ERR_IO);
	ward_rows_link_begin(&d->rows, &d->p, on_row, d);
	d->act = d->rows.store;
	d->act.fd = ward_process_fd(&d->p, "act");
	d->act.give_up = act_answers;
	read_policy(d);
	ward_process_cage(&d->p, WARD_CAGE_PLAIN, NULL);
	WARD_LOG(&d->p.log, INFO, "playbook.known", WARD_KV_U("playbooks", d->k.n_now),
		WARD_KV_U("copies", d->k.list.n - d->k.n_now));
	run(d);
	ward_drive_free(d->drive);
	ward_wr_fini(&d->answer);
	playbook_forget(&d->k);
	int status = ward_process_end(&d->p);

	free(d);
	return status;
}
