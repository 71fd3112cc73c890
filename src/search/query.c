#include "search/query.h"

#include <stdio.h>

static const struct {
	const char *name;
	uint32_t field[WARD_QUERY_FIELDS_MAX];
	size_t n;
} aliases[] = {
	{"asset", {WARD_FIELD_WARD_ASSET, WARD_FIELD_WARD_PEER_ASSET}, 2},
	{"room", {WARD_FIELD_WARD_ROOM}, 1},
	{"zone", {WARD_FIELD_WARD_ZONE}, 1},
	{"floor", {WARD_FIELD_WARD_FLOOR}, 1},
	{"building", {WARD_FIELD_WARD_BUILDING}, 1},
	{"door", {WARD_FIELD_WARD_DOOR}, 1},
	{"network", {WARD_FIELD_WARD_NETWORK}, 1},
	{"actor", {WARD_FIELD_WARD_ACTOR}, 1},
	{"place",
		{WARD_FIELD_WARD_ROOM, WARD_FIELD_WARD_DOOR, WARD_FIELD_WARD_ZONE,
			WARD_FIELD_WARD_FLOOR, WARD_FIELD_WARD_BUILDING, WARD_FIELD_WARD_NETWORK},
		6},
};

void ward_query_init(struct ward_query *q, struct ward_names *names)
{
	q->names = names;
	q->n = 0;
	q->places = false;
}

static bool is_hash(struct ward_str s)
{
	if (s.len != 32 && s.len != 40 && s.len != 64 && s.len != 96 && s.len != 128)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

static void set_term(struct ward_query_item *it, enum ward_term_kind kind, const void *p, size_t n)
{
	it->kind = WARD_QUERY_TERM;
	it->term = kind;
	memcpy(it->key, p, n);
	it->n_key = n;
	it->narrow = true;
	it->hash = ward_term_hash(kind, ward_slice_of(p, n));
}

static bool in_net(const struct ward_cidr *net, const struct ward_addr *ip)
{
	struct ward_addr cut = ward_addr_cut(ip, net->len);

	return memcmp(cut.b, net->ip.b, sizeof(cut.b)) == 0;
}

/* A network that lies within one of those that are terms narrows the search. */
static void set_net(struct ward_query_item *it, const struct ward_cidr *net)
{
	uint8_t within = net->len >= 96 && ward_addr_is_v4(&net->ip) ? 96 + 24 : 64;
	struct ward_addr around = ward_addr_cut(&net->ip, within), mapped;

	/* ::/70 has IPv4 addresses too, in their mapped form: those have terms of their own kind */
	bool both = net->len < 96 && ward_addr_parse(WARD_STR("0.0.0.0"), &mapped) &&
		    in_net(net, &mapped);

	it->net = *net;
	it->is_net = true;
	it->narrow = net->len >= within && !both;
	it->hash = ward_term_hash(WARD_TERM_NET, ward_slice_of(around.b, sizeof(around.b)));
}

/* An address as a network of one. */
static bool parse_net(struct ward_str s, struct ward_cidr *ret)
{
	bool host_bits;

	if (ward_addr_cidr(s, ret, &host_bits))
		return true;
	ret->len = 128;
	return ward_addr_parse(s, &ret->ip);
}

/* "door.*" and "door" are narrowed by the class door; a '*' elsewhere by nothing. */
static void set_class(struct ward_query_item *it)
{
	struct ward_str s = it->text;

	it->kind = WARD_QUERY_CLASS;
	if (ward_str_ends(s, WARD_STR(".*")))
		s.len -= 2;
	it->narrow = s.len && !memchr(s.p, '*', s.len);
	it->hash = ward_term_hash(WARD_TERM_CLASS, ward_str_bytes(s));
}

static enum ward_err set_field(
	struct ward_query *q, struct ward_query_item *it, struct ward_str name)
{
	struct ward_str v = it->text;
	bool star = v.len && memchr(v.p, '*', v.len);
	bool word = v.len && !star && !ward_str_eqz(v, "true") && !ward_str_eqz(v, "false") &&
		    !ward_str_eqz(v, "null");

	it->kind = WARD_QUERY_FIELD;
	for (size_t i = 0; i < WARD_ARRAY_LEN(aliases); i++) {
		if (!ward_str_eqz(name, aliases[i].name))
			continue;
		memcpy(it->field, aliases[i].field, sizeof(it->field));
		it->n_field = aliases[i].n;
	}
	if (it->n_field || ward_str_starts(name, WARD_STR("ward."))) {
		it->placed = q->places = true;
		word = false;
	}
	it->field[it->n_field++] = ward_name(q->names, name);
	it->narrow = word;
	it->hash = ward_term_hash(WARD_TERM_WORD, ward_str_bytes(v));
	struct ward_cidr net;

	if (word && parse_net(v, &net))
		set_net(it, &net);
	return WARD_OK;
}

static enum ward_err set_named(struct ward_query *q, struct ward_query_item *it,
	struct ward_str name, const char **ret_why)
{
	struct ward_id id;

	if (ward_str_eqz(name, "class")) {
		set_class(it);
	} else if (ward_str_eqz(name, "source")) {
		it->kind = WARD_QUERY_SOURCE;
	} else if (ward_str_eqz(name, "id")) {
		it->kind = WARD_QUERY_ID;
		if (!ward_id_parse(it->text, &id)) {
			*ret_why = "an id is written as in the output: 8-4-4-4-12 hex digits";
			return WARD_ERR_CONFIG;
		}
		memcpy(it->key, id.b, sizeof(id.b));
	} else {
		return set_field(q, it, name);
	}
	return WARD_OK;
}

static bool is_name(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '\'')
			return false;
	return s.len > 0;
}

