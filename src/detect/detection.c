#include "detect/detection.h"

#include "event/event.h"
#include "model/model.h"

/* The parts of one object: evidence takes 39 bytes an id, each of eleven texts 6 * TEXT_MAX + 2,
 * what a permit says (shorter texts) 5 KB, `because`, `reason` and `measure` 9 KB. */
enum {
	TEXT_MAX = 256,
	WORD_MAX = 96,      /* of tags, and of what `measure` says */
	REASON_BYTES = 640, /* of all texts of `reason` */
	MATCH_BYTES = 16 << 10,
	RULES_BYTES = 8 << 10,
	TAGS_BYTES = 2 << 10,
	REST_BYTES = 31 << 10
};
_Static_assert(
	WARD_DETECTION_EVIDENCE_MAX * 39 + MATCH_BYTES + RULES_BYTES + TAGS_BYTES + REST_BYTES <=
		WARD_DETECTION_BYTES_MAX,
	"a detection's parts fit into its bound");

const char *ward_level_name(enum ward_level l)
{
	static const char *const name[] = {"informational", "low", "medium", "high", "critical"};

	_Static_assert(WARD_ARRAY_LEN(name) == WARD_LEVEL_N, "a name for each level");
	return l < WARD_LEVEL_N ? name[l] : "unknown";
}

static void key_str(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str_cut(j, s, TEXT_MAX);
}

static void key_node(
	struct ward_json *j, const char *key, const struct ward_model *m, uint32_t node)
{
	if (m && node < ward_model_n(m))
		key_str(j, key, ward_model_node(m, node)->id);
}

/* The same for people. */
static void key_name(
	struct ward_json *j, const char *key, const struct ward_model *m, uint32_t node)
{
	if (m && node < ward_model_n(m))
		key_str(j, key, ward_model_node(m, node)->name);
}

static void put_total(struct ward_json *j, const char *key, size_t n, size_t all)
{
	if (n >= all)
		return;
	ward_json_key(j, key);
	ward_json_u64(j, all);
}

static void put_tags(struct ward_json *j, const struct ward_detection *d)
{
	size_t begin = j->w->len, n = 0;

	if (!d->n_tag)
		return;
	ward_json_key(j, "tags");
	ward_json_arr(j);
	for (; n < d->n_tag && j->w->len - begin + 6 * WORD_MAX + 64 <= TAGS_BYTES; n++)
		ward_json_str_cut(j, d->tag[n], WORD_MAX);
	ward_json_arr_end(j);
	put_total(j, "tags_total", n, d->n_tag);
}

static void rule(struct ward_json *j, const struct ward_detection *d)
{
	ward_json_key(j, "rule");
	ward_json_obj(j);
	ward_json_key(j, "id");
	ward_json_str_cut(j, d->rule, TEXT_MAX);
	ward_json_key(j, "title");
	ward_json_str_cut(j, d->title, TEXT_MAX);
	ward_json_key(j, "level");
	ward_json_z(j, ward_level_name(d->level));
	key_str(j, "author", d->author);
	key_str(j, "license", d->license);
	put_tags(j, d);
	ward_json_obj_end(j);
}

static void id(struct ward_json *j, struct ward_id v)
{
	char text[WARD_ID_TEXT];

	ward_id_text(v, text);
	ward_json_z(j, text);
}

static void put_evidence(struct ward_json *j, const struct ward_detection *d)
{
	ward_json_key(j, "evidence");
	ward_json_arr(j);
	for (size_t i = 0; i < d->n_evidence && i < WARD_DETECTION_EVIDENCE_MAX; i++)
		id(j, d->evidence[i]);
	ward_json_arr_end(j);
	size_t all = d->n_evidence_all > d->n_evidence ? d->n_evidence_all : d->n_evidence;

	if (all == d->n_evidence && all <= WARD_DETECTION_EVIDENCE_MAX)
		return;
	ward_json_key(j, "evidence_total");
	ward_json_u64(j, all);
}

/* Where the value was not kept whole, its length stands beside it. */
static void put_value(struct ward_json *j, const struct ward_match *m)
{
	size_t bytes = m->value_bytes                            ? m->value_bytes
		       : m->value.len > WARD_DETECTION_VALUE_MAX ? m->value.len
								 : 0;

	ward_json_key(j, "value");
	if (!m->value.p)
		ward_json_null(j);
	else
		ward_json_str_cut(j, m->value, WARD_DETECTION_VALUE_MAX);
	if (!bytes)
		return;
	ward_json_key(j, "value_bytes");
	ward_json_u64(j, bytes);
}

static void put_match(struct ward_json *j, const struct ward_detection *d)
{
	size_t begin = j->w->len, n = 0;
	size_t all = d->n_match_all > d->n_match ? d->n_match_all : d->n_match;

	ward_json_key(j, "match");
	ward_json_arr(j);
	for (size_t i = 0; i < d->n_match; i++) {
		const struct ward_match *m = &d->match[i];
		size_t most = m->field.len + m->selection.len + m->asked.len + m->value.len;

		most = 6 * (most < 3 * TEXT_MAX + WARD_DETECTION_VALUE_MAX
					   ? most
					   : 3 * TEXT_MAX + WARD_DETECTION_VALUE_MAX);
		if (j->w->len - begin + most + 128 > MATCH_BYTES)
			continue;
		ward_json_obj(j);
		key_str(j, "selection", m->selection);
		ward_json_key(j, "field");
		ward_json_str_cut(j, m->field, TEXT_MAX);
		put_value(j, m);
		key_str(j, "asked", m->asked);
		ward_json_obj_end(j);
		n++;
	}
	ward_json_arr_end(j);
	put_total(j, "match_total", n, all);
}

