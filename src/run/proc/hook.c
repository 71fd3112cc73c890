/* The process of one webhook: other systems POST what they have to say, a JSON object each, by HTTP
 * or HTTPS, on a listener that the supervisor holds.
 *
 * Who posts shows that he knows the secret: by a signature of the body (HMAC-SHA256), or with the
 * secret itself as a bearer's token. What is answered 202 is in the journal; while that has no room
 * the answer is 503, and 413 where it is too long for a record: then nothing was taken. */
#include "run/feeder.h"
#include "run/proc/log_tls.h"
#include "run/proc/patterns.h"
#include "run/proc/web.h"
#include "sense/log/log.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { WAIT_MS = 1000, SECRET_MAX = 1024, SECRET_MIN = 16, ANSWER_MAX = 1024 };

struct hook {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_log_patterns *patterns; /* what records mean */
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	struct log_tls_server *tls;
	struct web *web;
	const char *source;
	char secret[SECRET_MAX];
	uint64_t n; /* records so far: their place in this life */
};

/* What is answered; names of counters live forever. */
struct status {
	unsigned code;
	const char *word, *counter;
};

static const struct status recorded = {202, "Accepted", "hook.answered.202"},
			   no_record = {400, "Refused", "hook.answered.400"},
			   unknown = {401, "Refused", "hook.answered.401"},
			   no_post = {405, "Refused", "hook.answered.405"},
			   too_long = {413, "Refused", "hook.answered.413"},
			   no_room = {503, "Refused", "hook.answered.503"};

static void answer(struct hook *h, const struct status *status, const char *words, bool keep)
{
	char text[ANSWER_MAX];
	int n = snprintf(text, sizeof(text), "%s\n", words);

	WARD_ASSERT(n > 0 && (size_t)n < sizeof(text));
	web_say(h->web, &(struct web_answer){.status = status->code,
				.word = status->word,
				.body = {text, (size_t)n},
				.counter = status->counter,
				.keep = keep,
				.known = status != &unknown});
}

/* ---- who asks ---- */

/* stamp: of who signs when it was signed, too, as Ward itself does (docs/webhooks.md); or empty. */
static bool signed_by_us(const struct hook *h, struct ward_str signature, struct ward_str stamp,
	struct ward_slice body)
{
	uint8_t given[crypto_auth_hmacsha256_BYTES], due[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state s;

	if (ward_str_starts(signature, WARD_STR("sha256=")))
		signature = ward_str_sub(signature, 7, signature.len);
	if (!ward_str_unhex(signature, given, sizeof(given)))
		return false;
	(void)crypto_auth_hmacsha256_init(&s, (const uint8_t *)h->secret, strlen(h->secret));
	if (stamp.len) {
		(void)crypto_auth_hmacsha256_update(&s, (const uint8_t *)stamp.p, stamp.len);
		(void)crypto_auth_hmacsha256_update(&s, (const uint8_t *)".", 1);
	}
	(void)crypto_auth_hmacsha256_update(&s, body.p, body.len);
	(void)crypto_auth_hmacsha256_final(&s, due);
	ward_wipe(&s, sizeof(s));
	return sodium_memcmp(given, due, sizeof(due)) == 0;
}

/* In the same time whatever is wrong with it. */
static bool bears_secret(const struct hook *h, struct ward_str token)
{
	uint8_t a[crypto_generichash_BYTES], b[crypto_generichash_BYTES];

	if (!ward_str_starts(token, WARD_STR("Bearer ")))
		return false;
	token = ward_str_trim(ward_str_sub(token, 7, token.len));
	(void)crypto_generichash(a, sizeof(a), (const uint8_t *)token.p, token.len, NULL, 0);
	(void)crypto_generichash(
		b, sizeof(b), (const uint8_t *)h->secret, strlen(h->secret), NULL, 0);
	return sodium_memcmp(a, b, sizeof(a)) == 0;
}

static bool authorized(
	const struct hook *h, const struct ward_httpmsg *http, struct ward_slice body)
{
	static const char *const names[] = {"x-ward-signature", "x-hub-signature-256"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++) {
		struct ward_str s = ward_httpmsg_field(http, names[i], 0);

		if (s.p)
			return signed_by_us(
				h, s, ward_httpmsg_field(http, "x-ward-timestamp", 0), body);
	}
	return bears_secret(h, ward_httpmsg_field(http, "authorization", 0));
}

/* ---- what is said ---- */

/* A record that its sender names is one, however often he sends it. No signature covers the name:
 * another record by the same name is another one, so that nobody can have it taken for known. */
static uint64_t place_of(struct hook *h, const struct ward_httpmsg *http, struct ward_slice body)
{
	struct ward_str key = ward_httpmsg_field(http, "idempotency-key", 0);
	struct ward_seed seed = {0x776172642d686f6f, 0x6b2d6b6579000000};

	h->opts.epoch = key.len ? 0 : (uint64_t)h->opts.seen;
	if (!key.len)
		return h->n++;
	seed.k0 ^= ward_siphash(seed, key.p, key.len);
	return ward_siphash(seed, body.p, body.len);
}

/* False: the process is to end before it is known. */
static bool record(
	struct hook *h, const struct ward_httpmsg *http, struct ward_slice body, bool keep)
{
	struct ward_input_problem problem = {.counter = NULL};
	uint64_t n_shed = ward_feeder_shed(h->feeder), n_large = ward_feeder_too_large(h->feeder);
	struct ward_event e;

