#include "cli/alerted.h"

#include "cli/lang.h"
#include "model/within.h"
#include "respond/playbook/folder.h"

enum { ARENA_MAX = 64 << 20, TURNS_MAX = 1000 };

static void add_listener(struct ward_cli_alerted *x, size_t at)
{
	const struct ward_recipient *r = &x->recipients.r[at];
	size_t k = x->n_listener++;

	x->of[k] = r;
	for (size_t i = 0; i < r->n_role; i++)
		x->role[k][i] = ward_model_node(x->m, r->role[i])->id;
	x->listener[k] = (struct ward_listener){.id = r->id,
		.name = r->name,
		.level = r->level,
		.kinds = r->kinds,
		.share = {r->share, r->tlp, {NULL, 0}},
		.everywhere = r->n_place == 0,
		.threat = r->threat,
		.n_threat = r->n_threat,
		.service = r->service,
		.n_service = r->n_service,
		.untaken = r->untaken,
		.acknowledge = r->acknowledge,
		.role = x->role[k],
		.n_role = r->n_role};
}

/* Recipients that follow others, by their places among those that are told here. */
static void link_ladders(struct ward_cli_alerted *x)
{
	for (size_t k = 0; k < x->n_listener; k++)
		for (size_t i = 0; i < x->n_listener; i++)
			if (x->of[k]->after >> (x->of[i] - x->recipients.r) & 1)
				x->listener[k].after |= 1u << i;
}

static bool at_node(void *ctx, struct ward_str id, struct ward_respond_place *ret)
{
	const struct ward_cli_alerted *x = ctx;
	uint32_t node = ward_model_find(x->m, id);

	if (node == WARD_NONE)
		return false;
	*ret = (struct ward_respond_place){.listeners = 0};
	for (size_t k = 0; k < x->n_listener; k++)
		if (ward_model_within(x->m, x->of[k]->place, x->of[k]->n_place, node))
			ret->listeners |= 1u << k;
	return true;
}

static void list_playbooks(struct ward_cli_alerted *x)
{
	for (size_t i = 0; x->playbooks && i < x->playbooks->n; i++) {
		const struct ward_playbook *p = x->playbooks->item[i];

		if (p->sound && !p->revoked && x->n_playbook < WARD_RECIPIENT_PLAYBOOKS)
			x->playbook[x->n_playbook++] = (struct ward_respond_playbook){
				ward_playbook_word(p), p->name, p->threat, p->n_threat};
	}
}

static enum ward_err read_recipients(struct ward_cli_alerted *x, struct ward_diag *diag)
{
	const struct ward_recipients_in in = {x->m, x->lim, ward_mem_heap(), diag, x->content};
	enum ward_err err = ward_recipients_load(&in, x->dir, &x->recipients);
	bool played = false;

	if (err && err != WARD_ERR_CONFIG)
		return err;
	for (size_t i = 0; i < x->recipients.n; i++)
		played |= x->recipients.r[i].exercise;
	for (size_t i = 0; i < x->recipients.n; i++) {
		const struct ward_recipient *r = &x->recipients.r[i];

		/* machines that get something else than alarms have no part in it */
		if (r->exercise == played && !r->heads && !r->bookmarks)
			add_listener(x, i);
	}
	link_ladders(x);
	return err;
}

