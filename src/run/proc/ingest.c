/* Events that other systems post to the API, many at once: `api` hands each batch on, with the
 * token of who posts. Which source that is only this process knows; it has no socket but its links.
 *
 * What is answered 202 is in the journal. By the same key the same batch is the same events,
 * however often it comes; so whoever got no answer posts it again. */
#include "event/plan.h"
#include "run/feeder.h"
#include "run/post.h"
#include "run/proc/patterns.h"
#include "sense/log/batch.h"
#include "sense/log/log.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SOURCES = WARD_INGEST_MAX,
	WAIT_MS = 1000,
	SECRET_MAX = 1024,
	SECRET_MIN = 16,
	TOLD_MAX = 100
};

struct ingest_source {
	const char *name;
	uint8_t hash[crypto_generichash_BYTES]; /* of its token */
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	uint64_t n;    /* events without a key, of this life */
	bool sensor;   /* of Ward, elsewhere: it sends evidence and what may be shed as they came */
	bool has_plan; /* its private addresses are of a plan of its own */
	struct ward_plan_prefix plan;
	bool enrolled; /* the same, which has a certificate and no token */
};

struct ingest {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_log_patterns *patterns;
	struct ingest_source source[SOURCES];
	size_t n_source;
	int api; /* link */
	uint8_t buf[WARD_MSG_MAX];
	uint8_t out[WARD_POST_ANSWER + 64];
	uint8_t text[WARD_POST_ANSWER];
};

/* A batch in hand. */
struct batch {
	struct ingest_source *from;
	struct ward_post post;
	struct ward_json j;
	size_t n, n_taken, n_refused;
	const char *first_why; /* of those that were refused … */
	size_t first_off;
	uint64_t n_large;
};

/* ---- who posts ---- */

/* In the same time whatever is wrong with it. */
static struct ingest_source *who(struct ingest *s, const struct ward_post *post)
{
	uint8_t hash[crypto_generichash_BYTES];
	struct ingest_source *found = NULL;
	struct ward_str token = post->token;

	for (size_t i = 0; post->sensor.len && i < s->n_source; i++)
		if (s->source[i].enrolled && ward_str_eqz(post->sensor, s->source[i].name))
			return &s->source[i];
	if (post->sensor.len)
		return NULL;
	(void)crypto_generichash(hash, sizeof(hash), (const uint8_t *)token.p, token.len, NULL, 0);
	for (size_t i = 0; i < s->n_source; i++)
		if (!s->source[i].enrolled &&
			sodium_memcmp(hash, s->source[i].hash, sizeof(hash)) == 0)
			found = &s->source[i];
	return found;
}

/* ---- what is said ---- */

/* By a key: what the batch is called, where in it the event stands, and what it says. */
static uint64_t place_of(struct batch *b, struct ward_str text, ward_ns now)
{
	struct ward_seed seed = {0x776172642d706f73, 0x742d6b6579000000};

	b->from->opts.epoch = b->post.key.len ? 0 : (uint64_t)now;
	if (!b->post.key.len)
		return b->from->n++;
	seed.k0 ^= ward_siphash(seed, b->post.key.p, b->post.key.len);
	seed.k1 ^= b->n;
	return ward_siphash(seed, text.p, text.len);
}

static void refuse(struct ingest *s, struct batch *b, const char *why, size_t off)
{
	ward_count_name(&s->p.counters, "ingest.refused", 1);
	if (!b->n_refused) {
		b->first_why = why;
		b->first_off = off;
	}
	if (b->n_refused++ >= TOLD_MAX)
		return;
	ward_json_obj(&b->j);
	ward_json_key(&b->j, "index");
	ward_json_u64(&b->j, b->n);
	ward_json_key(&b->j, "byte");
	ward_json_u64(&b->j, off);
	ward_json_key(&b->j, "why");
	ward_json_z(&b->j, why);
	ward_json_obj_end(&b->j);
}

