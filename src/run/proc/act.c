/* Who acts on the hospital, and only when people said so: keeps what is proposed, decided and done
 * as rows, checks each proof itself, and hands each system's requests to the process that has its
 * credential. It reads no outside byte, and speaks with no system. All that it knows of actions
 * comes from the store: a new life reads the rows from the first one on. */
#include "respond/act/fire.h"
#include "run/play_clock.h"
#include "run/postbox.h"
#include "run/proc/act_know.h"
#include "run/rows_link.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUND_MAX = 16, SCRATCH_BYTES = 16 << 20 };

/* Longer than any attempt lasts: to reach one of eight addresses, and then to talk. */
static const ward_ns no_answer = 120 * WARD_NS_PER_S;

struct actor {
	struct ward_process p;
	struct act_known k;
	struct ward_act *act;
	struct ward_act_fires fires;
	struct ward_record_reader *reader;
	struct ward_arena scratch;
	struct ward_rows_link rows;
	int desk, playbook;                /* links, or WARD_FD_NONE */
	int hand[WARD_ACTUATORS_MAX];      /* of those that are asked in this run */
	ward_ns asked[WARD_ACTUATORS_MAX]; /* monotonic; 0: nothing is on its way */
	/* What the desk was told last: it asks again until it is told. */
	struct ward_id decided;
	bool has_decided;
	struct ward_wr answer;
	int clock; /* of the play; WARD_FD_NONE: nothing is played */
	ward_ns begin;
	struct ward_act_policy_role
		policy[WARD_ACT_POLICY_ROLES]; /* roles that nobody plays in it */
	size_t n_policy;
	uint8_t buf[WARD_MSG_MAX];
	uint8_t out[WARD_MSG_BODY_MAX];
};

static void need(struct actor *d, enum ward_err err)
{
	if (err)
		ward_process_die(&d->p, "out of memory", err);
}

static ward_ns now(const struct actor *d)
{
	return ward_clock_now(d->p.clock);
}

/* ---- what actions are about ---- */

static enum ward_err effect(void *ctx, const struct ward_ability *y, struct ward_act_thing on,
	struct ward_act_effect *ret)
{
	struct actor *d = ctx;

	return ward_act_forecast(&d->k.forecast, y, on, now(d), ret);
}

static bool answers(void *ctx, uint32_t role)
{
	return ward_care_answers(((struct actor *)ctx)->k.works, role);
}

static void nonce(void *ctx, uint8_t ret[16])
{
	(void)ctx;
	randombytes_buf(ret, 16);
}

/* ---- the store ---- */

static void on_row(void *ctx, const struct ward_store_row *r)
{
	struct actor *d = ctx;
	const struct ward_act_row of = {r->id, r->revision, r->time, r->json};

	if (r->kind == WARD_ROW_ACTION)
		need(d, ward_act_take(d->act, &of));
	else if (r->kind == WARD_ROW_INCIDENT &&
		 !ward_act_fires_take(&d->fires, d->reader, &d->scratch, r->json))
		ward_count_name(&d->p.counters, "act.unreadable", 1);
}

static bool fetch(struct actor *d)
{
	bool all = ward_rows_link_fetch(&d->rows);

	ward_act_fire(d->act, ward_act_burns(&d->fires));
	return all;
}

/* What a person has to see to is said where the operator looks, and not only on the ledger. */
static void log_state(struct actor *d, struct ward_id id)
{
	enum ward_act_state s;
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	if (!ward_act_state(d->act, id, &s))
		return;
	if (s == WARD_ACT_DOUBT || s == WARD_ACT_FAILED)
		WARD_LOG(&d->p.log, ERROR, s == WARD_ACT_DOUBT ? "act.in_doubt" : "act.failed",
			WARD_KV_Z("action", text));
	else
		WARD_LOG(&d->p.log, INFO, "act.state", WARD_KV_Z("action", text),
			WARD_KV_Z("state", ward_act_state_name(s)));
}

/* Durable when it returns true, and read back. False: this process is to stop. */
static bool keep(struct actor *d, const struct ward_act_row *of)
{
	const struct ward_store_row row = {.kind = WARD_ROW_ACTION,
		.id = of->id,
		.revision = of->revision,
		.time = of->time,
		.json = of->json};
	struct ward_id id = of->id;

	if (!ward_rows_link_keep(&d->rows, &row))
		return false;
	while (!fetch(d))
		if (ward_process_stopping())
			return false;
	log_state(d, id);
	return true;
}

/* ---- who decides ---- */

