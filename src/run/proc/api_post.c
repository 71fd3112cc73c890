/* Events that other systems post: handed on to `ingest`, which knows their tokens and has the way
 * to the journal, and answered with what it says. Nothing of a batch is kept here. */
#include "run/proc/api_post.h"

#include "run/post.h"

#include <poll.h>
#include <sodium.h>

/* Of an address until a token of it was good, and of a good token. */
static const struct serve_rate of_stranger = {60, 120}, of_poster = {600, 6000};
static const ward_ns post_patience = 10 * WARD_NS_PER_S;

static void hash_of(struct ward_str token, uint8_t ret[32])
{
	(void)crypto_generichash(ret, 32, (const uint8_t *)token.p, token.len, NULL, 0);
}

/* Of tokens that `ingest` took, the ones that posted last. */
static struct serve_poster *poster(struct server *s, const uint8_t hash[32], bool make)
{
	struct serve_poster *oldest = &s->poster[0];

	for (size_t i = 0; i < SERVE_POSTERS; i++) {
		struct serve_poster *x = &s->poster[i];

		if (x->used && sodium_memcmp(x->hash, hash, 32) == 0)
			return x;
		if (!x->used || (oldest->used && x->bucket.at < oldest->bucket.at))
			oldest = x;
	}
	if (!make)
		return NULL;
	*oldest = (struct serve_poster){.used = true, .bucket.at = serve_mono(s)};
	memcpy(oldest->hash, hash, 32);
	return oldest;
}

static bool bearer(const struct ward_httpd_ask *a, struct ward_str *ret)
{
	struct ward_str rest = ward_httpd_value(a, "authorization");
	struct ward_str scheme = ward_str_cut(&rest, ' ');

	*ret = ward_str_trim(rest);
	return ward_str_ieq(scheme, WARD_STR("Bearer")) && ret->len && ret->len <= WARD_POST_TOKEN;
}

/* False: it was answered why the batch is none. */
static bool is_batch(struct server *s, struct ward_httpd_ask *a, struct ward_post *post)
{
	struct ward_str key = ward_httpd_value(a, "idempotency-key");

	post->key = key.p ? key : WARD_STR("");
	if (s->ingest == WARD_FD_NONE)
		serve_problem(s, a, 404,
			WARD_TEXT("nobody may post here: give a source of sources.yml `kind: "
				  "json`, `where: "
				  "api:` and a `password_file`"));
	else if (!a->body.len)
		serve_problem(s, a, 400,
			WARD_TEXT("there is no event: post a JSON array of objects, or an object a "
				  "line"));
	else if (key.len > WARD_POST_KEY)
		serve_problem(s, a, 400, WARD_TEXT("Idempotency-Key is longer than 256 bytes"));
	else
		return true;
	return false;
}

static void hand_on(struct server *s, struct ward_httpd_ask *a, const struct ward_post *post,
	const uint8_t hash[32])
{
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	struct serve_posting *p = NULL;

	for (size_t i = 0; i < SERVE_POSTINGS && !p; i++)
		p = s->posting[i].ask ? NULL : &s->posting[i];
	ward_post_put(&w, post);
	uint32_t id = s->next_id++;
	enum ward_err err =
		p ? ward_msg_send(s->ingest, WARD_MSG_POST, id, ward_wr_slice(&w)) : WARD_ERR_FULL;

	ward_wipe(s->message, w.len);
	if (err) {
		ward_count_name(&s->p.counters, "api.posts_refused", 1);
		serve_problem(s, a, 503,
			WARD_TEXT("too many batches wait: nothing was taken, post it again later"));
		return;
	}
	*p = (struct serve_posting){.ask = a, .id = id, .until = serve_mono(s) + post_patience};
	memcpy(p->hash, hash, 32);
}

static void wait_post(struct server *s, struct ward_httpd_ask *a)
{
	serve_wait(s, a, WARD_NS_PER_S,
		ward_str_z(WARD_TEXT("too many batches: put more events into each")));
}

bool serve_may_post(struct server *s, struct ward_httpd_ask *a)
{
	if (serve_may(s, &serve_peer_of(s, a->peer)->posting, &of_stranger))
		return true;
	wait_post(s, a);
	return false;
}

void serve_post(struct server *s, struct ward_httpd_ask *a)
{
	struct ward_post post = {.batch = a->body};
	uint8_t hash[32];
	bool has = bearer(a, &post.token);

	if (!has && serve_sensor_post(s, a))
		return;

	hash_of(has ? post.token : WARD_STR(""), hash);
	struct serve_poster *known = has ? poster(s, hash, false) : NULL;

	if (known)
		ward_httpd_known(a);
	if (known && !serve_may(s, &known->bucket, &of_poster)) {
		wait_post(s, a);
		return;
	}
	if (!known && !serve_may_post(s, a))
		return;
	if (!has)
		serve_problem(s, a, 401,
			WARD_TEXT("the token is missing: send `Authorization: Bearer TOKEN`, the "
				  "first line "
				  "of the source's password_file"));
	else if (is_batch(s, a, &post))
		hand_on(s, a, &post, hash);
}

void serve_post_of(struct server *s, struct ward_httpd_ask *a, struct ward_str sensor,
	const uint8_t print[WARD_SIGN_TOKEN])
{
	struct ward_post post = {.token = WARD_STR(""), .sensor = sensor, .batch = a->body};

	ward_httpd_known(a);
	if (!serve_may(s, &poster(s, print, true)->bucket, &of_poster))
		wait_post(s, a);
	else if (is_batch(s, a, &post))
		hand_on(s, a, &post, print);
}

static void told(struct server *s, const struct serve_posting *p, const struct ward_posted *d)
{
	if (d->status != 401) {
		ward_httpd_known(p->ask);
		(void)poster(s, p->hash, true);
	}
	if (d->status != 202)
		serve_problem_str(s, p->ask, d->status, d->text);
	else
		serve_say(s, p->ask,
			&(struct serve_answer){.status = 202,
				.type = WARD_API_JSON,
				.body = ward_str_bytes(d->text)});
}

void serve_hear_ingest(struct server *s)
{
	struct pollfd fd = {s->ingest, POLLIN, 0};
	ward_ns now = serve_mono(s);

	for (int n = 0; s->ingest != WARD_FD_NONE && n < 64 && poll(&fd, 1, 0) == 1; n++) {
		struct ward_posted d;
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(s->ingest, s->buf, &m);

		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			ward_process_die(&s->p, "the link with ingest", err);
		if (err || m.type != WARD_MSG_POSTED || ward_posted_get(&m.body, &d) != WARD_OK) {
			ward_count_name(&s->p.counters, "api.ingest_malformed", 1);
			continue;
		}
		for (size_t i = 0; i < SERVE_POSTINGS; i++) {
			struct serve_posting was = s->posting[i];

			if (!was.ask || was.id != m.id)
				continue;
			s->posting[i].ask = NULL;
			told(s, &was, &d);
		}
	}
	for (size_t i = 0; i < SERVE_POSTINGS; i++) {
		struct serve_posting was = s->posting[i];

		if (!was.ask || now < was.until)
			continue;
		s->posting[i].ask = NULL;
		serve_problem(s, was.ask, 503,
			WARD_TEXT("there was no answer in time: it may have been taken; post the "
				  "same again "
				  "with the same Idempotency-Key"));
	}
}
