/* What the hospital gives its region's coordinator (docs/region.md): as much of it as the rights of
 * who asks let out, and nothing else. No person, no address of the house, no text that outsiders
 * wrote leaves; names of wards and things only by a right of their own, and then as
 * content/sharing.yml has it for the region. */
#include "api/priv.h"

#include "exchange/share.h"
#include "story/address.h"
#include "story/likely.h"

#include <arpa/inet.h>

enum {
	INCIDENTS_MAX = 256,
	SIGNS_MAX = 16, /* rules of one incident */
	FROM_MAX = 8,   /* addresses of one rule */
	READ_MAX = 128, /* detections of one incident, the latest */
	SERVICES_MAX = 1024,
	RULE_BYTES = 96, /* of an id */
	NAME_BYTES = 4096
};

/* What one rule found in one incident. Texts are in scratch. */
struct sign {
	struct ward_str rule, threat, from[FROM_MAX];
	size_t n_from;
	unsigned level;
	uint64_t n;
	ward_ns last;
};

/* ---- what may be said of a sign ---- */

static bool within(const uint8_t *a, const uint8_t *net, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, net, whole) == 0 &&
	       (!rest || ((a[whole] ^ net[whole]) & (0xff00u >> rest & 0xff)) == 0);
}

/* An address of the Internet, whole and without a port: none of RFC 6890's that stay within a
 * house. */
static bool is_public(struct ward_str s)
{
	static const struct {
		uint8_t net[4];
		unsigned bits;
	} kept[] = {{{0}, 8}, {{10}, 8}, {{100, 64}, 10}, {{127}, 8}, {{169, 254}, 16},
		{{172, 16}, 12}, {{192, 168}, 16}, {{224}, 3}};
	uint8_t a[16];
	char text[INET6_ADDRSTRLEN];

	if (!s.len || s.len >= sizeof(text))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	if (inet_pton(AF_INET6, text, a) == 1)
		return (a[0] & 0xe0) == 0x20; /* RFC 4291 2.5.4: global unicast */
	if (inet_pton(AF_INET, text, a) != 1)
		return false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(kept); i++)
		if (within(a, kept[i].net, kept[i].bits))
			return false;
	return true;
}

/* Of nobody here: an attacker's, which others may have met, too. */
static bool is_strange(const struct ward_model *m, struct ward_str s)
{
	return is_public(s) && ward_model_by_key(m, WARD_KEY_IP, s) == WARD_NONE &&
	       ward_model_network_of(m, s) == WARD_NONE;
}

/* Of the form of an id. */
static bool is_id(struct ward_str s)
{
	if (!s.len || s.len > RULE_BYTES)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    (c && strchr("-_.:", c))) ||
			ward_address_at(s, 0, i))
			return false;
	}
	return true;
}

/* A rule that watches here. What other products call theirs may be any text, also one that looks
 * like an id, with names and addresses in it. */
static bool is_ours(const struct ward_api *a, struct ward_str rule)
{
	return is_id(rule) && api_is_rule(a, rule);
}

/* ---- incidents ---- */

static struct ward_str copy(struct api_request *r, struct ward_str s)
{
	struct ward_str is = s.len ? ward_arena_str(&r->a->scratch, s) : WARD_STR("");

	r->w->bad |= !is.p;
	return is.p ? is : WARD_STR("");
}

/* NULL: it may not be told, or there are as many rules as are told. */
static struct sign *sign_of(
	struct api_request *r, struct sign *s, size_t *n, const struct ward_record *is)
{
	size_t i = 0;

	while (i < *n && !ward_str_eq(s[i].rule, is->rule))
		i++;
	if (i == *n && (i == SIGNS_MAX || !is_ours(r->a, is->rule)))
		return NULL;
	if (i == *n) {
		s[i] = (struct sign){.rule = copy(r, is->rule), .last = INT64_MIN};
		(*n)++;
	}
	return &s[i];
}

static void note(struct api_request *r, struct sign *s, const struct ward_record *is)
{
	size_t i = 0;

	s->n++;
	s->level = is->level > s->level ? is->level : s->level;
	s->last = is->last > s->last ? is->last : s->last;
	if (!s->threat.len)
		s->threat = copy(r, is->threat);
	while (i < s->n_from && !ward_str_eq(s->from[i], is->subject))
		i++;
	if (i == s->n_from && i < FROM_MAX && is_strange(r->a->o.model, is->subject))
		s->from[s->n_from++] = copy(r, is->subject);
}

