#include "sense/net/proto/http/care.h"

#include "sense/net/proto/http/person.h"
#include "sense/net/proto/http/resources.h"

enum { SEGMENTS = 32, NAME_MAX_BYTES = 64, UID_MIN = 5, DIGITS_OF_ID = 3 };

/* A request target in parts. */
struct target {
	struct ward_str origin; /* scheme and authority of an absolute one */
	struct ward_str segment[SEGMENTS];
	size_t n_segment;
	bool more;             /* there are more segments */
	struct ward_str query; /* p == NULL: none */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct ward_str after(struct ward_str s, size_t off)
{
	return ward_str_sub(s, off, s.len);
}

static void split(struct ward_str s, struct target *t)
{
	size_t scheme = ward_str_find(ward_str_sub(s, 0, 8), WARD_STR("://"));
	size_t path = 0;

	*t = (struct target){0};
	if (scheme != SIZE_MAX) {
		path = ward_str_find(after(s, scheme + 3), WARD_STR("/"));
		path = path == SIZE_MAX ? s.len : scheme + 3 + path;
		t->origin = ward_str_sub(s, 0, path);
	}
	struct ward_str rest = after(s, path), part = ward_str_cut(&rest, '?');

	t->query = rest;
	part = ward_str_cut(&part, '#');
	while (part.p) {
		struct ward_str one = ward_str_cut(&part, '/');

		/* RFC 3986 3.3: what follows a semicolon is a parameter (session ids) */
		if (!one.len)
			continue;
		t->more |= t->n_segment == SEGMENTS;
		if (t->n_segment < SEGMENTS)
			t->segment[t->n_segment++] = one;
	}
}

static bool holds(struct ward_str s, const char *lower)
{
	size_t n = strlen(lower);

	for (size_t i = 0; i + n <= s.len; i++)
		if (ward_str_ieq(ward_str_sub(s, i, n), ward_str_z(lower)))
			return true;
	return false;
}

enum ward_http_care_kind ward_http_care_type(struct ward_str value)
{
	if (holds(value, "fhir+json") || holds(value, "fhir+xml") || holds(value, "json+fhir") ||
		holds(value, "xml+fhir"))
		return WARD_HTTP_CARE_FHIR;
	return holds(value, "application/dicom") ? WARD_HTTP_CARE_DICOMWEB : WARD_HTTP_CARE_NONE;
}

/* PS3.5 9.1: digits and dots. */
static bool is_uid(struct ward_str s)
{
	size_t dots = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (!is_digit(s.p[i]) && s.p[i] != '.')
			return false;
		dots += s.p[i] == '.';
	}
	return s.len >= UID_MIN && dots >= 2;
}

static const struct ward_fhir_resource *resource_at(const struct target *t, size_t i)
{
	return i < t->n_segment ? ward_fhir_resource(t->segment[i]) : NULL;
}

/* The first segment that names a resource type; a base may stand before it. */
static size_t find_resource(const struct target *t)
{
	size_t i = 0;

	while (i < t->n_segment && !resource_at(t, i))
		i++;
	return i;
}

static bool path_holds(const struct target *t, const char *lower)
{
	for (size_t i = 0; i < t->n_segment; i++)
		if (holds(t->segment[i], lower))
			return true;
	return false;
}

static bool is(const struct target *t, size_t i, const char *word)
{
	return i < t->n_segment && ward_str_eqz(t->segment[i], word);
}

