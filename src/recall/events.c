/* Events by their ids, with what they say. Persons are left out: a field that names one says
 * that it does, with the pseudonym by which somebody may ask who that is; one within a text is
 * replaced. */
#include "recall/priv.h"

enum { TOKEN = 18 /* "p-" and 16 characters: comply/pseudonym.h */, ITEMS = 32 };

struct wanted {
	struct ward_id id;
	bool found;
};

static enum ward_err begin(struct recall_pass *p)
{
	size_t n = p->ask->ids.len / sizeof(struct ward_id);
	struct wanted *all = ward_arena_array(&p->arena, n + 1, sizeof(*all));

	if (!all)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		memcpy(all[i].id.b, p->ask->ids.p + i * sizeof(struct ward_id),
			sizeof(all[i].id.b));
		all[i].found = false;
	}
	p->state = all;
	p->nothing = !n;
	ward_json_key(&p->j, "events");
	ward_json_arr(&p->j);
	return WARD_OK;
}

/* The same of verdicts on files: nobody said why they read them, so they say what the file is, from
 * where to where it went and by whose pseudonym, and nothing else. */
static enum ward_err begin_files(struct recall_pass *p)
{
	static const char *const class[] = {"file.suspicious", "file.malicious"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(class); i++)
		p->term[p->n_term++] =
			ward_term_hash(WARD_TERM_CLASS, ward_str_bytes(ward_str_z(class[i])));
	return begin(p);
}

static bool is_told(const struct recall_pass *p, uint32_t field)
{
	static const char *const also[] = {"src_ip", "dst_ip", "service", "user", "host"};
	struct ward_str name = ward_name_text(&p->names, field);

	if (p->ask->what != WARD_RECALL_FILES || ward_str_starts(name, WARD_STR("file.")))
		return true;
	for (size_t i = 0; i < WARD_ARRAY_LEN(also); i++)
		if (ward_str_eqz(name, also[i]))
			return true;
	return false;
}

static bool is_token(struct ward_str s)
{
	if (s.len < TOKEN || s.p[0] != 'p' || s.p[1] != '-')
		return false;
	for (size_t i = 2; i < TOKEN; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '2' && s.p[i] <= '7')))
			return false;
	return true;
}

/* By which who they are can be asked for; empty: there is none. */
static struct ward_str token_in(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_token(ward_str_sub(s, i, SIZE_MAX)))
			return ward_str_sub(s, i, TOKEN);
	return WARD_STR("");
}

/* The text without pseudonyms. */
static void put_text(struct ward_json *j, struct ward_str s)
{
	char text[RECALL_TEXT + 8];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_str all = ward_str_sub(s, 0, RECALL_TEXT);

	for (size_t i = 0; i < all.len;) {
		struct ward_str rest = ward_str_sub(all, i, SIZE_MAX);

		if (is_token(rest)) {
			ward_wr_z(&w, "p-\xe2\x80\xa6");
			i += TOKEN;
		} else {
			ward_wr_ch(&w, all.p[i++]);
		}
	}
	if (s.len > all.len)
		ward_wr_z(&w, "\xe2\x80\xa6");
	ward_json_str(j, ward_wr_text(&w));
}

static void put_scalar(struct ward_json *j, const struct ward_value *v)
{
	char text[32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	switch (v->kind) {
	case WARD_VALUE_BOOL:
		ward_json_z(j, v->b ? "true" : "false");
		break;
	case WARD_VALUE_INT:
		ward_wr_printf(&w, "%lld", (long long)v->i);
		ward_json_str(j, ward_wr_text(&w));
		break;
	case WARD_VALUE_NUM:
	case WARD_VALUE_STR:
		put_text(j, v->s);
		break;
	case WARD_VALUE_NULL:
	case WARD_VALUE_LIST:
	case WARD_VALUE_RAW:
		ward_json_null(j);
		break;
	}
}

/* Does the field say who somebody is? */
static bool names_person(const struct recall_pass *p, uint32_t field)
{
	struct ward_str name = ward_name_text(&p->names, field);

	return (field < WARD_FIELD_N && ward_field_info((enum ward_field_id)field)->identity ==
						WARD_IDENTITY_PERSON) ||
	       field == WARD_FIELD_WARD_ACTOR || ward_str_ends(name, WARD_STR(".person"));
}

static void put_field(struct recall_pass *p, struct ward_json *j, const struct ward_field *f)
{
	ward_json_obj(j);
	recall_text(j, "name", ward_name_text(&p->names, f->name));
	ward_json_key(j, "value");
	if (names_person(p, f->name)) {
		ward_json_null(j);
	} else if (f->v.kind == WARD_VALUE_LIST) {
		ward_json_arr(j);
		for (uint32_t i = 0; i < f->v.n && i < ITEMS; i++)
			put_scalar(j, &f->v.item[i]);
		if (f->v.n > ITEMS)
			ward_json_z(j, "\xe2\x80\xa6");
		ward_json_arr_end(j);
	} else {
		put_scalar(j, &f->v);
	}
	if (names_person(p, f->name)) {
		struct ward_str t = f->v.kind == WARD_VALUE_STR ? token_in(f->v.s) : WARD_STR("");

		ward_json_key(j, "person");
		ward_json_bool(j, true);
		if (t.len)
			recall_text(j, "token", t);
	}
	ward_json_obj_end(j);
}

static void put_event(struct recall_pass *p, const struct ward_event *e)
{
	struct ward_json j = ward_json_on(&p->one);
	char id[WARD_ID_TEXT];

	ward_wr_reset(&p->one);
	ward_id_text(e->id, id);
	ward_json_obj(&j);
	recall_text(&j, "id", ward_str_z(id));
	recall_time(&j, "at", e->time);
	recall_time(&j, "seen", e->seen);
	recall_text(&j, "source", ward_name_text(&p->names, e->source));
	recall_text(&j, "class", ward_name_text(&p->names, e->class));
	recall_node(p, &j, "on", ward_event_str(e, WARD_FIELD_WARD_ASSET));
	ward_json_key(&j, "fields");
	ward_json_arr(&j);
	for (size_t i = 0; i < e->n_field; i++)
		if (is_told(p, e->field[i].name))
			put_field(p, &j, &e->field[i]);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	recall_add(p);
}

static enum ward_err event(struct recall_pass *p, struct ward_event *e, bool *ret_enough)
{
	struct wanted *all = p->state;
	size_t n = p->ask->ids.len / sizeof(struct ward_id), i = 0;

	while (i < n && (all[i].found || !ward_id_eq(all[i].id, e->id)))
		i++;
	if (i == n ||
		(p->ask->what == WARD_RECALL_FILES &&
			!ward_str_starts(ward_name_text(&p->names, e->class), WARD_STR("file."))))
		return WARD_OK;
	if (ward_enrich_event(&p->enrich, e) == WARD_ERR_NOMEM)
		return WARD_ERR_NOMEM;
	all[i].found = true;
	put_event(p, e);
	*ret_enough = p->n + p->cut == n;
	return WARD_OK;
}

/* What retention took, or never was recorded, is said. */
static enum ward_err end(struct recall_pass *p)
{
	ward_json_arr_end(&p->j);
	recall_u64(&p->j, "gone", p->ask->ids.len / sizeof(struct ward_id) - p->n - p->cut);
	return WARD_OK;
}

const struct recall_kind recall_events = {false, begin, event, end};
const struct recall_kind recall_files = {false, begin_files, event, end};
