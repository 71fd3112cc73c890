#include "base/json.h"
#include "event/event.h"

static void put_scalar(struct ward_json *j, const struct ward_value *v)
{
	switch (v->kind) {
	case WARD_VALUE_RAW:
		WARD_ASSERT(v->kind != WARD_VALUE_RAW);
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
		ward_json_str(j, v->s);
		break;
	case WARD_VALUE_NULL:
	case WARD_VALUE_LIST:
		ward_json_null(j);
		break;
	}
}

void ward_event_write_json(
	const struct ward_event *e, const struct ward_names *names, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	char id[WARD_ID_TEXT];

	ward_id_text(e->id, id);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "event");
	ward_json_key(&j, "id");
	ward_json_z(&j, id);
	ward_json_key(&j, "time");
	ward_json_time(&j, e->time);
	ward_json_key(&j, "seen");
	ward_json_time(&j, e->seen);
	ward_json_key(&j, "source");
	ward_json_str(&j, ward_name_text(names, e->source));
	ward_json_key(&j, "class");
	ward_json_str(&j, ward_name_text(names, e->class));
	ward_json_key(&j, "fields");
	ward_json_obj(&j);
	for (size_t i = 0; i < e->n_field; i++) {
		const struct ward_value *v = &e->field[i].v;

		ward_json_key_str(&j, ward_name_text(names, e->field[i].name));
		if (v->kind != WARD_VALUE_LIST) {
			put_scalar(&j, v);
			continue;
		}
		ward_json_arr(&j);
		for (uint32_t k = 0; k < v->n; k++)
			put_scalar(&j, &v->item[k]);
		ward_json_arr_end(&j);
	}
	ward_json_obj_end(&j);
	ward_json_obj_end(&j);
}