/* FHIR R5 3.2.0.1.2: interactions by method and what stands behind the type. */
static const char *by_method(struct ward_str method, bool instance, bool query)
{
	static const struct {
		const char *method;
		bool instance;
		const char *interaction;
	} rows[] = {
		{"GET", false, "search-type"},
		{"HEAD", false, "search-type"},
		{"POST", false, "create"},
		{"GET", true, "read"},
		{"HEAD", true, "read"},
		{"PUT", true, "update"},
		{"PATCH", true, "patch"},
		{"DELETE", true, "delete"},
	};
	static const char *const conditional[] = {"PUT", "PATCH", "DELETE"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		if (rows[i].instance == instance && ward_str_eqz(method, rows[i].method))
			return rows[i].interaction;
	for (size_t i = 0; !instance && query && i < WARD_ARRAY_LEN(conditional); i++)
		if (ward_str_eqz(method, conditional[i]))
			return by_method(method, true, false);
	return NULL;
}

static void read_operation(struct ward_http_care *c, struct ward_str segment)
{
	size_t n = 1;

	while (n < segment.len && n < NAME_MAX_BYTES &&
		(is_alnum(segment.p[n]) || segment.p[n] == '-' || segment.p[n] == '_'))
		n++;
	c->interaction = "operation";
	c->operation = ward_str_sub(segment, 0, n);
}

/* Without a resource type: the whole system. */
static void read_system(struct ward_str method, const struct target *t, struct ward_http_care *c)
{
	size_t last = t->n_segment ? t->n_segment - 1 : 0;
	bool post = ward_str_eqz(method, "POST");

	if (is(t, last, "metadata"))
		c->interaction = "capabilities";
	else if (is(t, last, "_history"))
		c->interaction = "history-system";
	else if (t->n_segment && t->segment[last].p[0] == '$')
		read_operation(c, t->segment[last]);
	else if (is(t, last, "_search") || (!post && t->query.p))
		c->interaction = "search-system";
}

static void read_fhir(
	struct ward_str method, const struct target *t, size_t type, struct ward_http_care *c)
{
	const struct ward_fhir_resource *r = resource_at(t, type);

	if (!r) {
		read_system(method, t, c);
		return;
	}
	size_t at = type + 1, left = t->n_segment - at;

	c->resource = r->name;
	if (left && t->segment[t->n_segment - 1].p[0] == '$') {
		read_operation(c, t->segment[t->n_segment - 1]);
	} else if (is(t, at, "_search") || is(t, at + 2, "_search")) {
		c->interaction = "search-type";
	} else if (is(t, at, "_history")) {
		c->interaction = "history-type";
	} else if (is(t, at + 1, "_history")) {
		c->interaction = left > 2 ? "vread" : "history-instance";
	} else if (left == 2 && resource_at(t, at + 1)) {
		c->interaction = "search-type";
		c->compartment = r->name;
		c->resource = resource_at(t, at + 1)->name;
	} else if (left <= 1) {
		c->interaction = by_method(method, left == 1, t->query.p != NULL);
	}
}

/* Words of DICOMweb paths (PS3.18 8.2, 10, 11). */
static const struct {
	const char *word, *level;
} dicom_words[] = {{"studies", "study"}, {"series", "series"}, {"instances", "instance"},
	{"frames", "frame"}, {"workitems", "workitem"}, {"metadata", NULL}, {"rendered", NULL},
	{"thumbnail", NULL}, {"bulkdata", NULL}, {"pixeldata", NULL}, {"state", NULL},
	{"cancelrequest", NULL}, {"subscribers", NULL}, {"suspend", NULL}};

enum { DICOM_LEVELS = 5 };

static size_t dicom_word(struct ward_str s)
{
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(dicom_words) && !ward_str_eqz(s, dicom_words[i].word))
		i++;
	return i;
}

static size_t find_level(const struct target *t)
{
	size_t i = 0;

	while (i < t->n_segment && dicom_word(t->segment[i]) >= DICOM_LEVELS)
		i++;
	return i;
}

static bool asks_wado(const struct target *t)
{
	return t->query.p && holds(t->query, "requesttype=wado");
}

static bool is_dicomweb(const struct target *t)
{
	size_t level = find_level(t);

	if (asks_wado(t))
		return true;
	return level < t->n_segment &&
	       ((level + 1 < t->n_segment && is_uid(t->segment[level + 1])) ||
		       path_holds(t, "dicom-web") || path_holds(t, "dicomweb"));
}

