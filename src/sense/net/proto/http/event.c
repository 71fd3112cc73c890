/* Events of the HTTP dissector: a transaction, what it is to FHIR or DICOMweb, who logged in. */
#include "sense/net/proto/http/stream.h"

#include "sense/net/carve/range.h"
#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/text.h"

#include "base/hash.h"

/* The scratch memory: what a caller keeps of a head, then the text of one field, then what it is
 * made of. */
enum {
	TEXT_AT = WARD_HTTP_ROOM,
	TEXT_BYTES = 8192,
	REDUCED_AT = TEXT_AT + TEXT_BYTES,
	LIST_ITEMS = 64,
};

enum what { WHAT_TEXT, WHAT_URL, WHAT_LIST, WHAT_FILE, WHAT_NOTHING };

#define NAME_LIST(X)                                 \
	X(VERSION, "http.version")                   \
	X(DEPTH, "http.depth")                       \
	X(STATUS, "http.status")                     \
	X(OUTCOME, "http.outcome")                   \
	X(LATENCY, "http.latency_ns")                \
	X(REQUEST_LENGTH, "http.request_length")     \
	X(RESPONSE_LENGTH, "http.response_length")   \
	X(REQUEST_BYTES, "http.request_bytes")       \
	X(RESPONSE_BYTES, "http.response_bytes")     \
	X(REQUEST_MIME, "http.request_mime")         \
	X(RESPONSE_MIME, "http.response_mime")       \
	X(REQUEST_CUT, "http.request_cut")           \
	X(RESPONSE_CUT, "http.response_cut")         \
	X(FIELDS_CUT, "http.fields_cut")             \
	X(ANOMALY, "http.anomaly")                   \
	X(RESPONSE_ANOMALY, "http.response_anomaly") \
	X(CLASS_HTTP, "net.http")                    \
	X(CONTENT_RANGE, "http.content_range")       \
	CARE_LIST(X, FHIR, "fhir")                   \
	CARE_LIST(X, DICOMWEB, "dicomweb")