static void set_bare(struct ward_query *q, struct ward_query_item *it)
{
	struct ward_cidr net;
	bool host_bits;
	uint8_t mac[6];

	if (ward_addr_mac(it->text, mac)) {
		set_term(it, WARD_TERM_MAC, mac, sizeof(mac));
	} else if (ward_addr_parse(it->text, &net.ip)) {
		set_term(it, WARD_TERM_IP, net.ip.b, sizeof(net.ip.b));
	} else if (ward_addr_cidr(it->text, &net, &host_bits)) {
		it->kind = WARD_QUERY_NET;
		set_net(it, &net);
	} else if (is_hash(it->text)) {
		set_term(it, WARD_TERM_WORD, it->text.p, it->text.len);
	} else {
		it->kind = WARD_QUERY_TEXT;
		it->placed = q->places = true;
	}
}

/* What was sensed is looked for in records, whole values and words alike. */
static void set_raw(struct ward_query_item *it)
{
	struct ward_addr ip;
	bool v4 = ward_addr_parse(it->text, &ip) && ward_addr_is_v4(&ip);
	bool term = it->kind == WARD_QUERY_TERM && (v4 || it->term == WARD_TERM_WORD);
	bool field = it->kind == WARD_QUERY_FIELD && it->narrow && (v4 || !it->is_net);

	if (term || field)
		ward_raw_init(&it->raw, it->text);
}

enum ward_err ward_query_add(struct ward_query *q, struct ward_str s, const char **ret_why)
{
	struct ward_str value = s, name = ward_str_cut(&value, '=');
	bool named = value.p && is_name(name);

	*ret_why = "too many items";
	if (q->n == WARD_QUERY_ITEMS_MAX)
		return WARD_ERR_LIMIT;
	struct ward_query_item *it = &q->item[q->n];

	*it = (struct ward_query_item){.n_field = 0};
	if (!named)
		value = s;
	if (!value.len || !ward_term_fold(value, it->buf)) {
		*ret_why = "an item needs a value of 1 to 255 bytes";
		return WARD_ERR_CONFIG;
	}
	it->text = (struct ward_str){it->buf, value.len};
	if (!named)
		set_bare(q, it);
	else if (set_named(q, it, name, ret_why) != WARD_OK)
		return WARD_ERR_CONFIG;
	set_raw(it);
	q->n++;
	return WARD_OK;
}

bool ward_query_may(const struct ward_query *q, const struct ward_index *ix)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->item[i].narrow && !ward_index_may_hold(ix, q->item[i].hash))
			return false;
	return true;
}

void ward_query_settle(
	struct ward_query *q, bool (*said)(void *ctx, struct ward_str folded), void *ctx)
{
	q->places = false;
	for (size_t i = 0; i < q->n; i++) {
		struct ward_query_item *it = &q->item[i];

		if (it->kind == WARD_QUERY_TEXT && !said(ctx, it->text)) {
			it->placed = false;
			ward_raw_init(&it->raw, it->text);
		}
		q->places |= it->placed;
	}
}

bool ward_query_stands(const struct ward_query *q, struct ward_slice record)
{
	struct ward_event_head head;

	for (size_t i = 0; i < q->n; i++)
		if (!ward_raw_may_stand(&q->item[i].raw, record))
			/* one of another version is for whoever decodes it to tell */
			return ward_event_head(record, &head) != WARD_OK;
	return true;
}