/* PS3.18 10 and 11: what is asked for is what the path ends with. */
static void read_dicomweb(struct ward_str method, const struct target *t, struct ward_http_care *c)
{
	bool post = ward_str_eqz(method, "POST"), get = ward_str_eqz(method, "GET");
	size_t level = DICOM_LEVELS, word = WARD_ARRAY_LEN(dicom_words);

	if (asks_wado(t)) {
		c->interaction = "wado-uri";
		c->resource = "instance";
		return;
	}
	for (size_t i = find_level(t); i < t->n_segment; i++) {
		word = dicom_word(t->segment[i]);
		if (word < DICOM_LEVELS)
			level = word;
	}
	if (level == DICOM_LEVELS)
		return;
	c->resource = dicom_words[level].level;
	if (level == DICOM_LEVELS - 1)
		c->interaction = "worklist";
	else if (post)
		c->interaction = "store";
	else if (ward_str_eqz(method, "DELETE"))
		c->interaction = "delete";
	else if (get && word < DICOM_LEVELS)
		c->interaction = "search";
	else if (get && word < WARD_ARRAY_LEN(dicom_words))
		c->interaction = dicom_words[word].word;
	else if (get)
		c->interaction = "retrieve";
}

void ward_http_care(struct ward_str method, struct ward_str target, enum ward_http_care_kind known,
	struct ward_http_care *c)
{
	struct target t;

	*c = (struct ward_http_care){.kind = known};
	split(target, &t);
	size_t type = find_resource(&t);
	const struct ward_fhir_resource *r = resource_at(&t, type);

	if (known == WARD_HTTP_CARE_NONE) {
		if (path_holds(&t, "fhir") || (r && !r->common))
			c->kind = WARD_HTTP_CARE_FHIR;
		else if (is_dicomweb(&t))
			c->kind = WARD_HTTP_CARE_DICOMWEB;
	}
	if (c->kind == WARD_HTTP_CARE_FHIR)
		read_fhir(method, &t, type, c);
	else if (c->kind == WARD_HTTP_CARE_DICOMWEB)
		read_dicomweb(method, &t, c);
}

/* A parameter's name: what is not made like one may be a value. An encoded colon is common. Gives
 * its length in the output; 0: it is none. */
static size_t param_name(struct ward_str s, char ret[NAME_MAX_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '%' && ward_str_ieq(ward_str_sub(s, i, 3), WARD_STR("%3a"))) {
			c = ':';
			i += 2;
		}
		if (n == NAME_MAX_BYTES || !(is_alnum(c) || strchr("_.:-", c)) || c == 0)
			return 0;
		ret[n++] = c;
	}
	/* PS3.18 8.3.4.1: an attribute may be named by its tag, eight hexadecimal digits. */
	size_t hex = 0;

	while (hex < n && ((ret[hex] >= '0' && ret[hex] <= '9') ||
				  ((ret[hex] | 0x20) >= 'a' && (ret[hex] | 0x20) <= 'f')))
		hex++;
	return n && (!is_digit(ret[0]) || (hex == 8 && (n == 8 || ret[8] == '.'))) ? n : 0;
}

void ward_http_care_params(struct ward_str target, struct ward_wr *w)
{
	struct target t;
	bool first = true;

	split(target, &t);
	while (t.query.p) {
		struct ward_str value = ward_str_cut(&t.query, '&'),
				name = ward_str_cut(&value, '=');
		char text[NAME_MAX_BYTES];
		size_t n = value.p ? param_name(name, text) : 0;

		if (!n || n + 1 > w->cap - w->len)
			continue;
		if (!first)
			ward_wr_ch(w, ',');
		ward_wr_bytes(w, text, n);
		first = false;
	}
}

static void reduce_query(struct ward_str query, struct ward_wr *w)
{
	char sep = '?';

	while (query.p) {
		struct ward_str value = ward_str_cut(&query, '&'), name = ward_str_cut(&value, '=');
		char text[NAME_MAX_BYTES];
		size_t n = value.p ? param_name(name, text) : 0;

		ward_wr_ch(w, sep);
		sep = '&';
		ward_wr_bytes(w, text, n);
		ward_wr_z(w, n ? "={}" : "{}");
	}
}

/* A word of the server's own path: letters and few digits. */
static bool is_base(struct ward_str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		digits += is_digit(s.p[i]);
		if (!is_alnum(s.p[i]) && !strchr("-_.", s.p[i]))
			return false;
	}
	return digits < DIGITS_OF_ID;
}

/* Words that say nothing about anybody, where no resource type or level was found that a path could
 * be understood by. */