/* In the same order for both. */
#define CARE_LIST(X, KIND, name)                         \
	X(KIND##_CLASS, "net." name)                     \
	X(KIND##_INTERACTION, name ".interaction")       \
	X(KIND##_RESOURCE, name ".resource")             \
	X(KIND##_PARAMETERS, name ".parameters")         \
	X(KIND##_STATUS, name ".status")                 \
	X(KIND##_OUTCOME, name ".outcome")               \
	X(KIND##_LATENCY, name ".latency_ns")            \
	X(KIND##_REQUEST_BYTES, name ".request_bytes")   \
	X(KIND##_RESPONSE_BYTES, name ".response_bytes") \
	X(KIND##_COMPARTMENT, name ".compartment")       \
	X(KIND##_OPERATION, name ".operation")           \
	X(KIND##_BUNDLE, name ".bundle")                 \
	X(KIND##_RESPONSE_BUNDLE, name ".response_bundle")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
/* After the fixed names, those of the texts. */
#define X(IDENT, name, what, field, max) NAME_Q_##IDENT,
		WARD_HTTP_REQUEST_TEXTS(X)
#undef X
#define X(IDENT, name, what, field, max) NAME_A_##IDENT,
			WARD_HTTP_ANSWER_TEXTS(X)
#undef X
				NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, name, what, field, max) name,
		WARD_HTTP_REQUEST_TEXTS(X) WARD_HTTP_ANSWER_TEXTS(X)
#undef X
};

static const enum what request_what[] = {
#define X(IDENT, name, what, field, max) WHAT_##what,
	WARD_HTTP_REQUEST_TEXTS(X)
#undef X
};

static const enum what answer_what[] = {
#define X(IDENT, name, what, field, max) WHAT_##what,
	WARD_HTTP_ANSWER_TEXTS(X)
#undef X
};

static const char *const anomalies[] = {
#define X(IDENT, name) name,
	WARD_HTTP_ANOMALY_LIST(X)
#undef X
};

size_t ward_http_name_count(void)
{
	return NAME_N;
}

bool ward_http_name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static struct ward_wr text_room(const struct ward_dissect *d)
{
	return ward_wr_fixed(d->net->scratch + TEXT_AT, TEXT_BYTES);
}

static void put_text(const struct ward_dissect *d, uint32_t name, struct ward_str s)
{
	struct ward_wr w = text_room(d);

	ward_net_text(&w, ward_str_bytes(s), "");
	if (s.len && !ward_wr_bad(&w))
		ward_emit_str(d->net, name, ward_wr_text(&w));
}

/* RFC 3986 2.1: what can't stand in an URL is percent-encoded. */
static void write_url(const struct ward_dissect *d, struct ward_str s,
	enum ward_http_care_kind kind, struct ward_wr *w)
{
	static const char hex[] = "0123456789ABCDEF";
	struct ward_wr url =
		ward_wr_fixed(d->net->scratch + REDUCED_AT, (size_t)WARD_NET_SCRATCH - REDUCED_AT);

	ward_http_care_reduce(s, kind, &url);
	struct ward_slice all = ward_wr_slice(&url);
	bool utf8 = ward_utf8_valid(all, NULL);

	for (size_t i = 0; i < all.len; i++) {
		uint8_t c = all.p[i];

		if (c <= ' ' || c == 0x7f || (c > 0x7f && !utf8)) {
			ward_wr_ch(w, '%');
			ward_wr_ch(w, hex[c >> 4]);
			ward_wr_ch(w, hex[c & 15]);
		} else {
			ward_wr_u8(w, c);
		}
	}
}

static void put_url(const struct ward_dissect *d, uint32_t name, struct ward_str s,
	enum ward_http_care_kind kind)
{
	struct ward_wr w = text_room(d);

	if (!s.len)
		return;
	write_url(d, s, kind, &w);
	if (!ward_wr_bad(&w))
		ward_emit_str(d->net, name, ward_wr_text(&w));
}

/* A text of items separated by commas. */
static void put_list(const struct ward_dissect *d, uint32_t name, struct ward_str s)
{
	struct ward_net *n = d->net;
	struct ward_value *item = s.len ? ward_emit_items(n, LIST_ITEMS) : NULL;
	struct ward_str rest = item ? ward_arena_str(&n->arena, s) : s;
	uint32_t n_item = 0;

	if (!item || !rest.p)
		return;
	while (rest.p && n_item < LIST_ITEMS)
		item[n_item++] = ward_value_str(ward_str_cut(&rest, ','));
	ward_emit_list(n, name, item, n_item);
}

static void put_anomaly(const struct ward_dissect *d, enum name name, uint32_t bits)
{
	struct ward_value *item = bits ? ward_emit_items(d->net, WARD_HTTP_ODD_N) : NULL;
	uint32_t n = 0;

	for (size_t i = 0; item && i < WARD_HTTP_ODD_N; i++)
		if (bits >> i & 1)
			item[n++] = ward_value_str(ward_str_z(anomalies[i]));
	if (item)
		ward_emit_list(d->net, d->name[name], item, n);
}

/* The kind of what an URL names by itself, or else of the transaction. */
static enum ward_http_care_kind kind_of(struct ward_str url, enum ward_http_care_kind kind)
{
	struct ward_http_care c;

	ward_http_care(WARD_STR("GET"), url, WARD_HTTP_CARE_NONE, &c);
	return c.kind == WARD_HTTP_CARE_NONE ? kind : c.kind;
}

static void put_kept(const struct ward_dissect *d, const struct ward_http_kept *kept,
	const uint8_t *room, bool answer, enum ward_http_care_kind kind)
{
	const enum what *what = answer ? answer_what : request_what;
	size_t n = answer ? WARD_ARRAY_LEN(answer_what) : WARD_ARRAY_LEN(request_what);

	for (size_t i = 0; i < n; i++) {
		uint32_t name = d->name[(answer ? NAME_A_REASON : NAME_Q_METHOD) + i];
		struct ward_str s = ward_http_text(kept, room, i);

		if (what[i] == WHAT_TEXT)
			put_text(d, name, s);
		else if (what[i] == WHAT_URL)
			put_url(d, name, s, kind_of(s, kind));
		else if (what[i] == WHAT_LIST)
			put_list(d, name, s);
		else if (what[i] == WHAT_FILE && kind == WARD_HTTP_CARE_NONE)
			put_text(d, name, s);
	}
}

static void put_body(const struct ward_dissect *d, const struct ward_http_kept *kept,
	const struct ward_http_body *b, bool answer)
{
	struct ward_net *n = d->net;

	if (kept->length_given)
		ward_emit_int(n, d->name[NAME_REQUEST_LENGTH + answer], (int64_t)kept->length);
	ward_emit_int(n, d->name[NAME_REQUEST_BYTES + answer],
		b->bytes < INT64_MAX ? (int64_t)b->bytes : INT64_MAX);
	if (b->mime)
		ward_emit_z(n, d->name[NAME_REQUEST_MIME + answer], b->mime);
	if (b->cut)
		ward_emit_bool(n, d->name[NAME_REQUEST_CUT + answer], true);
	put_anomaly(d, answer ? NAME_RESPONSE_ANOMALY : NAME_ANOMALY, kept->anomaly);
}

/* The client is whose event it is. */
static void put_packet(const struct ward_dissect *d, const struct ward_http_talk *talk)
{
	if (ward_http_side_of(d) == talk->client)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
}

static void put_latency(
	const struct ward_dissect *d, enum name name, const struct ward_http_told *t)
{
	if (t->request && t->answer && t->answer->time >= t->request->time)
		ward_emit_int(d->net, d->name[name], t->answer->time - t->request->time);
}

static void put_version(const struct ward_dissect *d, const struct ward_http_kept *kept)
{
	char text[] = "1.0";

	text[0] = (char)('0' + kept->major % 10);
	text[2] = (char)('0' + kept->minor % 10);
	ward_emit_str(
		d->net, d->name[NAME_VERSION], (struct ward_str){text, kept->major > 1 ? 1 : 3});
}

static void tell_http(const struct ward_dissect *d, const struct ward_http_talk *talk,
	const struct ward_http_told *t, enum ward_http_care_kind kind)
{
	struct ward_net *n = d->net;

	if (!ward_emit_begin(n, d->name[NAME_CLASS_HTTP]))
		return;
	put_packet(d, talk);
	if (t->request) {
		put_kept(d, &t->request->kept, t->request_room, false, kind);
		put_version(d, &t->request->kept);
		ward_emit_int(n, d->name[NAME_DEPTH], t->request->depth);
		put_body(d, &t->request->kept, &t->request->body, false);
	}
	if (t->answer) {
		ward_emit_int(n, d->name[NAME_STATUS], t->answer->status);
		put_kept(d, &t->answer->kept, t->answer_room, true, kind);
		if (!t->request)
			put_version(d, &t->answer->kept);
		put_body(d, &t->answer->kept, &t->answer->body, true);
	}
	if ((t->request && t->request->kept.cut) || (t->answer && t->answer->kept.cut))
		ward_emit_bool(n, d->name[NAME_FIELDS_CUT], true);
	ward_emit_z(n, d->name[NAME_OUTCOME], t->outcome);
	put_latency(d, NAME_LATENCY, t);
	ward_emit_end(n);
}

static const char *care_outcome(const struct ward_http_told *t)
{
	static const char *const by_hundred[] = {
		NULL, NULL, "ok", "redirected", "client-error", "server-error"};
	unsigned status = t->answer ? t->answer->status : 0;

	if (!t->answer)
		return t->outcome;
	if (status == 401 || status == 403)
		return "denied";
	if (status == 404 || status == 410)
		return "not-found";
	return status / 100 < WARD_ARRAY_LEN(by_hundred) && by_hundred[status / 100]
		       ? by_hundred[status / 100]
		       : "unknown";
}

/* The field of the FHIR's that lies so far from its class, or the same one of DICOMweb's. */
static uint32_t care_name(
	const struct ward_dissect *d, const struct ward_http_care *c, enum name fhir)
{
	size_t base = c->kind == WARD_HTTP_CARE_FHIR ? NAME_FHIR_CLASS : NAME_DICOMWEB_CLASS;

	return d->name[base + ((size_t)fhir - NAME_FHIR_CLASS)];
}

static void put_care_z(const struct ward_dissect *d, const struct ward_http_care *c, enum name fhir,
	const char *text)
{
	if (text)
		ward_emit_z(d->net, care_name(d, c, fhir), text);
}

static void put_care_body(const struct ward_dissect *d, const struct ward_http_care *c,
	const struct ward_http_body *b, bool answer)
{
	ward_emit_int(d->net,
		care_name(d, c, answer ? NAME_FHIR_RESPONSE_BYTES : NAME_FHIR_REQUEST_BYTES),
		b->bytes < INT64_MAX ? (int64_t)b->bytes : INT64_MAX);
	put_care_z(d, c, answer ? NAME_FHIR_RESPONSE_BUNDLE : NAME_FHIR_BUNDLE, b->bundle);
}

/* A POST to the system itself: its bundle says which. */
static const char *interaction(const struct ward_http_care *c, const struct ward_http_told *t)
{
	const char *bundle = t->request ? t->request->body.bundle : NULL;

	if (!c->interaction && bundle &&
		(strcmp(bundle, "batch") == 0 || strcmp(bundle, "transaction") == 0))
		return bundle;
	return c->interaction;
}

static void tell_care(const struct ward_dissect *d, const struct ward_http_talk *talk,
	const struct ward_http_told *t, const struct ward_http_care *c)
{
	struct ward_net *n = d->net;
	struct ward_wr params = text_room(d);

	if (!ward_emit_begin(n, care_name(d, c, NAME_FHIR_CLASS)))
		return;
	put_packet(d, talk);
	put_care_z(d, c, NAME_FHIR_INTERACTION, interaction(c, t));
	put_care_z(d, c, NAME_FHIR_RESOURCE, c->resource);
	put_care_z(d, c, NAME_FHIR_COMPARTMENT, c->compartment);
	if (c->operation.len)
		ward_emit_str(n, care_name(d, c, NAME_FHIR_OPERATION), c->operation);
	if (t->request) {
		ward_http_care_params(
			ward_http_text(&t->request->kept, t->request_room, WARD_HTTP_Q_TARGET),
			&params);
		put_list(d, care_name(d, c, NAME_FHIR_PARAMETERS), ward_wr_text(&params));
		put_care_body(d, c, &t->request->body, false);
	}
	if (t->answer) {
		ward_emit_int(n, care_name(d, c, NAME_FHIR_STATUS), t->answer->status);
		put_care_body(d, c, &t->answer->body, true);
	}
	put_care_z(d, c, NAME_FHIR_OUTCOME, care_outcome(t));
	if (t->request && t->answer && t->answer->time >= t->request->time)
		ward_emit_int(
			n, care_name(d, c, NAME_FHIR_LATENCY), t->answer->time - t->request->time);
	ward_emit_end(n);
}

/* A path alone: other servers' pages may be called alike. Its values are replaced all the same. */
static bool speaks(const struct ward_http_told *t, const struct ward_http_care *c)
{
	struct ward_str type = {NULL, 0};

	if (t->answer)
		type = ward_http_text(&t->answer->kept, t->answer_room, WARD_HTTP_A_TYPE);
	return (interaction(c, t) || c->resource) &&
	       !ward_str_ieq(ward_http_media_type(type), WARD_STR("text/html"));
}

void ward_http_tell(const struct ward_dissect *d, const struct ward_http_talk *talk,
	const struct ward_http_told *t)
{
	enum ward_http_care_kind known = WARD_HTTP_CARE_NONE;
	struct ward_str method = {NULL, 0}, target = {NULL, 0};
	struct ward_http_care c;

	if (t->request) {
		known = t->request->kept.care;
		method = ward_http_text(&t->request->kept, t->request_room, WARD_HTTP_Q_METHOD);
		target = ward_http_text(&t->request->kept, t->request_room, WARD_HTTP_Q_TARGET);
	}
	if (known == WARD_HTTP_CARE_NONE && t->answer)
		known = t->answer->kept.care;
	ward_http_care(method, target, known, &c);
	tell_http(d, talk, t, c.kind);
	if (c.kind != WARD_HTTP_CARE_NONE && (known != WARD_HTTP_CARE_NONE || speaks(t, &c)))
		tell_care(d, talk, t, &c);
}

static enum ward_login_outcome login_outcome(unsigned status)
{
	if (status == 401 || status == 403 || status == 407)
		return WARD_LOGIN_FAILED;
	return status == 101 || (status >= 200 && status < 400) ? WARD_LOGIN_OK
								: WARD_LOGIN_UNKNOWN;
}

/* Browsers show who they are with every request: what is the same as before is not told again. */
static bool is_new(
	struct ward_http_talk *talk, const struct ward_http_request *r, struct ward_str user)
{
	uint64_t hash = ward_siphash(
		(struct ward_seed){0x776172642e687474, (uint64_t)(uintptr_t)r->login[0]}, user.p,
		user.len);
	bool same = talk->login == hash;

	talk->login = hash;
	return !same;
}

void ward_http_tell_login(const struct ward_dissect *d, struct ward_http_talk *talk,
	const struct ward_http_request *r, const uint8_t *room, unsigned status)
{
	struct ward_str user = ward_http_text(&r->kept, room, WARD_HTTP_Q_USER);
	struct ward_login login = {.user = ward_str_bytes(user),
		.method = r->login,
		.outcome = login_outcome(status),
		.cleartext = r->cleartext};

	if (!r->login)
		return;
	if (login.outcome != WARD_LOGIN_OK)
		talk->login = 0;
	else if (!is_new(talk, r, user))
		return;
	ward_emit_login(d, &login, ward_http_side_of(d) != talk->client);
}

/* What is known of the transaction when its body begins: of a request only what it says itself. */
static enum ward_http_care_kind kind_at(const struct ward_http_head *h,
	const struct ward_http_request *r, struct ward_str method, struct ward_str target)
{
	enum ward_http_care_kind known = ward_http_care_type(h->value[WARD_HTTP_F_CONTENT_TYPE]);
	struct ward_http_care c;

	if (known == WARD_HTTP_CARE_NONE)
		known = r ? (enum ward_http_care_kind)r->kept.care
			  : ward_http_care_type(h->value[WARD_HTTP_F_ACCEPT]);
	ward_http_care(method, target, known, &c);
	return c.kind;
}

/* A note of text that is written into w, whose front other notes have; cut to whole characters. */
static void note_text(struct ward_file_meta *m, uint32_t name, struct ward_str s, struct ward_wr *w)
{
	enum { NOTE = 256 };
	size_t at = w->len, most = NOTE;

	while (most && most < s.len && ((uint8_t)s.p[most] & 0xc0) == 0x80)
		most--;
	ward_net_text(w, ward_str_bytes(ward_str_sub(s, 0, most)), "");
	if (!ward_wr_bad(w))
		ward_file_note(m, name, ward_str_sub(ward_wr_text(w), at, w->len));
}

/* A body with files inside: a form, or anything else in parts. */
static void see_parts(struct ward_file_meta *m, struct ward_str field,
	enum ward_http_care_kind kind, struct ward_wr *w)
{
	struct ward_str type = ward_http_media_type(field), family = ward_str_sub(type, 0, 10);
	size_t at = w->len;

	m->nameless = kind != WARD_HTTP_CARE_NONE;
	if (ward_str_ieq(type, WARD_STR("message/rfc822"))) {
		m->parts = WARD_PARTS_MESSAGE;
	} else if (ward_str_ieq(family, WARD_STR("multipart/")) &&
		   ward_mime_param(field, "boundary", w)) {
		m->parts = ward_str_ieq(type, WARD_STR("multipart/form-data")) ? WARD_PARTS_FORM
									       : WARD_PARTS_ALL;
		m->boundary = ward_str_sub(ward_wr_text(w), at, w->len);
	}
}

static uint64_t add_hash(uint64_t hash, struct ward_str s)
{
	return ward_siphash((struct ward_seed){hash, s.len}, s.len ? s.p : "", s.len);
}

/* What a client gets a piece of, from whom, and in which version (RFC 9110 14.5: pieces are put
 * together by the strong validator). 0: not known. */
static uint64_t resource_of(const struct ward_dissect *d, const struct ward_http_head *h,
	struct ward_str target, struct ward_str host)
{
	const struct ward_packet *p = d->packet;
	bool tagged = h->value[WARD_HTTP_F_ETAG].len > 0;
	const struct ward_str of[] = {{(const char *)p->src_ip, sizeof(p->src_ip)},
		{(const char *)p->dst_ip, sizeof(p->dst_ip)}, target, host,
		h->value[tagged ? WARD_HTTP_F_ETAG : WARD_HTTP_F_LAST_MODIFIED],
		h->value[WARD_HTTP_F_CONTENT_ENCODING]};
	uint64_t hash = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		hash = add_hash(hash, of[i]);
	return hash && target.len && target.len < WARD_HTTP_TARGET ? hash : 0;
}

/* The answer to a request for ranges: one of them, or several in parts. */
static struct ward_file_range range_of(const struct ward_dissect *d, const struct ward_http_head *h,
	struct ward_str target, struct ward_str host)
{
	struct ward_file_range r = {.resource = resource_of(d, h, target, host)};

	(void)ward_range_read(h->value[WARD_HTTP_F_CONTENT_RANGE], &r);
	return r;
}

uint32_t ward_http_begin_file(struct ward_dissect *d, const struct ward_http_head *h,
	const struct ward_http_request *r, const uint8_t *room)
{
	struct ward_net *n = d->net;
	struct ward_str method = h->method, target = h->target, host = h->value[WARD_HTTP_F_HOST];
	struct ward_file_meta m = {.service = d->module->name,
		.has_total = h->length_given && !h->chunked,
		.part = h->status == 206,
		.coding = h->status == 206 ? WARD_CODING_NONE
					   : ward_coding_of(h->value[WARD_HTTP_F_CONTENT_ENCODING]),
		.total = h->length};
	struct ward_wr w = text_room(d);

	/* A form is no file, and the hash of one field is as good as its value. */
	if (ward_str_ieq(ward_http_media_type(h->value[WARD_HTTP_F_CONTENT_TYPE]),
		    WARD_STR("application/x-www-form-urlencoded")))
		return 0;
	if (r) {
		method = ward_http_text(&r->kept, room, WARD_HTTP_Q_METHOD);
		target = ward_http_text(&r->kept, room, WARD_HTTP_Q_TARGET);
		host = ward_http_text(&r->kept, room, WARD_HTTP_Q_HOST);
	}
	enum ward_http_care_kind kind = kind_at(h, r, method, target);

	if (m.part)
		m.range = range_of(d, h, target, host);
	/* The query may hold values of persons that only the answer's type would tell. */
	target = ward_str_cut(&target, '?');
	write_url(d, ward_str_sub(target, 0, WARD_FILE_TEXT / 2), kind, &w);
	ward_file_note(&m, WARD_FIELD_URI, ward_wr_text(&w));
	note_text(&m, d->name[NAME_Q_HOST], host, &w);
	if (kind == WARD_HTTP_CARE_NONE)
		note_text(&m, WARD_FIELD_FILE_NAME, ward_http_file_name(h), &w);
	note_text(&m, n->name[WARD_NET_NAME_FILE_DECLARED],
		ward_http_media_type(h->value[WARD_HTTP_F_CONTENT_TYPE]), &w);
	note_text(&m, n->name[WARD_NET_NAME_FILE_ENCODING], h->value[WARD_HTTP_F_CONTENT_ENCODING],
		&w);
	note_text(&m, d->name[NAME_CONTENT_RANGE], h->value[WARD_HTTP_F_CONTENT_RANGE], &w);
	see_parts(&m, h->value[WARD_HTTP_F_CONTENT_TYPE], kind, &w);
	return ward_carve_begin(d, &m);
}
