/* Computes what could happen, for who looks at it in the console: attack paths and measures, what
 * is left when things fail, what the directory leaves out, how much risk a device is. One question
 * after the other, which comes from `api` and is an outside text; it has nothing but its links once
 * the hospital is read, so that a long search delays nobody but who asked for it. What the sensors
 * saw of hosts, and what was learned of them, it reads out of the brain's memory, which `store`
 * has. Rules are read again when the brain reads them again: it is then begun anew. */
#include "brain/brain.h"
#include "reckon/reckon.h"
#include "run/committer.h"
#include "run/memory.h"
#include "run/process.h"
#include "run/stopped.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static const ward_ns memory_lasts = 20 * WARD_NS_PER_S;

enum { LANGUAGES = 3, PATH_BYTES = 4096, WAIT_MS = 1000 };

struct reckoner {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_lang *lang[LANGUAGES], *rule_lang[LANGUAGES];
	size_t n_lang, n_rule_lang;
	struct ward_reckon *r;
	int api;
	struct ward_committer *store; /* NULL: nothing is known of what was seen */
	struct ward_wr memory;
	ward_ns remembered; /* monotonic; 0: never */
	uint8_t buf[WARD_MSG_MAX];
	uint8_t out[WARD_MSG_BODY_MAX];
};

static const char *setting(struct reckoner *k, const char *key)
{
	const char *v = ward_process_setting(&k->p, key);

	if (!v)
		ward_process_die(&k->p, key, WARD_ERR_CONFIG);
	return v;
}

/* Loads what there is of one kind of texts; gives how many languages. */
static size_t speak(struct reckoner *k, const char *content, const char *below,
	struct ward_lang *ret[LANGUAGES])
{
	static const char *const code[LANGUAGES] = {"fr", "it", "nl"};
	char dir[PATH_BYTES];
	struct ward_diag d;
	size_t n = 0;

	(void)snprintf(dir, sizeof(dir), "%s/%s", content, below);
	ward_diag_init(&d, ward_mem_heap());
	for (size_t i = 0; i < LANGUAGES; i++) {
		enum ward_err err = ward_lang_load(
			dir, ward_str_z(code[i]), &k->lim, ward_mem_heap(), &d, &ret[n]);

		if (err)
			WARD_LOG(&k->p.log, ERROR, "reckon.lang", WARD_KV_Z("lang", code[i]),
				WARD_KV_Z("of", below), WARD_KV_E(err));
		else
			n++;
	}
	ward_diag_fini(&d);
	return n;
}

static void log_findings(struct reckoner *k, const struct ward_diag *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->item[i].level == WARD_DIAG_ERROR)
			WARD_LOG(&k->p.log, ERROR, "reckon.finding",
				WARD_KV_S("file", d->item[i].file),
				WARD_KV_U("line", d->item[i].line),
				WARD_KV_S("what", d->item[i].what),
				WARD_KV_S("mend", d->item[i].mend));
}

/* What `ward check` would refuse is no reason to end, again and again: who asks is told. */
/* What does not run sees nothing. */
static void stop(void *ctx, struct ward_model *m)
{
	ward_stopped_mark(ctx, m);
}

static void know(struct reckoner *k)
{
	const char *content = setting(k, "content");
	struct ward_diag d;

	ward_process_limits(&k->p, &k->lim);
	k->n_lang = speak(k, content, "words", k->lang);
	k->n_rule_lang = speak(k, content, "words/rules", k->rule_lang);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_reckon_opts o = {.dir = setting(k, "hospital"),
		.content = content,
		.lim = &k->lim,
		.mem = ward_mem_heap(),
		.lang = k->lang,
		.n_lang = k->n_lang,
		.rule_lang = k->rule_lang,
		.n_rule_lang = k->n_rule_lang,
		.diag = &d,
		.stop = stop,
		.stop_ctx = &k->p};
	enum ward_err err = ward_reckon_new(&o, &k->r);

	log_findings(k, &d);
	ward_diag_fini(&d);
	if (err && err != WARD_ERR_CONFIG)
		ward_process_die(&k->p, "the hospital", err);
}