static bool is_plain(struct ward_str s)
{
	static const char *const words[] = {"metadata", "api", "rest", "rs", "_history", "_search",
		".well-known", "smart-configuration", "r4", "r5", "v1", "v2", "v3", "v4"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(words); i++)
		if (ward_str_ieq(s, ward_str_z(words[i])))
			return true;
	return (holds(s, "fhir") || holds(s, "dicom") || holds(s, "wado")) && is_base(s);
}

static bool keeps_fhir(const struct target *t, size_t i, size_t type)
{
	struct ward_str s = t->segment[i];
	struct ward_http_care c;

	if (s.p[0] == '$') {
		read_operation(&c, s);
		return c.operation.len == s.len;
	}
	if (type == t->n_segment)
		return is_plain(s);
	return i < type ? is_base(s)
			: ward_fhir_resource(s) || ward_str_eqz(s, "_history") ||
				  ward_str_eqz(s, "_search");
}

static bool keeps_dicomweb(const struct target *t, size_t i, size_t level)
{
	if (level == t->n_segment)
		return is_plain(t->segment[i]);
	return i < level ? is_base(t->segment[i])
			 : dicom_word(t->segment[i]) < WARD_ARRAY_LEN(dicom_words);
}

/* RFC 3986 3.2.1: what stands before an @ may be a password. */
static void put_origin(struct ward_str origin, struct ward_wr *w)
{
	size_t scheme = ward_str_find(origin, WARD_STR("://"));
	struct ward_str authority = scheme == SIZE_MAX ? origin : after(origin, scheme + 3);
	size_t at = authority.len;

	while (at > 0 && authority.p[at - 1] != '@')
		at--;
	ward_wr_str(w, ward_str_sub(origin, 0, origin.len - authority.len));
	ward_wr_str(w, after(authority, at));
}

void ward_http_care_reduce(struct ward_str target, enum ward_http_care_kind kind, struct ward_wr *w)
{
	struct target t;
	bool fhir = kind == WARD_HTTP_CARE_FHIR;

	split(target, &t);
	size_t mark = fhir ? find_resource(&t) : find_level(&t);

	put_origin(t.origin, w);
	if (kind == WARD_HTTP_CARE_NONE) {
		ward_http_person_hide(after(target, t.origin.len), w);
		return;
	}
	if (!t.n_segment)
		ward_wr_ch(w, '/');
	for (size_t i = 0; i < t.n_segment; i++) {
		ward_wr_ch(w, '/');
		if (fhir ? keeps_fhir(&t, i, mark) : keeps_dicomweb(&t, i, mark))
			ward_wr_str(w, t.segment[i]);
		else
			ward_wr_z(w, fhir ? "{id}" : "{uid}");
	}
	if (t.more)
		ward_wr_z(w, "/{}");
	reduce_query(t.query, w);
}

/* FHIR R5 http://hl7.org/fhir/bundle-type */
static const char *const bundles[] = {"document", "message", "transaction", "transaction-response",
	"batch", "batch-response", "history", "searchset", "collection",
	"subscription-notification"};

static struct ward_str word_after(struct ward_str s, struct ward_str mark)
{
	size_t at = ward_str_find(s, mark), n = 0;

	if (at == SIZE_MAX)
		return WARD_STR("");
	s = after(s, at + mark.len);
	while (s.len && strchr(" \t\r\n:=\"", s.p[0]) && s.p[0])
		s = after(s, 1);
	while (n < s.len && (is_alnum(s.p[n]) || s.p[n] == '-'))
		n++;
	/* Its end must be there, so that no prefix is taken for a word. */
	return n < s.len ? ward_str_sub(s, 0, n) : WARD_STR("");
}

const char *ward_http_care_bundle(struct ward_slice first)
{
	struct ward_str s = ward_slice_text(first), word;

	if (ward_str_find(s, WARD_STR("Bundle")) == SIZE_MAX)
		return NULL;
	word = word_after(s, WARD_STR("\"type\""));
	if (!word.len)
		word = word_after(s, WARD_STR("<type value"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(bundles); i++)
		if (ward_str_eqz(word, bundles[i]))
			return bundles[i];
	return NULL;
}