static void put_measure(struct ward_json *j, const struct ward_measure *m)
{
	const char *const key[] = {"what", "value", "asked", "usual"};
	const struct ward_str text[] = {m->what, m->value, m->asked, m->usual};

	if (!m->what.len)
		return;
	ward_json_key(j, "measure");
	ward_json_obj(j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++) {
		if (!text[i].len)
			continue;
		ward_json_key(j, key[i]);
		ward_json_str_cut(j, text[i], WORD_MAX);
	}
	if (m->within) {
		ward_json_key(j, "within_ms");
		ward_json_i64(j, m->within / WARD_NS_PER_MS);
	}
	ward_json_obj_end(j);
}

static void put_part(struct ward_json *j, const struct ward_part *p)
{
	ward_json_obj(j);
	key_str(j, "id", p->rule);
	key_str(j, "title", p->title);
	key_str(j, "author", p->author);
	key_str(j, "license", p->license);
	ward_json_key(j, "matches");
	ward_json_u64(j, p->n);
	ward_json_key(j, "events");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_event; i++)
		id(j, p->event[i]);
	ward_json_arr_end(j);
	key_str(j, "because", p->because);
	ward_json_obj_end(j);
}

/* As many as there is room for when each of their bytes takes six. */
static void put_parts(struct ward_json *j, const struct ward_detection *d)
{
	size_t begin = j->w->len, n = 0;

	if (!d->n_part)
		return;
	ward_json_key(j, "rules");
	ward_json_arr(j);
	for (size_t i = 0; i < d->n_part; i++) {
		const struct ward_part *p = &d->part[i];
		const size_t len[] = {
			p->rule.len, p->title.len, p->author.len, p->license.len, p->because.len};
		size_t most = 128 + 39 * p->n_event;

		for (size_t k = 0; k < WARD_ARRAY_LEN(len); k++)
			most += 6 * (len[k] < TEXT_MAX ? len[k] : TEXT_MAX);
		if (j->w->len - begin + most > RULES_BYTES)
			continue;
		put_part(j, p);
		n++;
	}
	ward_json_arr_end(j);
	put_total(j, "rules_total", n, d->n_part);
}

/* For who says it in another language; texts that are too long to be slots are not said so. */
static void put_reason(struct ward_json *j, const struct ward_value *reason)
{
	size_t bytes = 0;

	if (!reason || reason->kind != WARD_VALUE_LIST)
		return;
	for (uint32_t i = 0; i < reason->n; i++)
		bytes += reason->item[i].kind == WARD_VALUE_STR ? reason->item[i].s.len + 1
								: REASON_BYTES + 1;
	if (bytes > REASON_BYTES)
		return;
	ward_json_key(j, "reason");
	ward_json_arr(j);
	for (uint32_t i = 0; i < reason->n; i++)
		ward_json_str(j, reason->item[i].s);
	ward_json_arr_end(j);
}

static void put_because(struct ward_json *j, const struct ward_detection *d)
{
	char text[WARD_DETECTION_BECAUSE_MAX];
	bool sentence = ward_detection_explanation(d).len > 0;
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	size_t more = ward_detection_because(
		d, sentence ? sizeof(text) : WARD_DETECTION_BECAUSE_SHORT, &w);

	if (!w.len)
		return;
	ward_json_key(j, "because");
	ward_json_str(j, ward_wr_text(&w));
	put_reason(j, d->reason);
	if (!more)
		return;
	ward_json_key(j, "because_more");
	ward_json_u64(j, more);
}

static void put_permit(struct ward_json *j, const struct ward_permitted *p)
{
	if (!p->id.len)
		return;
	ward_json_key(j, "permit");
	ward_json_obj(j);
	key_str(j, "id", p->id);
	key_str(j, "who", p->who);
	ward_json_key(j, "from");
	ward_json_time(j, p->from);
	ward_json_key(j, "until");
	ward_json_time(j, p->until);
	ward_json_key(j, "expected");
	ward_json_bool(j, p->expected);
	key_str(j, "why", p->why);
	key_str(j, "because", p->because);
	ward_json_obj_end(j);
}

void ward_detection_write_json(
	const struct ward_detection *d, const struct ward_model *m, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	size_t begin = w->len;

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "detection");
	ward_json_key(&j, "id");
	id(&j, d->id);
	ward_json_key(&j, "revision");
	ward_json_u64(&j, d->revision);
	if (d->withdrawn) {
		ward_json_key(&j, "withdrawn");
		ward_json_bool(&j, true);
	}
	if (d->partial) {
		ward_json_key(&j, "partial");
		ward_json_bool(&j, true);
	}
	if (d->stage != WARD_STAGE_LIVE) {
		ward_json_key(&j, "stage");
		ward_json_z(&j, ward_stage_name(d->stage));
	}
	rule(&j, d);
	key_str(&j, "threat", d->threat_code);
	key_node(&j, "asset", m, d->asset);
	key_name(&j, "asset_name", m, d->asset);
	key_str(&j, "subject", d->subject);
	key_node(&j, "place", m, d->place);
	key_name(&j, "place_name", m, d->place);
	key_str(&j, "actor", d->actor);
	put_permit(&j, &d->permit);
	ward_json_key(&j, "first");
	ward_json_time(&j, d->first);
	ward_json_key(&j, "last");
	ward_json_time(&j, d->last);
	put_because(&j, d);
	put_measure(&j, &d->measure);
	put_match(&j, d);
	put_parts(&j, d);
	put_evidence(&j, d);
	ward_json_obj_end(&j);
	WARD_ASSERT(ward_wr_bad(w) || w->len - begin <= WARD_DETECTION_BYTES_MAX);
}