static void take(struct ingest *s, struct batch *b, struct ward_str text, size_t off)
{
	struct ward_input_problem problem = {.counter = NULL};
	struct ward_event e;

	ward_arena_reset(&s->arena);
	b->from->opts.seen = b->from->opts.reference = ward_clock_now(s->p.clock);
	uint64_t place = place_of(b, text, b->from->opts.seen);
	enum ward_err err =
		ward_log_sensor_record(b->from->log, text, place, &s->arena, &e, &problem);

	if (!err && b->from->has_plan)
		err = ward_plan_event(&b->from->plan, &s->names, &e);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&s->p, "out of memory", err);
	if (problem.counter)
		ward_count_name(&s->p.counters, problem.counter, 1);
	if (err) {
		/* problem.off counts from the place, which is none in the batch */
		refuse(s, b, problem.what ? problem.what : ward_err_text(err),
			off + (problem.counter ? (size_t)(problem.off - place) : 0));
		return;
	}
	ward_feeder_event(s->feeder, &e);
	if (ward_feeder_too_large(s->feeder) != b->n_large) {
		b->n_large = ward_feeder_too_large(s->feeder);
		refuse(s, b, "its record would be longer than 128 KiB: post it in smaller parts",
			off);
		return;
	}
	b->n_taken++;
}

/* False: there are too many. */
static bool take_all(struct ingest *s, struct batch *b)
{
	struct ward_log_batch cut = ward_log_batch_on(b->post.batch);
	struct ward_str text;
	size_t off;
	enum ward_err err;

	while (!(err = ward_log_batch_next(&cut, &text, &off))) {
		if (b->n == WARD_POST_EVENTS)
			return false;
		take(s, b, text, off);
		b->n++;
	}
	if (err == WARD_ERR_MALFORMED)
		refuse(s, b,
			"the text can't be told apart from here on (a bracket or a quote is "
			"missing): nothing behind it was taken",
			off);
	return true;
}

/* ---- a batch ---- */

static struct ward_posted nothing(struct ingest *s, const struct batch *b)
{
	struct ward_wr w = ward_wr_fixed(s->text, sizeof(s->text));

	if (!b->n_refused)
		return (struct ward_posted){400,
			WARD_STR("there is no event: post a JSON array of objects, or an object "
				 "a line")};
	ward_wr_printf(&w, "no event was taken; the first is wrong at byte %zu: %s", b->first_off,
		b->first_why);
	return (struct ward_posted){400, ward_wr_text(&w)};
}

static struct ward_posted answer_batch(struct ingest *s, const struct ward_post *post)
{
	struct batch b = {
		.from = who(s, post), .post = *post, .n_large = ward_feeder_too_large(s->feeder)};
	struct ward_wr w = ward_wr_fixed(s->text, sizeof(s->text));
	uint64_t n_shed = ward_feeder_shed(s->feeder);

	if (!b.from)
		return (struct ward_posted){401, WARD_STR("the token is missing or wrong: send "
							  "`Authorization: Bearer TOKEN`")};
	b.j = ward_json_on(&w);
	ward_json_obj(&b.j);
	ward_json_key(&b.j, "refused");
	ward_json_arr(&b.j);
	bool whole = take_all(s, &b);

	ward_feeder_flush(s->feeder); /* all of it is durable from here on, or shed */
	ward_json_arr_end(&b.j);
	ward_json_key(&b.j, "taken");
	ward_json_u64(&b.j, b.n_taken);
	ward_json_key(&b.j, "refused_total");
	ward_json_u64(&b.j, b.n_refused);
	ward_json_obj_end(&b.j);
	ward_wr_ch(&w, '\n');
	ward_count_name(&s->p.counters, "ingest.taken", b.n_taken);
	WARD_ASSERT(!ward_wr_bad(&w)); /* TOLD_MAX short reasons */
	/* Of a sensor: evidence must not wait behind what is shed, and that the feeder tells
	 * itself. */
	if (!ward_feeder_empty(s->feeder) ||
		(!b.from->sensor && ward_feeder_shed(s->feeder) != n_shed))
		return (struct ward_posted){
			503, WARD_STR("there is no room for all of it: post the "
				      "same again later, with the same "
				      "Idempotency-Key")};
	if (!whole)
		return (struct ward_posted){400,
			WARD_STR("there are more than 1,000 events: the first 1,000 were taken; "
				 "post the others in batches of their own")};
	if (!b.n_taken)
		return nothing(s, &b);
	return (struct ward_posted){202, ward_wr_text(&w)};
}

