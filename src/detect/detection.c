#include "detect/detection.h"

#include "model/model.h"

/* The parts of one object: evidence takes 39 bytes an id, each of nine texts 6 * TEXT_MAX + 2, what
 * a permit says (shorter texts) 5 KB. */
enum { TEXT_MAX = 256, VALUE_MAX = 512, MATCH_BYTES = 36 << 10, REST_BYTES = 21 << 10 };
_Static_assert(
	WARD_DETECTION_EVIDENCE_MAX * 39 + MATCH_BYTES + REST_BYTES <= WARD_DETECTION_BYTES_MAX,
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

static void put_match(struct ward_json *j, const struct ward_detection *d)
{
	size_t begin = j->w->len, n = 0;

	ward_json_key(j, "match");
	ward_json_obj(j);
	for (size_t i = 0; i < d->n_match; i++) {
		size_t room = j->w->len - begin + 6 * (TEXT_MAX + VALUE_MAX) + 64;

		if (d->match[i].field.len > TEXT_MAX || room > MATCH_BYTES)
			continue;
		ward_json_key_str(j, d->match[i].field);
		ward_json_str_cut(j, d->match[i].value, VALUE_MAX);
		n++;
	}
	ward_json_obj_end(j);
	if (n == d->n_match)
		return;
	ward_json_key(j, "match_total");
	ward_json_u64(j, d->n_match);
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
	put_evidence(&j, d);
	put_match(&j, d);
	ward_json_obj_end(&j);
	WARD_ASSERT(ward_wr_bad(w) || w->len - begin <= WARD_DETECTION_BYTES_MAX);
}