	ward_arena_reset(&h->arena);
	h->opts.seen = h->opts.reference = ward_clock_now(h->p.clock);
	uint64_t place = place_of(h, http, body);
	enum ward_err err = ward_log_sensor_record(
		h->log, ward_slice_text(body), place, &h->arena, &e, &problem);

	if (problem.counter)
		ward_count_name(&h->p.counters, problem.counter, 1);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&h->p, "out of memory", err);
	if (err) {
		answer(h, &no_record, "this is no JSON object; post one object at a time", keep);
		return true;
	}
	ward_feeder_event(h->feeder, &e);
	ward_feeder_flush(h->feeder);
	if (!ward_feeder_empty(h->feeder))
		return false;
	if (ward_feeder_shed(h->feeder) != n_shed)
		answer(h, &no_room, "there is no room for it; post it again later", keep);
	else if (ward_feeder_too_large(h->feeder) != n_large)
		answer(h, &too_long,
			"its record would be longer than 128 KiB; post it in smaller parts", keep);
	else
		answer(h, &recorded, "recorded", keep);
	return true;
}

static bool request(void *ctx, const struct ward_httpmsg *http, const struct ward_httpmsg_whole *m)
{
	struct hook *h = ctx;

	if (!authorized(h, http, m->body)) {
		answer(h, &unknown, "the signature or the token is missing or wrong", false);
		return true;
	}
	if (!ward_str_eqz(m->method, "POST")) {
		answer(h, &no_post, "post JSON here", m->keep);
		return true;
	}
	return record(h, http, m->body, m->keep);
}

static void broken(void *ctx, enum ward_err err, const char *why)
{
	answer(ctx, err == WARD_ERR_LIMIT ? &too_long : &no_record, why, false);
}

static void run(struct hook *h)
{
	while (!ward_process_stopping() && web_turn(h->web, WARD_FD_NONE, WAIT_MS))
		ward_process_count(&h->p);
}

static void open_hook(struct hook *h)
{
	const char *certificate = ward_process_setting(&h->p, "certificate"),
		   *key = ward_process_setting(&h->p, "key");
	char why[LOG_TLS_WHY];

	h->source = ward_process_setting(&h->p, "source");
	int listener = ward_process_need_fd(&h->p, "listener");

	ward_process_secret(&h->p, "password_file", h->secret, sizeof(h->secret));
	if (!h->source || strlen(h->secret) < SECRET_MIN)
		ward_process_die(
			&h->p, "its secret is shorter than 16 characters", WARD_ERR_CONFIG);
	if (certificate && key &&
		log_tls_server_new(certificate, key, ward_process_setting(&h->p, "clients"), why,
			&h->tls) != WARD_OK)
		ward_process_die(&h->p, why, WARD_ERR_CONFIG);
	h->patterns = process_patterns(&h->p, &h->names, &h->lim);
	h->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &h->lim,
		.names = &h->names,
		.counters = &h->p.counters,
		.patterns = h->patterns,
		.source = ward_str_z(h->source)};
	if (ward_log_sensor_new(&h->opts, WARD_LOG_JSON, &h->log) != WARD_OK)
		ward_process_die(&h->p, "out of memory", WARD_ERR_NOMEM);
	h->web = web_new(&(struct web_opts){.p = &h->p,
		.listener = listener,
		.tls = h->tls,
		.body_max = ward_limit(&h->lim, WARD_LIMIT_LOG_RECORD),
		.answer_max = ANSWER_MAX,
		.request = request,
		.broken = broken,
		.ctx = h,
		.late = "hook.late",
		.refused = "hook.connections_refused",
		.ended = "hook.connections_ended"});
}

int main(int argc, char **argv)
{
	struct hook *h = calloc(1, sizeof(*h));

	if (!h)
		return WARD_PROCESS_DIED;
	ward_process_begin(&h->p, "hook", argc, argv);
	ward_process_limits(&h->p, &h->lim);
	ward_arena_init(&h->arena, ward_mem_heap(), (size_t)64 << 20);
	if (ward_names_init(&h->names, ward_mem_heap(), &h->lim) != WARD_OK ||
		ward_feeder_new(&h->p, &h->names, &h->feeder) != WARD_OK)
		ward_process_die(&h->p, "out of memory", WARD_ERR_NOMEM);
	open_hook(h);
	ward_process_cage(&h->p, WARD_CAGE_LISTEN, NULL);
	run(h);
	web_free(h->web);
	ward_log_sensor_free(h->log);
	ward_log_patterns_free(h->patterns);
	log_tls_server_free(h->tls);
	ward_wipe(h->secret, sizeof(h->secret));
	return ward_process_end(&h->p);
}
