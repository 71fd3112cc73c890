/* What is kept of a head until its transaction is told. */
#include "sense/net/proto/http/stream.h"

struct text {
	enum ward_http_field field; /* WARD_HTTP_F_N: put together here */
	uint16_t max;
};

static const struct text request_texts[] = {
#define X(IDENT, name, what, field, max) {WARD_HTTP_F_##field, max},
	WARD_HTTP_REQUEST_TEXTS(X)
#undef X
};

static const struct text answer_texts[] = {
#define X(IDENT, name, what, field, max) {WARD_HTTP_F_##field, max},
	WARD_HTTP_ANSWER_TEXTS(X)
#undef X
};

struct ward_str ward_http_text(const struct ward_http_kept *kept, const uint8_t *room, size_t i)
{
	size_t at = 0;

	for (size_t k = 0; k < i; k++)
		at += kept->len[k];
	return (struct ward_str){(const char *)room + at, kept->len[i]};
}

/* Of a list only whole items. */
static bool put_item(struct ward_wr *w, struct ward_str item, size_t begin, size_t max)
{
	bool first = w->len == begin;
	size_t n = item.len + !first;

	if (!item.len || n > w->cap - w->len || w->len - begin + n > max)
		return !item.len;
	if (!first)
		ward_wr_ch(w, ',');
	ward_wr_str(w, item);
	return true;
}

static bool put_names(struct ward_wr *w, const struct ward_http_head *h, size_t max)
{
	struct ward_str rest = h->fields, name, value;
	size_t begin = w->len;
	uint32_t odd = 0;
	bool whole = true;

	while (whole && ward_http_next(&rest, &name, &value, &odd))
		whole = put_item(w, name, begin, max);
	return whole;
}

/* RFC 6265 4.1.1 and 4.2.1: a name is a token; what has none could be a value. */
static struct ward_str cookie_name(struct ward_str pair)
{
	struct ward_str rest = pair, name = ward_str_trim(ward_str_cut(&rest, '='));

	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == ',')
			return WARD_STR("");
	return rest.p ? name : WARD_STR("");
}

static bool put_cookies(struct ward_wr *w, const struct ward_http_head *h, size_t max)
{
	struct ward_str rest = h->fields, name, value;
	size_t begin = w->len;
	uint32_t odd = 0;
	bool whole = true;

	while (whole && ward_http_next(&rest, &name, &value, &odd)) {
		if (!ward_str_ieq(name, h->answer ? WARD_STR("Set-Cookie") : WARD_STR("Cookie")))
			continue;
		do
			whole = put_item(w, cookie_name(ward_str_cut(&value, ';')), begin, max);
		while (whole && value.p && !h->answer);
	}
	return whole;
}

static struct ward_str challenge(const struct ward_http_head *h)
{
	return h->has[WARD_HTTP_F_WWW_AUTHENTICATE] ? h->value[WARD_HTTP_F_WWW_AUTHENTICATE]
						    : h->value[WARD_HTTP_F_PROXY_AUTHENTICATE];
}

static struct ward_str first_word(struct ward_str s)
{
	return ward_str_cut(&s, ' ');
}

/* RFC 6266 4.1; the form with a charset (RFC 8187) is left as it is. */
struct ward_str ward_http_file_name(const struct ward_http_head *h)
{
	struct ward_str disposition = h->value[WARD_HTTP_F_CONTENT_DISPOSITION];
	struct ward_str name = ward_http_param(disposition, "filename");

	return name.len ? name : ward_http_param(disposition, "filename*");
}

/* True when all of it is kept. */
static bool put_text(struct ward_wr *w, struct ward_str s, size_t max)
{
	size_t room = w->cap - w->len, n = s.len < max ? s.len : max;

	n = n < room ? n : room;
	if (n)
		ward_wr_bytes(w, s.p, n);
	return n == s.len;
}