/* The brain's memory is written each half minute; what was asked for a while ago is good enough. */
static void remember(struct reckoner *k)
{
	struct ward_brain_seen seen = {.clock = INT64_MIN};
	uint64_t position, seq;
	ward_ns now = ward_clock_mono(k->p.clock);

	if (!k->store || !k->r || (k->remembered && now - k->remembered < memory_lasts))
		return;
	ward_wr_reset(&k->memory);
	enum ward_err err = ward_committer_resume(k->store, &position, &seq, &k->memory);
	struct ward_slice all = ward_wr_slice(&k->memory);

	if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
		ward_process_die(&k->p, "the link with store", err);
	if (!err && seq)
		err = all.len < WARD_MEMORY_HEAD
			      ? WARD_ERR_MALFORMED
			      : ward_brain_seen((struct ward_slice){all.p + WARD_MEMORY_HEAD,
							all.len - WARD_MEMORY_HEAD},
					&seen);
	if (!err)
		err = ward_reckon_remember(k->r,
			&(struct ward_reckon_memory){seen.clock, seen.inventory, seen.learned});
	if (err) /* it was being written, or is of another version */
		ward_count_name(&k->p.counters, "reckon.memory_unread", 1);
	else
		k->remembered = now;
}

static void answer(struct reckoner *k, const struct ward_msg *m, const struct ward_reckon_ask *ask)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	struct ward_reckoned said = {WARD_ERR_CONFIG,
		WARD_STR("the files in attack/ of the hospital's directory have problems: run "
			 "ward check"),
		0};

	if (ask->what == WARD_RECKON_HOSTS || ask->what == WARD_RECKON_HOST ||
		ask->what == WARD_RECKON_NORMAL)
		remember(k);
	ward_ns began = ward_clock_mono(k->p.clock);

	if (k->r)
		said = ward_reckon_answer(k->r, ask);
	said.took = ward_clock_mono(k->p.clock) - began;
	ward_reckoned_put(&w, &said);
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_count_name(&k->p.counters, said.err ? "reckon.refused" : "reckon.answered", 1);
	enum ward_err err = ward_msg_send(k->api, WARD_MSG_RECKONED, m->id, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&k->p, "the link with api", err);
}

static void hear(struct reckoner *k)
{
	struct pollfd p = {k->api, POLLIN, 0};
	struct ward_reckon_ask ask;
	struct ward_msg m;

	if (poll(&p, 1, WAIT_MS) != 1) {
		if (k->r && ward_reckon_ready(k->r))
			ward_count_name(&k->p.counters, "reckon.ready", 1);
		return;
	}
	enum ward_err err = ward_msg_recv(k->api, k->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "the supervisor closed a link", err);
	if (!err)
		err = m.type == WARD_MSG_RECKON ? ward_reckon_get(&m.body, &ask) : WARD_ERR_DENIED;
	if (err)
		ward_count_name(&k->p.counters, "reckon.malformed", 1);
	else
		answer(k, &m, &ask);
}

static void link_store(struct reckoner *k)
{
	int fd = ward_process_fd(&k->p, "store");

	k->memory = ward_wr_grow(ward_mem_heap(), ward_limit(&k->lim, WARD_LIMIT_STORE_CHECKPOINT));
	if (fd != WARD_FD_NONE &&
		ward_committer_new(fd, k->p.clock, ward_mem_heap(), &k->lim, &k->store) != WARD_OK)
		ward_process_die(&k->p, "the link with store", WARD_ERR_NOMEM);
}

int main(int argc, char **argv)
{
	struct reckoner *k = calloc(1, sizeof(*k));

	if (!k)
		return WARD_PROCESS_DIED;
	ward_process_begin(&k->p, "reckon", argc, argv);
	k->api = ward_process_need_fd(&k->p, "api");
	know(k);
	link_store(k);
	ward_process_cage(&k->p, WARD_CAGE_PLAIN, NULL);
	while (!ward_process_stopping()) {
		hear(k);
		ward_process_count(&k->p);
	}
	ward_reckon_free(k->r);
	ward_committer_free(k->store);
	ward_wr_fini(&k->memory);
	for (size_t i = 0; i < k->n_lang; i++)
		ward_lang_free(k->lang[i]);
	for (size_t i = 0; i < k->n_rule_lang; i++)
		ward_lang_free(k->rule_lang[i]);
	int status = ward_process_end(&k->p);

	free(k);
	return status;
}