static char small(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Is all of s the folded pattern, in which '*' is any text? O(s x pattern). */
static bool globs(struct ward_str pattern, struct ward_str s)
{
	size_t i = 0, k = 0, star = SIZE_MAX, from = 0;

	while (i < s.len) {
		if (k < pattern.len && pattern.p[k] == '*') {
			star = k++;
			from = i;
		} else if (k < pattern.len && pattern.p[k] == small(s.p[i])) {
			i++;
			k++;
		} else if (star != SIZE_MAX) {
			k = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (k < pattern.len && pattern.p[k] == '*')
		k++;
	return k == pattern.len;
}

static bool holds(struct ward_str s, struct ward_str needle)
{
	for (size_t i = 0; needle.len <= s.len && i <= s.len - needle.len; i++) {
		size_t k = 0;

		while (k < needle.len && small(s.p[i + k]) == needle.p[k])
			k++;
		if (k == needle.len)
			return true;
	}
	return false;
}

static bool scalar_matches(const struct ward_query_item *it, const struct ward_value *v)
{
	char number[24];
	struct ward_str s = {NULL, 0};
	struct ward_addr ip;

	switch (v->kind) {
	case WARD_VALUE_STR:
	case WARD_VALUE_NUM:
		s = v->s;
		break;
	case WARD_VALUE_INT:
		s = (struct ward_str){
			number, (size_t)snprintf(number, sizeof(number), "%lld", (long long)v->i)};
		break;
	case WARD_VALUE_BOOL:
		s = v->b ? WARD_STR("true") : WARD_STR("false");
		break;
	case WARD_VALUE_NULL:
	case WARD_VALUE_LIST:
	case WARD_VALUE_RAW: /* events here have none */
		return false;
	}
	if (it->kind == WARD_QUERY_TEXT)
		return holds(s, it->text);
	if (it->is_net)
		return ward_addr_parse(s, &ip) && in_net(&it->net, &ip);
	return globs(it->text, s);
}

static bool value_matches(const struct ward_query_item *it, const struct ward_value *v)
{
	if (v->kind != WARD_VALUE_LIST)
		return scalar_matches(it, v);
	for (uint32_t i = 0; i < v->n; i++)
		if (scalar_matches(it, &v->item[i]))
			return true;
	return false;
}

static bool class_matches(const struct ward_query_item *it, struct ward_str class)
{
	struct ward_str start = ward_str_sub(class, 0, it->text.len);

	if (globs(it->text, class))
		return true;
	if (ward_str_ends(it->text, WARD_STR(".*")) && class.len == it->text.len - 2)
		return holds(class, ward_str_sub(it->text, 0, class.len));
	return class.len > start.len && class.p[start.len] == '.' && globs(it->text, start);
}

static bool field_matches(const struct ward_query_item *it, const struct ward_event *e)
{
	for (size_t i = 0; i < it->n_field; i++) {
		const struct ward_value *v = ward_event_get(e, it->field[i]);

		if (v && value_matches(it, v))
			return true;
	}
	return false;
}

static bool any_matches(const struct ward_query_item *it, const struct ward_event *e)
{
	for (size_t i = 0; i < e->n_field; i++)
		if (value_matches(it, &e->field[i].v))
			return true;
	return false;
}

struct hits {
	const struct ward_query *q;
	uint32_t found; /* bit i: of item i */
};

static void on_term(void *ctx, enum ward_term_kind kind, struct ward_slice bytes)
{
	struct hits *h = ctx;
	struct ward_addr ip;

	if (kind == WARD_TERM_IP)
		memcpy(ip.b, bytes.p, sizeof(ip.b));
	for (size_t i = 0; i < h->q->n; i++) {
		const struct ward_query_item *it = &h->q->item[i];

		if (it->kind == WARD_QUERY_NET && kind == WARD_TERM_IP && in_net(&it->net, &ip))
			h->found |= 1u << i;
		if (it->kind == WARD_QUERY_TERM && kind == it->term && bytes.len == it->n_key &&
			memcmp(bytes.p, it->key, it->n_key) == 0)
			h->found |= 1u << i;
	}
}

static bool item_matches(
	const struct ward_query *q, const struct ward_query_item *it, const struct ward_event *e)
{
	switch (it->kind) {
	case WARD_QUERY_FIELD:
		return field_matches(it, e);
	case WARD_QUERY_CLASS:
		return class_matches(it, ward_name_text(q->names, e->class));
	case WARD_QUERY_SOURCE:
		return globs(it->text, ward_name_text(q->names, e->source));
	case WARD_QUERY_ID:
		return memcmp(it->key, e->id.b, sizeof(e->id.b)) == 0;
	case WARD_QUERY_TEXT:
		return any_matches(it, e);
	case WARD_QUERY_TERM:
	case WARD_QUERY_NET:
		break;
	}
	return true;
}

bool ward_query_match(const struct ward_query *q, const struct ward_event *e)
{
	struct hits h = {q, 0};
	uint32_t want = 0;

	for (size_t i = 0; i < q->n; i++) {
		const struct ward_query_item *it = &q->item[i];

		if (it->kind == WARD_QUERY_TERM || it->kind == WARD_QUERY_NET)
			want |= 1u << i;
		else if (!item_matches(q, it, e))
			return false;
	}
	if (want)
		ward_terms_of(e, q->names, on_term, &h);
	return (h.found & want) == want;
}
