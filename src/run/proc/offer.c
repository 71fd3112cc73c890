/* Lays out for others what may leave to them, to be fetched by HTTP or HTTPS on a listener that the
 * supervisor holds: STIX objects (TAXII 2.1) and CAP alerts (Atom), for each reader of readers.yml
 * its own.
 *
 * It reads the store's rows and writes none. Who asks shows that he knows a reader's secret, as a
 * bearer's token or as a password; a reader without a secret is anybody. */
#include "exchange/atom.h"
#include "exchange/readers.h"
#include "exchange/taxii.h"
#include "run/proc/log_tls.h"
#include "run/proc/web.h"
#include "run/rows_link.h"
#include "story/zone.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WAIT_MS = 250,
	BODY_MAX = 1024, /* nobody has anything to say here */
	ANSWER_MAX = 12 << 20,
	FIELDS_MAX = 512,
	BASE_MAX = 300,
	PATH_BYTES = 4096,
	ARENA_BYTES = 16 << 20,
	SIGNER_BYTES = 64 << 10,
};

/* What is laid out is made anew at most so often, however many ask while much happens. */
static const ward_ns refresh_every = WARD_NS_PER_S;

struct reader {
	const struct ward_offer_reader *is;
	char secret[WARD_READER_SECRET_MAX]; /* empty: anybody */
	struct ward_offer *offer;
	struct ward_id collection;
	uint64_t left_out; /* of its incidents: said */
	ward_ns refreshed; /* monotonic; 0: never */
};

struct server {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_arena arena;
	struct ward_sharing *sharing;
	struct ward_readers readers;
	struct ward_lang *lang[WARD_EXCHANGE_LANGUAGES];
	struct ward_exchange_how how;
	struct ward_signer *signer; /* NULL: alerts are not signed */
	struct reader reader[WARD_READERS_MAX];
	size_t n_reader;
	struct ward_offer_past *past;
	struct ward_rows_link rows;
	bool all; /* every row that there is was read */
	ward_ns since;
	struct log_tls_server *tls;
	struct web *web;
	struct ward_wr body;
};

static void need(struct server *s, enum ward_err err)
{
	if (err)
		ward_process_die(&s->p, "out of memory", err);
}

/* ---- rows ---- */

static void on_row(void *ctx, const struct ward_store_row *r)
{
	struct server *s = ctx;

	if (r->kind > WARD_ROW_IMPACT)
		return;
	enum ward_err err = ward_offer_past_take(s->past, r->json, r->time);

	if (err == WARD_ERR_MALFORMED)
		ward_count_name(&s->p.counters, "offer.unreadable", 1);
	else
		need(s, err);
}

/* ---- who asks ---- */

static bool same(const char *secret, struct ward_str given)
{
	uint8_t a[crypto_generichash_BYTES], b[crypto_generichash_BYTES];

	(void)crypto_generichash(a, sizeof(a), (const uint8_t *)given.p, given.len, NULL, 0);
	(void)crypto_generichash(b, sizeof(b), (const uint8_t *)secret, strlen(secret), NULL, 0);
	return sodium_memcmp(a, b, sizeof(a)) == 0;
}

/* All are compared, so that the time tells nothing. user NULL: any. */
static struct reader *by_secret(
	struct server *s, const struct ward_str *user, struct ward_str secret)
{
	struct reader *found = NULL;

	for (size_t i = 0; i < s->n_reader; i++) {
		struct reader *r = &s->reader[i];

		if (r->secret[0] && same(r->secret, secret) &&
			(!user || ward_str_eq(*user, r->is->id)))
			found = r;
	}
	return found;
}

/* RFC 7617: "NAME:PASSWORD" in base 64; the name is the reader's id. */
static struct reader *by_password(struct server *s, struct ward_str coded)
{
	char text[WARD_READER_SECRET_MAX + WARD_READER_ID + 4];
	size_t n = 0;
	struct reader *found = NULL;

	if (sodium_base642bin((uint8_t *)text, sizeof(text), coded.p, coded.len, NULL, &n, NULL,
		    sodium_base64_VARIANT_ORIGINAL) == 0) {
		struct ward_str secret = {text, n}, user = ward_str_cut(&secret, ':');

		if (secret.p)
			found = by_secret(s, &user, secret);
	}
	ward_wipe(text, sizeof(text));
	return found;
}

