#include "detect/detection.h"

#include "model/model.h"

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
	ward_json_str(j, s);
}

static void key_node(
	struct ward_json *j, const char *key, const struct ward_model *m, uint32_t node)
{
	if (m && node < ward_model_n(m))
		key_str(j, key, ward_model_node(m, node)->id);
}

static void rule(struct ward_json *j, const struct ward_detection *d)
{
	ward_json_key(j, "rule");
	ward_json_obj(j);
	ward_json_key(j, "id");
	ward_json_str(j, d->rule);
	ward_json_key(j, "title");
	ward_json_str(j, d->title);
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

void ward_detection_write_json(
	const struct ward_detection *d, const struct ward_model *m, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

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
	rule(&j, d);
	key_str(&j, "threat", d->threat_code);
	key_node(&j, "asset", m, d->asset);
	key_str(&j, "subject", d->subject);
	key_node(&j, "place", m, d->place);
	key_str(&j, "actor", d->actor);
	ward_json_key(&j, "first");
	ward_json_time(&j, d->first);
	ward_json_key(&j, "last");
	ward_json_time(&j, d->last);
	ward_json_key(&j, "evidence");
	ward_json_arr(&j);
	for (size_t i = 0; i < d->n_evidence; i++)
		id(&j, d->evidence[i]);
	ward_json_arr_end(&j);
	ward_json_key(&j, "match");
	ward_json_obj(&j);
	for (size_t i = 0; i < d->n_match; i++) {
		ward_json_key_str(&j, d->match[i].field);
		ward_json_str(&j, d->match[i].value);
	}
	ward_json_obj_end(&j);
	ward_json_obj_end(&j);
}
