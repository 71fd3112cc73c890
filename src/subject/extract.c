#include "subject/extract.h"

#include "comply/reveal.h"

static bool is_theirs(const struct ward_subject_who *who, struct ward_str token)
{
	for (size_t i = 0; i < who->n; i++)
		if (ward_str_eq(who->token[i], token))
			return true;
	return false;
}

bool ward_subject_names(const struct ward_subject_who *who, struct ward_str text, bool *ret_other)
{
	bool theirs = false, other = false;

	for (struct ward_str t; (t = ward_reveal_token(text)).len;) {
		text = ward_str_sub(text, (size_t)(t.p - text.p) + t.len, text.len);
		if (is_theirs(who, t))
			theirs = true;
		else
			other = true;
	}
	*ret_other = other;
	return theirs;
}

/* ---- events ---- */

static bool value_names(
	const struct ward_subject_who *who, const struct ward_value *v, bool *ret_other)
{
	bool theirs = false, other = false, one;

	if (v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_RAW)
		return ward_subject_names(who, v->s, ret_other);
	for (uint32_t i = 0; v->kind == WARD_VALUE_LIST && i < v->n; i++) {
		theirs |= value_names(who, &v->item[i], &one);
		other |= one;
	}
	*ret_other = other;
	return theirs;
}

static void put_value(struct ward_json *j, const struct ward_value *v)
{
	switch (v->kind) {
	case WARD_VALUE_NULL:
		ward_json_null(j);
		break;
	case WARD_VALUE_BOOL:
		ward_json_bool(j, v->b);
		break;
	case WARD_VALUE_INT:
		ward_json_i64(j, v->i);
		break;
	case WARD_VALUE_NUM:
		ward_json_raw(j, v->s);
		break;
	case WARD_VALUE_STR:
	case WARD_VALUE_RAW:
		ward_json_str(j, v->s);
		break;
	case WARD_VALUE_LIST:
		ward_json_arr(j);
		for (uint32_t i = 0; i < v->n; i++)
			put_value(j, &v->item[i]);
		ward_json_arr_end(j);
		break;
	}
}

/* May they have it? Known to name nobody, or their own pseudonym and no other. */
static bool may_have(const struct ward_subject_who *who, const struct ward_field *f)
{
	bool other, theirs = value_names(who, &f->v, &other);

	if (other)
		return false;
	if (f->name >= WARD_FIELD_N) /* nobody knows what it holds */
		return f->v.kind == WARD_VALUE_BOOL;
	switch (ward_field_info((enum ward_field_id)f->name)->identity) {
	case WARD_IDENTITY_NONE:
		return true;
	case WARD_IDENTITY_PERSON:
		return theirs;
	case WARD_IDENTITY_MAYBE:
		break;
	}
	return false;
}

bool ward_subject_about(const struct ward_subject_who *who, const struct ward_event *e)
{
	bool other;

	for (size_t i = 0; i < e->n_field; i++)
		if (value_names(who, &e->field[i].v, &other))
			return true;
	return false;
}

static void put_id(struct ward_json *j, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_put_str(j, "id", ward_str_z(text));
}

bool ward_subject_event(const struct ward_subject_who *who, const struct ward_event *e,
	const struct ward_names *names, struct ward_json *j, uint64_t *n_left)
{
	uint64_t left = 0;

	if (!ward_subject_about(who, e))
		return false;
	ward_json_obj(j);
	put_id(j, e->id);
	ward_json_key(j, "time");
	ward_json_time(j, e->time);
	ward_json_put_str(j, "source", ward_name_text(names, e->source));
	ward_json_put_str(j, "class", ward_name_text(names, e->class));
	ward_json_key(j, "fields");
	ward_json_obj(j);
	for (size_t i = 0; i < e->n_field; i++) {
		if (!may_have(who, &e->field[i])) {
			left++;
			continue;
		}
		ward_json_key_str(j, ward_name_text(names, e->field[i].name));
		put_value(j, &e->field[i].v);
	}
	ward_json_obj_end(j);
	ward_json_key(j, "left_out");
	ward_json_u64(j, left);
	ward_json_obj_end(j);
	*n_left += left;
	return true;
}

/* ---- rows ---- */

/* What says what a row is, and names nobody. */
static const char *const known[] = {"kind", "id", "revision", "time", "what", "state", "level",
	"title", "rule", "domain", "first", "last", "role", "taken", "act", "asset", "room"};

bool ward_subject_row(const struct ward_subject_who *who, struct ward_str json,
	const struct ward_conf *row, struct ward_json *j, uint64_t *n_left)
{
	size_t n = 0;
	bool other;

	if (!ward_subject_names(who, json, &other))
		return false;
	ward_json_obj(j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++) {
		const struct ward_conf *c = ward_conf_get(row, known[i]);

		if (!c || c->kind != WARD_CONF_SCALAR)
			continue;
		(void)ward_subject_names(who, c->text, &other);
		if (other)
			continue;
		ward_json_put_str(j, known[i], c->text);
		n++;
	}
	ward_json_obj_end(j);
	*n_left += row->n_child > n ? row->n_child - n : 0;
	return true;
}