/* NULL: nobody that is known. */
static struct reader *who(struct server *s, const struct ward_httpmsg *http)
{
	struct ward_str rest = ward_httpmsg_field(http, "authorization", 0);
	struct ward_str scheme = ward_str_cut(&rest, ' ');

	rest = rest.p ? ward_str_trim(rest) : WARD_STR("");
	if (ward_str_ieq(scheme, WARD_STR("Bearer")))
		return by_secret(s, NULL, rest);
	if (ward_str_ieq(scheme, WARD_STR("Basic")))
		return by_password(s, rest);
	for (size_t i = 0; i < s->n_reader && !scheme.len; i++)
		if (!s->reader[i].secret[0])
			return &s->reader[i];
	return NULL;
}

/* ---- answers ---- */

static void say(struct server *s, unsigned status, const char *word, const char *fields,
	const char *words, bool keep)
{
	static const struct {
		unsigned status;
		const char *counter;
	} name[] = {{400, "offer.answered.400"}, {401, "offer.answered.401"},
		{404, "offer.answered.404"}, {405, "offer.answered.405"},
		{503, "offer.answered.503"}, {304, "offer.answered.304"}};
	const char *counter = NULL;

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		counter = name[i].status == status ? name[i].counter : counter;
	web_say(s->web, &(struct web_answer){.status = status,
				.word = word,
				.fields = fields,
				.body = ward_str_z(words),
				.counter = counter,
				.keep = keep,
				.known = status != 401 && status != 400});
}

/* As he wrote it, since the address that others see may be another than ours; a host's name that is
 * none is not given back. */
static struct ward_str base_of(
	const struct server *s, const struct ward_httpmsg *http, char ret[BASE_MAX])
{
	struct ward_str host = ward_httpmsg_field(http, "host", 0);
	struct ward_wr w = ward_wr_fixed(ret, BASE_MAX);

	for (size_t i = 0; i < host.len; i++)
		if (!((host.p[i] >= 'a' && host.p[i] <= 'z') ||
			    (host.p[i] >= 'A' && host.p[i] <= 'Z') ||
			    (host.p[i] >= '0' && host.p[i] <= '9') || strchr(".:-[]", host.p[i])))
			host.len = 0;
	if (host.len && host.len < 256) {
		ward_wr_z(&w, s->tls ? "https://" : "http://");
		ward_wr_str(&w, host);
	}
	return ward_wr_text(&w);
}

static void put_added(struct ward_wr *w, const char *name, int64_t us)
{
	ward_wr_printf(w, "X-TAXII-Date-Added-%s: ", name);
	ward_taxii_time(us, w);
	ward_wr_z(w, "\r\n");
}

static void taxii(struct server *s, struct reader *r, const struct ward_httpmsg *http,
	const struct ward_httpmsg_whole *m)
{
	char base[BASE_MAX], fields[FIELDS_MAX + 1];
	struct ward_wr f = ward_wr_fixed(fields, FIELDS_MAX);
	const struct ward_taxii_reader to = {.hospital = ward_model_hospital(s->m)->name,
		.title = r->is->name,
		.base = base_of(s, http, base),
		.collection = r->collection,
		.offer = r->offer};
	const struct ward_taxii_ask ask = {
		m->method, m->target, ward_httpmsg_field(http, "accept", 0)};
	struct ward_taxii_answer a;

	need(s, ward_taxii_answer(&to, &ask, &a, &s->body));
	if (a.has) {
		put_added(&f, "First", a.first);
		put_added(&f, "Last", a.last);
	}
	fields[f.len] = 0;
	web_say(s->web, &(struct web_answer){.status = a.status,
				.word = a.word,
				.type = WARD_TAXII_TYPE,
				.fields = fields,
				.body = ward_wr_text(&s->body),
				.counter = "offer.taxii",
				.keep = m->keep,
				.known = true});
}