/* The latest first. False: there is no memory. */
static bool collect(struct api_request *r, const struct api_incident *in, struct sign *s,
	size_t *ret_n, uint64_t *ret_left)
{
	struct ward_api *a = r->a;
	size_t read = 0;

	for (size_t i = in->part.n; i-- > 0;) {
		const struct api_kept *k = in->part.at[i];
		struct ward_record is;
		struct sign *at;

		if (k->kind != WARD_ROW_DETECTION)
			continue;
		if (read++ >= READ_MAX) {
			(*ret_left)++;
			continue;
		}
		ward_arena_reset(&a->of_line);
		if (ward_record_read(a->reader, k->json, &a->of_line, &is) != WARD_OK)
			return false; /* it was read before */
		if (is.withdrawn)
			continue;
		at = sign_of(r, s, ret_n, &is);
		if (at)
			note(r, at, &is);
		else
			(*ret_left)++;
	}
	return true;
}

static void put_signs(struct api_request *r, const struct api_incident *in)
{
	struct sign s[SIGNS_MAX];
	uint64_t left = 0;
	size_t n = 0;

	if (!collect(r, in, s, &n, &left))
		r->w->bad = true;
	ward_json_key(&r->j, "signs");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "rule", s[i].rule);
		ward_json_put_str(&r->j, "threat", s[i].threat);
		ward_json_put_str(&r->j, "level", ward_str_z(api_level_name[s[i].level]));
		ward_json_put_time_or_null(&r->j, "last", s[i].last);
		ward_json_put_u64(&r->j, "count", s[i].n);
		ward_json_key(&r->j, "from");
		ward_json_arr(&r->j);
		for (size_t k = 0; k < s[i].n_from; k++)
			ward_json_str(&r->j, s[i].from[k]);
		ward_json_arr_end(&r->j);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "signs_more", left);
}

static struct ward_str class_of(const struct ward_model *m, uint32_t node)
{
	return ward_ontology_class(ward_model_ontology(m), ward_model_node(m, node)->class)->id;
}

static void put_services(struct api_request *r, struct api_incident *in)
{
	const struct api_forecast **f;

	ward_arena_reset(&r->a->of_line);
	size_t n = api_line_care(r->a, in, &f);

	ward_json_key(&r->j, "services");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++) {
		struct ward_str class = class_of(r->a->o.model, f[i]->node);
		size_t k = 0;

		while (k < i && !ward_str_eq(class_of(r->a->o.model, f[k]->node), class))
			k++;
		if (k == i)
			ward_json_str(&r->j, class);
	}
	ward_json_arr_end(&r->j);
}

/* What it is called, as the table of sharing has it for a region; nothing without that. */
static void put_name(struct api_request *r, const struct api_incident *in)
{
	struct ward_api *a = r->a;
	struct ward_exchange_incident one = {.id = in->id, .name = in->name};
	struct ward_exchange x = {
		.model = a->o.model, .arena = &a->scratch, .incident = &one, .n_incident = 1};
	const struct ward_share_ask ask = {.recipient = WARD_STR("region")};
	struct ward_wr w = ward_wr_grow(a->o.mem, NAME_BYTES);
	struct ward_shared did = {.mem = a->o.mem};
	struct ward_diag diag;

	ward_diag_init(&diag, a->o.mem);
	if (a->o.sharing && ward_share(a->o.sharing, &ask, &x, a->o.mem, &diag, &did) == WARD_OK)
		ward_headline_say(&one.name, r->lang, &w);
	ward_json_put_str(&r->j, "name", ward_wr_text(&w));
	r->w->bad |= ward_wr_bad(&w);
	ward_shared_fini(&did);
	ward_diag_fini(&diag);
	ward_wr_fini(&w);
}

static void put_incident(struct api_request *r, struct api_incident *in)
{
	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", in->id);
	ward_json_put_str(&r->j, "level", ward_str_z(api_level_name[in->level]));
	ward_json_put_z(&r->j, "state", in->state);
	ward_json_put_z(&r->j, "domain", in->domain);
	ward_json_put_time_or_null(&r->j, "first", in->first);
	ward_json_put_time_or_null(&r->j, "last", in->seen);
	put_services(r, in);
	put_signs(r, in);
	if (api_may(r, WARD_RIGHT_GIVE_NAMES))
		put_name(r, in);
	ward_json_obj_end(&r->j);
}

/* ---- what they take of care ---- */

/* Is it worse: surer, else sooner? */
static bool is_worse(const struct api_forecast *x, const struct api_forecast *y)
{
	enum ward_likely lx = ward_likely(x->lo, x->hi), ly = ward_likely(y->lo, y->hi);

	return lx != ly ? lx > ly : x->expected < y->expected;
}