static void decide(struct actor *d, const struct ward_decision *of, bool by_person)
{
	struct ward_act_row row;
	struct ward_decided said = {.err = WARD_OK};

	bool keeps = ward_act_decide(d->act, of, by_person, now(d), &row, &said);

	ward_wr_reset(&d->answer); /* before the row comes back: the texts live until then */
	ward_decided_put(&d->answer, &said);
	need(d, ward_wr_bad(&d->answer) ? WARD_ERR_NOMEM : WARD_OK);
	d->decided = of->id;
	/* while it is looked for nothing is said, and whoever decides asks again */
	d->has_decided = keeps ? keep(d, &row) : said.err != WARD_ERR_AGAIN;
}

/* One message of the desk, or of `playbook`, which may have been taken over. False: there is none.
 */
static bool hear_desk(struct actor *d, int fd, bool by_person)
{
	enum ward_msg_type asks = by_person ? WARD_MSG_DECIDE : WARD_MSG_PROPOSE;
	struct ward_decision of;
	struct ward_msg m;
	enum ward_err err = fd == WARD_FD_NONE ? WARD_ERR_AGAIN : ward_msg_recv(fd, d->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (!err)
		err = m.type == asks ? ward_decision_get(&m.body, &of) : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&d->p.counters, "act.refused", 1);
		return true;
	}
	if (!d->has_decided || !ward_id_eq(d->decided, of.id))
		decide(d, &of, by_person);
	if (!d->has_decided)
		return false;
	err = ward_msg_send(fd, by_person ? WARD_MSG_DECIDED : WARD_MSG_PROPOSED, m.id,
		ward_wr_slice(&d->answer));
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	return true;
}

/* ---- those who ask the systems ---- */

static bool hear_hand(struct actor *d, size_t k)
{
	struct ward_msg m;
	struct ward_id id;
	struct ward_outcome o;
	struct ward_act_row row;
	enum ward_err err =
		d->hand[k] == WARD_FD_NONE ? WARD_ERR_AGAIN : ward_msg_recv(d->hand[k], d->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (!err && m.type == WARD_MSG_AGAIN) { /* what it had in hand is as it may be */
		ward_act_lost(d->act, k);
		d->asked[k] = 0;
		return true;
	}
	if (!err)
		err = m.type == WARD_MSG_SENT ? ward_outcome_get(&m.body, &id, &o)
					      : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&d->p.counters, "act.bad_answer", 1);
		return true;
	}
	d->asked[k] = 0;
	if (ward_act_sought(d->act, k, id, &o))
		return true;
	if (ward_act_said(d->act, k, id, &o, now(d), &row))
		(void)keep(d, &row);
	else if (o.what == WARD_SENT_DELIVERED) /* done, and nobody waits for it any more */
		WARD_LOG(
			&d->p.log, ERROR, "act.done_late", WARD_KV_S("system", d->k.table.a[k].id));
	return true;
}