/* RFC 9110 8.8.3, 13.1.2: who has it already is told so. */
static void cap(struct server *s, struct reader *r, const struct ward_httpmsg *http,
	const struct ward_httpmsg_whole *m)
{
	char base[BASE_MAX], fields[FIELDS_MAX], tag[WARD_ID_TEXT + 3], id[WARD_ID_TEXT];
	const struct ward_atom_reader to = {.hospital = ward_model_hospital(s->m)->name,
		.title = r->is->name,
		.base = base_of(s, http, base),
		.feed = r->collection,
		.offer = r->offer,
		.since = s->since};
	const char *type = NULL;

	if (!ward_str_eqz(m->method, "GET")) {
		say(s, 405, "Method Not Allowed", "Allow: GET\r\n", "ask with GET\n", m->keep);
		return;
	}
	enum ward_err err = ward_atom_answer(&to, m->target, &type, &s->body);

	if (err == WARD_ERR_NOT_FOUND) {
		say(s, 404, "Not Found", NULL,
			"there is nothing here: the list is at " WARD_ATOM_PATH "\n", m->keep);
		return;
	}
	need(s, err);
	ward_id_text(ward_id_keyed((const uint8_t[16]){1}, ward_wr_slice(&s->body)), id);
	(void)snprintf(tag, sizeof(tag), "\"%s\"", id);
	(void)snprintf(fields, sizeof(fields), "ETag: %s\r\n", tag);
	if (ward_str_eqz(ward_httpmsg_field(http, "if-none-match", 0), tag)) {
		say(s, 304, "Not Modified", fields, "", m->keep);
		return;
	}
	web_say(s->web, &(struct web_answer){.status = 200,
				.word = "OK",
				.type = type,
				.fields = fields,
				.body = ward_wr_text(&s->body),
				.counter = "offer.cap",
				.keep = m->keep,
				.known = r->secret[0] != 0});
}

static void refresh(struct server *s, struct reader *r)
{
	ward_ns mono = ward_clock_mono(s->p.clock);

	if (r->refreshed && mono - r->refreshed < refresh_every)
		return;
	need(s, ward_offer_refresh(r->offer, s->past, ward_clock_now(s->p.clock)));
	r->refreshed = mono;
	uint64_t left = ward_offer_left_out(r->offer);

	if (left && left != r->left_out)
		WARD_LOG(&s->p.log, WARN, "offer.left_out", WARD_KV_S("reader", r->is->id),
			WARD_KV_U("incidents", left),
			WARD_KV_Z("why", "there is no room for more: the oldest are not laid out"));
	r->left_out = left;
}

static bool request(void *ctx, const struct ward_httpmsg *http, const struct ward_httpmsg_whole *m)
{
	struct server *s = ctx;
	struct reader *r = who(s, http);

	ward_wr_reset(&s->body);
	if (!r) {
		say(s, 401, "Unauthorized", "WWW-Authenticate: Basic realm=\"ward\"\r\n",
			"the secret is missing or wrong\n", false);
		return true;
	}
	if (!s->all) { /* half of what is known would be told as all of it */
		say(s, 503, "Service Unavailable", "Retry-After: 2\r\n",
			"what is kept is still being read\n", m->keep);
		return true;
	}
	refresh(s, r);
	if (ward_taxii_is(m->target))
		taxii(s, r, http, m);
	else if (ward_atom_is(m->target))
		cap(s, r, http, m);
	else
		say(s, 404, "Not Found", NULL,
			"there is nothing here: " WARD_TAXII_PATH " or " WARD_ATOM_PATH "\n",
			m->keep);
	return true;
}

static void broken(void *ctx, enum ward_err err, const char *why)
{
	(void)err;
	say(ctx, 400, "Bad Request", NULL, why, false);
}

/* ---- settings ---- */

static const char *setting(struct server *s, const char *key)
{
	const char *v = ward_process_setting(&s->p, key);

	if (!v || strlen(v) > PATH_BYTES - 300)
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	return v;
}

static void tell(struct server *s, const struct ward_diag *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->item[i].level == WARD_DIAG_ERROR)
			WARD_LOG(&s->p.log, ERROR, "offer.finding",
				WARD_KV_S("file", d->item[i].file),
				WARD_KV_U("line", d->item[i].line),
				WARD_KV_S("what", d->item[i].what),
				WARD_KV_S("mend", d->item[i].mend));
}