/* The texts that are not made while they are written. */
static void collect(const struct ward_http_head *h, struct ward_slice user,
	struct ward_str ret[WARD_HTTP_TEXTS])
{
	const struct text *texts = h->answer ? answer_texts : request_texts;
	size_t n = h->answer ? WARD_ARRAY_LEN(answer_texts) : WARD_ARRAY_LEN(request_texts);

	for (size_t i = 0; i < n; i++)
		if (texts[i].field != WARD_HTTP_F_N)
			ret[i] = h->value[texts[i].field];
	if (h->answer) {
		ret[WARD_HTTP_A_REASON] = h->reason_phrase;
		ret[WARD_HTTP_A_CHALLENGE] = first_word(challenge(h));
		ret[WARD_HTTP_A_REALM] = ward_http_param(challenge(h), "realm");
		ret[WARD_HTTP_A_FILE] = ward_http_file_name(h);
		return;
	}
	ret[WARD_HTTP_Q_METHOD] = h->method;
	ret[WARD_HTTP_Q_TARGET] = h->target;
	ret[WARD_HTTP_Q_LOOKUP_NAME] = h->lookup_name;
	ret[WARD_HTTP_Q_LOOKUP] = h->lookup;
	ret[WARD_HTTP_Q_FILE] = ward_http_file_name(h);
	ret[WARD_HTTP_Q_USER] = ward_slice_text(user);
}

static uint8_t care_of(const struct ward_http_head *h)
{
	enum ward_http_care_kind kind = ward_http_care_type(h->value[WARD_HTTP_F_CONTENT_TYPE]);

	if (kind == WARD_HTTP_CARE_NONE)
		kind = ward_http_care_type(h->value[WARD_HTTP_F_ACCEPT]);
	return (uint8_t)kind;
}

void ward_http_keep(const struct ward_http_head *h, struct ward_slice user, struct ward_wr *w,
	struct ward_http_kept *ret)
{
	const struct text *texts = h->answer ? answer_texts : request_texts;
	size_t n = h->answer ? WARD_ARRAY_LEN(answer_texts) : WARD_ARRAY_LEN(request_texts);
	size_t headers = h->answer ? (size_t)WARD_HTTP_A_HEADERS : (size_t)WARD_HTTP_Q_HEADERS;
	size_t cookies = h->answer ? (size_t)WARD_HTTP_A_COOKIES : (size_t)WARD_HTTP_Q_COOKIES;
	struct ward_str text[WARD_HTTP_TEXTS] = {{NULL, 0}};
	size_t begin = w->len;

	*ret = (struct ward_http_kept){.major = h->major,
		.minor = h->minor,
		.care = care_of(h),
		.length_given = h->length_given,
		.anomaly = h->anomaly,
		.length = h->length};
	collect(h, user, text);
	for (size_t i = 0; i < n; i++) {
		size_t at = w->len, max = texts[i].max;

		ret->cut |= !(i == headers   ? put_names(w, h, max)
			      : i == cookies ? put_cookies(w, h, max)
					     : put_text(w, text[i], max));
		ret->len[i] = (uint16_t)(w->len - at);
	}
	ret->size = (uint16_t)(w->len - begin);
}

struct ward_http_request ward_http_ask(
	const struct ward_dissect *d, const struct ward_http_head *h, struct ward_wr *w)
{
	bool proxy = h->has[WARD_HTTP_F_PROXY_AUTHORIZATION];
	struct ward_str said =
		h->value[proxy ? WARD_HTTP_F_PROXY_AUTHORIZATION : WARD_HTTP_F_AUTHORIZATION];
	struct ward_http_credentials who;
	bool known = ward_http_credentials(said, &who);
	struct ward_http_request r = {.receiving = true,
		.head = ward_str_eqz(h->method, "HEAD"),
		.connect = ward_str_eqz(h->method, "CONNECT"),
		.cleartext = known && who.cleartext,
		.login = known ? who.method : NULL,
		.time = d->net->frame->time};

	ward_http_keep(h, ward_slice_of(who.user, known ? who.n_user : 0), w, &r.kept);
	return r;
}