/* Of each service the worst that any of the incidents does to it. */
static size_t worst(
	struct api_request *r, struct api_incident **in, size_t n, struct api_forecast *at)
{
	size_t n_at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct api_forecast **f;

		ward_arena_reset(&r->a->of_line);
		size_t n_f = api_line_care(r->a, in[i], &f);

		for (size_t k = 0; k < n_f; k++) {
			size_t h = 0;

			while (h < n_at && at[h].node != f[k]->node)
				h++;
			if (h == n_at && n_at < SERVICES_MAX)
				at[n_at++] = *f[k];
			else if (h < n_at && is_worse(f[k], &at[h]))
				at[h] = *f[k];
		}
	}
	return n_at;
}

/* Does the table of sharing let it go to a region what will be hit? */
static bool may_name_care(const struct api_request *r)
{
	struct ward_api *a = r->a;
	struct ward_exchange_impact impact = {.name = WARD_STR("a service")};
	struct ward_exchange_incident one = {.impact = &impact, .n_impact = 1};
	struct ward_exchange x = {
		.model = a->o.model, .arena = &a->scratch, .incident = &one, .n_incident = 1};
	const struct ward_share_ask ask = {.recipient = WARD_STR("region")};
	struct ward_shared did = {.mem = a->o.mem};
	struct ward_diag diag;

	if (!api_may(r, WARD_RIGHT_GIVE_NAMES) || !a->o.sharing)
		return false;
	ward_diag_init(&diag, a->o.mem);
	bool may = ward_share(a->o.sharing, &ask, &x, a->o.mem, &diag, &did) == WARD_OK &&
		   one.n_impact;

	ward_shared_fini(&did);
	ward_diag_fini(&diag);
	return may;
}

static void put_impacts(struct api_request *r, struct api_incident **in, size_t n)
{
	static const char *const word[WARD_LIKELY_N] = {
		"unlikely", "open", "possible", "likely", "certain"};
	const struct ward_model *m = r->a->o.model;
	struct api_forecast *at = ward_arena_array(&r->a->scratch, SERVICES_MAX, sizeof(*at));
	size_t n_at = at ? worst(r, in, n, at) : 0;
	bool names = n_at && may_name_care(r);

	r->w->bad |= !at;
	ward_json_key(&r->j, "impacts");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n_at; i++) {
		const struct api_forecast *f = &at[i];

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "service", class_of(m, f->node));
		ward_json_put_time_or_null(&r->j, "earliest", f->earliest);
		ward_json_put_time_or_null(&r->j, "expected", f->expected);
		ward_json_put_z(&r->j, "likely", word[ward_likely(f->lo, f->hi)]);
		if (names)
			ward_json_put_str(&r->j, "name", ward_model_node(m, f->node)->name);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static void put_gives(struct api_request *r)
{
	static const enum ward_right right[] = {WARD_RIGHT_GIVE_AVAILABILITY,
		WARD_RIGHT_GIVE_INCIDENTS, WARD_RIGHT_GIVE_IMPACTS, WARD_RIGHT_GIVE_NAMES};

	ward_json_key(&r->j, "gives");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(right); i++)
		if (api_may(r, right[i]))
			ward_json_z(&r->j, ward_right_name(right[i]) + strlen("give."));
	ward_json_arr_end(&r->j);
}

void api_region(struct api_request *r)
{
	const struct ward_hospital *h = ward_model_hospital(r->a->o.model);
	struct api_incident **in;

	if (!r->scope.everywhere) {
		api_refuse(r, 403,
			WARD_TEXT("this tells of the whole hospital, and you have places of it"));
		return;
	}
	ward_json_obj(&r->j);
	ward_json_put_z(&r->j, "kind", "ward.site/1");
	ward_json_put_str(&r->j, "hospital", h->id);
	ward_json_put_str(&r->j, "name", h->name);
	put_gives(r);
	api_put_have(r);
	size_t n = api_open(r, &in);

	if (api_may(r, WARD_RIGHT_GIVE_INCIDENTS)) {
		ward_json_key(&r->j, "incidents");
		ward_json_arr(&r->j);
		for (size_t i = 0; i < n && i < INCIDENTS_MAX; i++)
			put_incident(r, in[i]);
		ward_json_arr_end(&r->j);
		ward_json_put_u64(&r->j, "incidents_open", n);
	}
	if (api_may(r, WARD_RIGHT_GIVE_IMPACTS))
		put_impacts(r, in, n);
	ward_json_obj_end(&r->j);
}