/* Those of the hospital, for alerts; English where it has none that Ward speaks. */
static void speak(struct server *s, struct ward_diag *d)
{
	const struct ward_hospital *h = ward_model_hospital(s->m);
	char dir[PATH_BYTES];

	(void)snprintf(dir, sizeof(dir), "%s/words", setting(s, "content"));
	for (size_t i = 0; i < h->n_languages && s->how.n_lang + 1 < WARD_EXCHANGE_LANGUAGES; i++) {
		struct ward_lang *lang = NULL;
		enum ward_err err =
			ward_lang_load(dir, h->languages[i], &s->lim, ward_mem_heap(), d, &lang);

		if (err)
			WARD_LOG(&s->p.log, ERROR, "offer.lang", WARD_KV_S("lang", h->languages[i]),
				WARD_KV_E(err));
		else
			s->how.lang[s->how.n_lang++] = lang;
	}
	if (!s->how.n_lang)
		s->how.lang[s->how.n_lang++] = NULL;
	if (s->readers.sender.len) {
		s->how.sender = s->readers.sender;
		return;
	}
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PATH_BYTES);

	ward_wr_z(&w, "ward@");
	ward_wr_str(&w, h->id);
	ward_wr_z(&w, ".invalid");
	s->how.sender = ward_arena_str(&s->arena, ward_wr_text(&w));
	ward_wr_fini(&w);
	need(s, s->how.sender.p ? WARD_OK : WARD_ERR_NOMEM);
}

static void read_secret(struct server *s, struct reader *r)
{
	char path[2 * PATH_BYTES], line[WARD_READER_SECRET_MAX + 2];
	struct ward_str file = r->is->secret_file;
	bool whole = file.len && file.p[0] == '/';

	if (!file.len)
		return;
	(void)snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : setting(s, "hospital"),
		whole ? "" : "/", WARD_STR_ARG(file));
	FILE *f = fopen(path, "re");

	if (f)
		(void)setvbuf(f, NULL, _IONBF, 0); /* no copy of it stays */
	const char *got = f ? fgets(line, sizeof(line), f) : NULL;
	struct ward_str secret = ward_str_trim(ward_str_z(got ? line : ""));

	if (f)
		(void)fclose(f);
	if (secret.len < WARD_READER_SECRET_MIN || secret.len >= sizeof(r->secret))
		ward_process_die(&s->p, "a reader's secret is missing, too short or too long",
			WARD_ERR_CONFIG);
	memcpy(r->secret, secret.p, secret.len);
	ward_wipe(line, sizeof(line));
}

static void read_signer(struct server *s)
{
	char path[2 * PATH_BYTES];
	uint8_t pem[SIGNER_BYTES];
	struct ward_str file = s->readers.signer;
	bool whole = file.len && file.p[0] == '/';
	const char *why = "the key that signs can't be read";

	if (!file.len)
		return;
	(void)snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : setting(s, "hospital"),
		whole ? "" : "/", WARD_STR_ARG(file));
	FILE *f = fopen(path, "rbe");

	if (f)
		(void)setvbuf(f, NULL, _IONBF, 0); /* no copy of the key stays */
	size_t n = f ? fread(pem, 1, sizeof(pem), f) : 0;

	if (f)
		(void)fclose(f);
	if (!n || n == sizeof(pem) ||
		ward_signer_new(ward_slice_of(pem, n), &s->signer, &why) != WARD_OK)
		ward_process_die(&s->p, why, WARD_ERR_CONFIG);
	ward_wipe(pem, sizeof(pem));
}

/* Of a played scenario only those of exercises read, and these nothing else. */
static void meet(struct server *s, bool play)
{
	for (size_t i = 0; i < s->readers.n; i++) {
		struct reader *r = &s->reader[s->n_reader];
		const struct ward_offer_opts o = {.mem = ward_mem_heap(),
			.model = s->m,
			.sharing = s->sharing,
			.to = {s->readers.r[i].to, s->readers.r[i].tlp, s->readers.r[i].purpose},
			.how = s->how,
			.signer = s->signer,
			.exercise = play};

		if (s->readers.r[i].exercise != play)
			continue;
		r->is = &s->readers.r[i];
		r->collection = ward_taxii_collection(s->m, r->is->id);
		read_secret(s, r);
		need(s, ward_offer_new(&o, &r->offer));
		s->n_reader++;
	}
}