static void hand_over(struct actor *d, size_t k)
{
	ward_ns mono = ward_clock_mono(d->p.clock);
	struct ward_wr w = ward_wr_fixed(d->out, sizeof(d->out));
	struct ward_letter l;

	if (d->hand[k] == WARD_FD_NONE)
		return;
	if (d->asked[k] && mono - d->asked[k] > no_answer) {
		ward_act_lost(d->act, k);
		d->asked[k] = 0;
	}
	if (!ward_act_request(d->act, k, now(d), &l.id, &l.body) &&
		!ward_act_seek(d->act, k, now(d), &l.id, &l.body))
		return;
	l.until = mono + WARD_POSTBOX_PATIENCE;
	ward_letter_put(&w, &l);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = ward_msg_send(d->hand[k], WARD_MSG_SEND, 0, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (err)
		ward_act_lost(d->act, k);
	d->asked[k] = err ? 0 : mono ? mono : 1;
}

/* What an exercise's policy decides for roles that nobody plays; kept as what a person says is. */
static bool hear_policy(struct actor *d)
{
	ward_ns gone = ward_play_gone(d->clock, d->begin, ward_clock_mono(d->p.clock));
	struct ward_act_row row;

	if (!d->n_policy || !ward_act_policy(d->act, gone, now(d), &row))
		return false;
	ward_count_name(&d->p.counters, "act.policy_decided", 1);
	return keep(d, &row);
}

static void run(struct actor *d)
{
	struct ward_act_row row;

	while (!ward_process_stopping()) {
		bool all = fetch(d);

		for (size_t k = 0; all && k < d->k.table.n; k++)
			while (hear_hand(d, k))
				;
		for (int i = 0; all && i < ROUND_MAX; i++)
			if (!hear_desk(d, d->desk, true) && !hear_desk(d, d->playbook, false))
				break;
		while (all && hear_policy(d))
			;
		while (all && ward_act_next(d->act, now(d), &row))
			all = keep(d, &row);
		for (size_t k = 0; all && k < d->k.table.n; k++)
			hand_over(d, k);
		ward_process_count(&d->p);
	}
}

/* ---- its start ---- */

static int link_to(struct actor *d, const char *name)
{
	int fd = ward_process_fd(&d->p, name);

	if (fd != WARD_FD_NONE && fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&d->p, name, WARD_ERR_IO);
	return fd;
}

static ward_ns time_of(struct actor *d, struct ward_str s)
{
	uint64_t v;

	if (ward_str_eqz(s, "-"))
		return WARD_NS_NEVER;
	if (!ward_str_u64(s, &v) || v > INT64_MAX)
		ward_process_die(&d->p, "policy", WARD_ERR_CONFIG);
	return (ward_ns)v;
}

/* policy=ROLE:NANOSECONDS:NANOSECONDS: after which it approves, or refuses; "-": never. Only where
 * a scenario is played. */
static void read_policy(struct actor *d)
{
	const char *text;

	d->clock = ward_process_fd(&d->p, "clock");
	d->begin = ward_play_begin(&d->p, d->clock);
	while ((text = ward_process_nth(&d->p, "policy", d->n_policy)) != NULL) {
		struct ward_str rest = ward_str_z(text);
		uint32_t role = ward_model_find(d->k.m, ward_str_cut(&rest, ':'));

		if (d->clock == WARD_FD_NONE || d->n_policy == WARD_ACT_POLICY_ROLES ||
			role == WARD_NONE || ward_model_node(d->k.m, role)->kind != WARD_NODE_ROLE)
			ward_process_die(&d->p, "policy", WARD_ERR_CONFIG);
		d->policy[d->n_policy].role = role;
		d->policy[d->n_policy].approves = time_of(d, ward_str_cut(&rest, ':'));
		d->policy[d->n_policy++].refuses = time_of(d, rest);
	}
}

static void settle(struct actor *d)
{
	read_policy(d);

	const struct ward_act_opts o = {.mem = ward_mem_heap(),
		.lim = &d->k.lim,
		.counters = &d->p.counters,
		.m = d->k.m,
		.table = &d->k.table,
		.person = d->k.person,
		.n_person = d->k.n_person,
		.exercise = ward_process_setting(&d->p, "exercise") != NULL,
		.policy = d->policy,
		.n_policy = d->n_policy,
		.effect = effect,
		.answers = answers,
		.nonce = nonce,
		.ctx = d};
	size_t n = 0;

	if (o.n_policy && !o.exercise)
		ward_process_die(
			&d->p, "a policy decides of nothing that is real", WARD_ERR_DENIED);
	need(d, ward_act_new(&o, &d->act));
	need(d, ward_record_reader_new(ward_mem_heap(), &d->k.lim, &d->reader));
	d->desk = link_to(d, "desk");
	d->playbook = link_to(d, "playbook");
	for (size_t k = 0; k < d->k.table.n; k++) {
		char name[WARD_PROCESS_NAME];

		d->hand[k] = WARD_FD_NONE;
		if (d->k.table.a[k].exercise != o.exercise)
			continue;
		ward_process_numbered(name, "hand", n++);
		(void)ward_process_need_fd(&d->p, name);
		d->hand[k] = link_to(d, name);
	}
	ward_rows_link_begin(&d->rows, &d->p, on_row, d);
}

int main(int argc, char **argv)
{
	struct actor *d = calloc(1, sizeof(*d));
	uint32_t code;
	int status;

	if (!d)
		return WARD_PROCESS_DIED;
	ward_process_begin(&d->p, "act", argc, argv);
	act_know(&d->p, &d->k);
	ward_arena_init(&d->scratch, ward_mem_heap(), SCRATCH_BYTES);
	d->answer = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX);
	/* OpenSSL reads its configuration with its first use: that must be before the cage. */
	if (sodium_init() < 0 || ward_totp(ward_str_bytes(WARD_STR("begin")), 1, &code) != WARD_OK)
		ward_process_die(&d->p, "the cryptographic libraries", WARD_ERR_UNSUPPORTED);
	settle(d);
	ward_process_cage(&d->p, WARD_CAGE_PLAIN, NULL);
	run(d);
	ward_act_free(d->act);
	ward_record_reader_free(d->reader);
	ward_arena_fini(&d->scratch);
	ward_wr_fini(&d->answer);
	act_forget(&d->k);
	status = ward_process_end(&d->p);
	free(d);
	return status;
}
