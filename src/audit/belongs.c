#include "audit/belongs.h"

enum { PAGE = 512, IDS_MAX = 1 << 20 };

void ward_belongs_init(struct ward_belongs *b, const struct ward_mem *mem, struct ward_id incident)
{
	*b = (struct ward_belongs){.is = incident};
	struct ward_tab *const set[] = {&b->incident, &b->detection, &b->event};

	for (size_t i = 0; i < WARD_ARRAY_LEN(set); i++)
		ward_tab_init(set[i], mem, sizeof(struct ward_id), 1, IDS_MAX);
}

void ward_belongs_fini(struct ward_belongs *b)
{
	ward_tab_fini(&b->incident);
	ward_tab_fini(&b->detection);
	ward_tab_fini(&b->event);
}

static void add(struct ward_belongs *b, struct ward_tab *set, struct ward_id id)
{
	void *val;

	if (!b->err)
		b->err = ward_tab_put(set, &id, &val, NULL);
}

/* What follows the member's name, each time that it stands there: quotes within texts are escaped,
 * so no text looks like a member. */
static struct ward_str next(struct ward_str *rest, struct ward_str member)
{
	size_t at = ward_str_find(*rest, member);

	*rest = at < rest->len ? ward_str_sub(*rest, at + member.len, rest->len) : WARD_STR("");
	return *rest;
}

static bool id_at(struct ward_str s, struct ward_id *ret)
{
	return s.len >= WARD_ID_TEXT && s.p[WARD_ID_TEXT - 1] == '"' &&
	       ward_id_parse(ward_str_sub(s, 0, WARD_ID_TEXT - 1), ret);
}

static void add_members(
	struct ward_belongs *b, struct ward_tab *set, struct ward_str json, struct ward_str member)
{
	struct ward_id id;

	while (next(&json, member).len)
		if (id_at(json, &id))
			add(b, set, id);
}

/* "member":["id","id"], wherever it stands. */
static void add_lists(
	struct ward_belongs *b, struct ward_tab *set, struct ward_str json, struct ward_str member)
{
	struct ward_id id;

	while (next(&json, member).len) {
		struct ward_str s = json;

		while (s.len && s.p[0] == '"' && id_at(ward_str_sub(s, 1, s.len), &id)) {
			add(b, set, id);
			s = ward_str_sub(s, WARD_ID_TEXT + 1, s.len);
			if (s.len && s.p[0] == ',')
				s = ward_str_sub(s, 1, s.len);
		}
	}
}

void ward_belongs_first(struct ward_belongs *b, const struct ward_store_row *r)
{
	if (r->kind != WARD_ROW_INCIDENT || !r->json.p || !ward_id_eq(r->id, b->is))
		return;
	add_members(b, &b->detection, r->json, WARD_STR("\"detection\":\""));
	add_lists(b, &b->incident, r->json, WARD_STR("\"supersedes\":["));
}

void ward_belongs_second(struct ward_belongs *b, const struct ward_store_row *r)
{
	if (r->kind != WARD_ROW_DETECTION || !r->json.p || !ward_tab_find(&b->detection, &r->id))
		return;
	add_lists(b, &b->event, r->json, WARD_STR("\"evidence\":["));
	add_lists(b, &b->event, r->json, WARD_STR("\"events\":["));
}

static bool take_first(void *ctx, const struct ward_store_leaf *l)
{
	ward_belongs_first(ctx, &l->row);
	return true;
}

static bool take_second(void *ctx, const struct ward_store_leaf *l)
{
	ward_belongs_second(ctx, &l->row);
	return true;
}

enum ward_err ward_belongs_find(struct ward_belongs *b, struct ward_store *s)
{
	const ward_store_leaf_fn pass[] = {take_first, take_second};
	uint64_t end = ward_store_last(s);

	for (size_t i = 0; i < WARD_ARRAY_LEN(pass); i++)
		for (uint64_t after = 0; after < end && !b->err; after += PAGE) {
			enum ward_err err = ward_store_leaves(s, after, PAGE, pass[i], b);

			if (err)
				return err;
		}
	return b->err;
}

bool ward_belongs_clip(const struct ward_belongs *b, bool photo, struct ward_id of)
{
	return photo ? ward_tab_find(&b->event, &of) != NULL
		     : ward_id_eq(of, b->is) || ward_tab_find(&b->incident, &of) != NULL;
}

bool ward_belongs_row(const struct ward_belongs *b, const struct ward_store_row *r)
{
	struct ward_str clip = r->kind == WARD_ROW_CLIP && r->json.p ? r->json : WARD_STR(""),
			photo = clip;
	struct ward_id of;

	return (next(&clip, WARD_STR("\"incident\":\"")).len && id_at(clip, &of) &&
		       ward_belongs_clip(b, false, of)) ||
	       (next(&photo, WARD_STR("\"report\":\"")).len && id_at(photo, &of) &&
		       ward_belongs_clip(b, true, of));
}