static void know(struct server *s)
{
	const char *dir = setting(s, "hospital"), *content = setting(s, "content");
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&s->arena, ward_mem_heap(), ARENA_BYTES);
	s->sharing = ward_arena_alloc(&s->arena, sizeof(*s->sharing));
	need(s, s->sharing ? WARD_OK : WARD_ERR_NOMEM);
	enum ward_err err = ward_model_load(dir, content, &s->lim, ward_mem_heap(), &d, &s->m);

	if (!err)
		err = ward_sharing_load(content, &s->lim, &s->arena, &d, s->sharing);
	const struct ward_readers_in in = {dir, content, &s->lim, ward_mem_heap(), &d};

	if (!err)
		err = ward_readers_load(&in, &s->readers);
	if (err)
		tell(s, &d);
	if (err)
		ward_process_die(&s->p, "hospital, sharing.yml, " WARD_READERS_FILE, err);
	speak(s, &d);
	ward_diag_fini(&d);
	struct ward_str zone = ward_model_hospital(s->m)->timezone;

	if (zone.len && ward_zone_use(zone) != WARD_OK) /* its file is read: none is in the cage */
		WARD_LOG(&s->p.log, WARN, "offer.timezone", WARD_KV_S("zone", zone));
	read_signer(s);
	meet(s, ward_process_setting(&s->p, "exercise") != NULL);
	need(s, ward_offer_past_new(ward_mem_heap(), &s->lim, &s->past));
}

static void open_door(struct server *s)
{
	const char *certificate = ward_process_setting(&s->p, "certificate"),
		   *key = ward_process_setting(&s->p, "key");
	char why[LOG_TLS_WHY];
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;

	/* OpenSSL reads its configuration with its first use: there are no files in the cage */
	if (sodium_init() < 0 || EVP_Q_digest(NULL, "SHA1", NULL, "", 0, sum, &n) != 1)
		ward_process_die(&s->p, "the cryptographic libraries", WARD_ERR_UNSUPPORTED);
	if (certificate && key &&
		log_tls_server_new(certificate, key, ward_process_setting(&s->p, "clients"), why,
			&s->tls) != WARD_OK)
		ward_process_die(&s->p, why, WARD_ERR_CONFIG);
	s->body = ward_wr_grow(ward_mem_heap(), ANSWER_MAX);
	s->since = ward_clock_now(s->p.clock);
	s->web = web_new(&(struct web_opts){.p = &s->p,
		.listener = ward_process_need_fd(&s->p, "listener"),
		.tls = s->tls,
		.body_max = BODY_MAX,
		.answer_max = ANSWER_MAX,
		.request = request,
		.broken = broken,
		.ctx = s,
		.late = "offer.late",
		.refused = "offer.connections_refused",
		.ended = "offer.connections_ended"});
	ward_rows_link_begin(&s->rows, &s->p, on_row, s);
}

int main(int argc, char **argv)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "offer", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	know(s);
	open_door(s);
	ward_process_cage(&s->p, WARD_CAGE_LISTEN, NULL);
	while (!ward_process_stopping()) {
		s->all = ward_rows_link_fetch(&s->rows) || s->all;
		if (!web_turn(s->web, WARD_FD_NONE, WAIT_MS))
			break;
		ward_process_count(&s->p);
	}
	web_free(s->web);
	log_tls_server_free(s->tls);
	for (size_t i = 0; i < s->n_reader; i++) {
		ward_wipe(s->reader[i].secret, sizeof(s->reader[i].secret));
		ward_offer_free(s->reader[i].offer);
	}
	ward_signer_free(s->signer);
	ward_offer_past_free(s->past);
	for (size_t i = 0; i < s->how.n_lang; i++)
		ward_lang_free(s->how.lang[i]);
	ward_wr_fini(&s->body);
	ward_readers_free(&s->readers);
	ward_arena_fini(&s->arena);
	ward_model_free(s->m);
	int status = ward_process_end(&s->p);

	free(s);
	return status;
}
