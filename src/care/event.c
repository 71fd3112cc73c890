/* An entry as an event of the journal: what an audit finds. */
#include "base/id.h"
#include "care/entry.h"

#include <stdio.h>

enum { NAME_BYTES = 48 };

static enum ward_err put(
	struct ward_event *e, struct ward_names *names, const char *column, struct ward_value v)
{
	char name[NAME_BYTES];

	(void)snprintf(name, sizeof(name), "care.%s", column);
	return ward_event_set(e, ward_name(names, ward_str_z(name)), v);
}

static struct ward_str where_of(const struct ward_care_entry *x, const struct ward_model *m)
{
	return x->where == WARD_NONE ? ward_model_hospital(m)->id
				     : ward_model_node(m, x->where)->id;
}

static enum ward_err put_time(
	struct ward_event *e, struct ward_names *names, enum ward_care_column c, ward_ns t)
{
	char text[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_time_write(&w, t);
	struct ward_str s = ward_arena_str(e->arena, ward_wr_text(&w));

	return s.p ? put(e, names, ward_care_column_name(c), ward_value_str(s)) : WARD_ERR_NOMEM;
}

static enum ward_err put_id(struct ward_event *e, struct ward_names *names, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	e->class = ward_name(names, WARD_STR(WARD_CARE_CLASS));
	struct ward_str s = ward_arena_str(e->arena, ward_str_z(text));

	return s.p ? put(e, names, "entry", ward_value_str(s)) : WARD_ERR_NOMEM;
}

struct ward_id ward_care_entry_id(const struct ward_care_entry *x, const struct ward_model *m)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward.care.entry");
	ward_idgen_str(&g, where_of(x, m));
	ward_idgen_u64(&g, x->bed);
	for (unsigned f = 0; f < WARD_CARE_FIELD_N; f++)
		ward_idgen_u64(&g, (uint64_t)x->value[f]);
	ward_idgen_u64(&g, (uint64_t)x->made);
	ward_idgen_u64(&g, (uint64_t)x->until);
	ward_idgen_str(&g, x->by);
	ward_idgen_str(&g, x->why);
	return ward_idgen_final(&g);
}

enum ward_err ward_care_entry_to_event(const struct ward_care_entry *x, const struct ward_model *m,
	struct ward_names *names, struct ward_event *e)
{
	enum ward_err err = put_id(e, names, ward_care_entry_id(x, m));

	if (!err)
		err = put(e, names, ward_care_column_name(WARD_CARE_COL_WHERE),
			ward_value_str(where_of(x, m)));
	if (!err && x->bed != WARD_BED_N)
		err = put(e, names, ward_care_column_name(WARD_CARE_COL_BED),
			ward_value_str(ward_str_z(ward_bed_type_name(x->bed))));
	for (unsigned f = 0; f < WARD_CARE_FIELD_N && !err; f++) {
		enum ward_care_field field = (enum ward_care_field)f;
		const char *word = ward_care_word(field, x->value[f]);

		if (x->value[f] != WARD_CARE_NONE)
			err = put(e, names, ward_care_field_name(field),
				word ? ward_value_str(ward_str_z(word))
				     : ward_value_int(x->value[f]));
	}
	if (!err)
		err = put_time(e, names, WARD_CARE_COL_MADE, x->made);
	if (!err)
		err = put_time(e, names, WARD_CARE_COL_UNTIL, x->until);
	if (!err)
		err = put(e, names, ward_care_column_name(WARD_CARE_COL_BY), ward_value_str(x->by));
	if (!err && x->why.len)
		err = put(
			e, names, ward_care_column_name(WARD_CARE_COL_WHY), ward_value_str(x->why));
	return err;
}

enum ward_err ward_care_gone_to_event(
	struct ward_id entry, struct ward_names *names, struct ward_event *e)
{
	enum ward_err err = put_id(e, names, entry);

	return err ? err : put(e, names, "removed", ward_value_bool(true));
}