int ward_cli_alerted_begin(struct ward_cli_alerted *x)
{
	const struct ward_hospital *h = ward_model_hospital(x->m);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), ARENA_MAX);
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&x->arena, ward_mem_heap(), ARENA_MAX);
	enum ward_err err = read_recipients(x, &diag);

	if (!err)
		err = ward_sharing_load(x->content, x->lim, &x->arena, &diag, &x->sharing);
	list_playbooks(x);
	const struct ward_respond_opts o = {.mem = ward_mem_heap(),
		.lim = x->lim,
		.counters = x->counters,
		.hospital = h->id,
		.hospital_name = h->name,
		.sharing = &x->sharing,
		.model = x->m,
		.exercise = true,
		.listener = x->listener,
		.n_listener = x->n_listener,
		.playbook = x->playbook,
		.n_playbook = x->n_playbook,
		.at = at_node,
		.ctx = x};

	if (!err)
		err = ward_respond_new(&o, &x->r);
	const struct ward_cli_lang speak = {NULL, x->content, WARD_STR("")};
	int code = err ? ward_cli_report(x->cmd, err, "the recipients", &diag, &speak, &w)
		       : WARD_EXIT_DONE;

	ward_wr_fini(&w);
	ward_diag_fini(&diag);
	return code;
}

void ward_cli_alerted_fini(struct ward_cli_alerted *x)
{
	ward_respond_free(x->r);
	ward_recipients_free(&x->recipients);
	ward_arena_fini(&x->arena);
}

enum ward_err ward_cli_alerted_row(struct ward_cli_alerted *x, struct ward_str json)
{
	return ward_respond_record(x->r, json);
}

/* What the recipient acknowledges is a row as of its way. What is over meanwhile needs none. */
static enum ward_err answer(struct ward_cli_alerted *x, size_t k, ward_ns now)
{
	struct ward_cli_answer *a = &x->answer[k];
	struct ward_decision of = {.kind = WARD_DECISION_ACKNOWLEDGE, .at = now};
	struct ward_delivery row;
	char subject[WARD_ID_TEXT];
	struct ward_idgen g;
	const char *why;

	a->at = 0;
	ward_idgen_init(&g, "ward answered");
	ward_idgen_id(&g, a->message);
	ward_idgen_str(&g, x->listener[k].id);
	of.id = ward_idgen_final(&g);
	ward_id_text(a->message, subject);
	of.subject = ward_str_z(subject);
	enum ward_err err = ward_respond_acknowledge(x->r, &of, k, &row, &why);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_OK;
	err = ward_respond_delivery(x->r, &row);
	return err || !x->acknowledged ? err : x->acknowledged(x->ctx, x->of[k], now);
}

/* One message, taken at once. */
static enum ward_err deliver(struct ward_cli_alerted *x, size_t k, ward_ns now, bool *ret_did)
{
	static const struct ward_outcome taken = {.what = WARD_SENT_DELIVERED};
	struct ward_delivery d;
	struct ward_str body;
	struct ward_id id;

	if (!ward_respond_message(x->r, k, now, &id, &body))
		return WARD_OK;
	*ret_did = true;
	enum ward_err err = x->told(x->ctx, x->of[k], body, now);

	if (!err && ward_respond_said(x->r, k, id, &taken, now, &d))
		err = ward_respond_delivery(x->r, &d);
	ward_ns after = x->answers ? x->answers(x->ctx, x->of[k]) : x->answered;

	ward_ns at;

	/* beyond the end of time is never */
	if (x->listener[k].acknowledge && after != WARD_NS_NEVER && ward_add(now, after, &at) &&
		!x->answer[k].at)
		x->answer[k] = (struct ward_cli_answer){id, at};
	return err;
}

enum ward_err ward_cli_alerted_turn(struct ward_cli_alerted *x, ward_ns now)
{
	enum ward_err err = WARD_OK;
	bool did = true;

	for (size_t n = 0; did && !err && n < TURNS_MAX; n++) {
		struct ward_delivery d;

		did = false;
		for (size_t k = 0; k < x->n_listener && !err; k++)
			if (x->answer[k].at && x->answer[k].at <= now)
				err = answer(x, k, now);
		while (!err && ward_respond_next(x->r, now, &d)) {
			did = true;
			err = ward_respond_delivery(x->r, &d);
			if (!err && x->queued && d.revision == 1)
				err = x->queued(x->ctx, d.json, now);
		}
		for (size_t k = 0; k < x->n_listener && !err; k++)
			err = deliver(x, k, now, &did);
	}
	return err;
}