static void hear(struct ingest *s)
{
	struct pollfd p = {s->api, POLLIN, 0};
	struct ward_wr w = ward_wr_fixed(s->out, sizeof(s->out));
	struct ward_post post;
	struct ward_msg m;

	if (poll(&p, 1, WAIT_MS) != 1)
		return;
	enum ward_err err = ward_msg_recv(s->api, s->buf, &m);

	if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
		ward_process_die(&s->p, "the link with api", err);
	if (err || m.type != WARD_MSG_POST || ward_post_get(&m.body, &post) != WARD_OK) {
		ward_count_name(&s->p.counters, "ingest.malformed", 1);
		return;
	}
	struct ward_posted is = answer_batch(s, &post);

	ward_posted_put(&w, &is);
	ward_wipe((void *)(uintptr_t)post.token.p, post.token.len);
	err = ward_msg_send(s->api, WARD_MSG_POSTED, m.id, ward_wr_slice(&w));
	if (err)
		ward_count_name(&s->p.counters, "ingest.unanswered", 1); /* it is posted again */
}

/* ---- life ---- */

static void read_token(struct ingest *s, struct ingest_source *x, const char *key)
{
	char secret[SECRET_MAX];

	ward_process_secret(&s->p, key, secret, sizeof(secret));
	if (strlen(secret) < SECRET_MIN)
		ward_process_die(&s->p, "a token is shorter than 16 characters", WARD_ERR_CONFIG);
	(void)crypto_generichash(
		x->hash, sizeof(x->hash), (const uint8_t *)secret, strlen(secret), NULL, 0);
	ward_wipe(secret, sizeof(secret));
	for (size_t i = 0; i + 1 < s->n_source; i++)
		if (!s->source[i].enrolled &&
			memcmp(s->source[i].hash, x->hash, sizeof(x->hash)) == 0)
			ward_process_die(&s->p, "two sources have the same token", WARD_ERR_CONFIG);
}

static void open_source(struct ingest *s, const char *name)
{
	struct ingest_source *x = &s->source[s->n_source++];
	char key[160];

	x->name = name;
	(void)snprintf(key, sizeof(key), "%s.sensor", name);
	x->sensor = ward_process_setting(&s->p, key) != NULL;
	(void)snprintf(key, sizeof(key), "%s.password_file", name);
	x->enrolled = x->sensor && !ward_process_setting(&s->p, key);
	if (!x->enrolled)
		read_token(s, x, key);
	(void)snprintf(key, sizeof(key), "%s.plan", name);
	const char *plan = ward_process_setting(&s->p, key);

	x->has_plan = plan != NULL;
	if (plan && !ward_plan_prefix_parse(ward_str_z(plan), &x->plan))
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	x->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->p.counters,
		.patterns = s->patterns,
		.source = ward_str_z(name)};
	if (ward_log_sensor_new(&x->opts, x->sensor ? WARD_LOG_SENSED : WARD_LOG_POSTED, &x->log) !=
		WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
}

int main(int argc, char **argv)
{
	struct ingest *s = calloc(1, sizeof(*s));
	const char *name;

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "ingest", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)64 << 20);
	if (sodium_init() < 0 || ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK ||
		ward_feeder_new(&s->p, &s->names, &s->feeder) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	s->api = ward_process_need_fd(&s->p, "api");
	s->patterns = process_patterns(&s->p, &s->names, &s->lim);
	while (s->n_source < SOURCES &&
		(name = ward_process_nth(&s->p, "source", s->n_source)) != NULL)
		open_source(s, name);
	ward_process_cage(&s->p, WARD_CAGE_PLAIN, NULL);
	while (!ward_process_stopping()) {
		hear(s);
		ward_process_count(&s->p);
	}
	for (size_t i = 0; i < s->n_source; i++)
		ward_log_sensor_free(s->source[i].log);
	ward_log_patterns_free(s->patterns);
	return ward_process_end(&s->p);
}
