#include "audit/belongs.h"

enum { IDS_MAX = 1 << 20 };

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

/* The number that stands behind the member. */
static uint64_t number_of(struct ward_str json, struct ward_str member)
{
	uint64_t n = 0;
	struct ward_str s = next(&json, member);

	for (size_t i = 0; i < s.len && i < 9 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	return n;
}

static bool is_of(const struct ward_belongs *b, struct ward_id incident)
{
	return ward_id_eq(incident, b->is) || ward_tab_find(&b->incident, &incident) != NULL;
}

static bool take_incident(void *ctx, const struct ward_store_row *r)
{
	struct ward_belongs *b = ctx;

	if (!is_of(b, r->id))
		return true;
	add_members(b, &b->detection, r->json, WARD_STR("\"detection\":\""));
	add_lists(b, &b->incident, r->json, WARD_STR("\"supersedes\":["));
	uint64_t n = number_of(r->json, WARD_STR("\"members_total\":")),
		 former = number_of(r->json, WARD_STR("\"supersedes_total\":"));

	b->n_detection = n > b->n_detection ? n : b->n_detection;
	b->n_incident = former > b->n_incident ? former : b->n_incident;
	return !b->err;
}

static bool take_detection(void *ctx, const struct ward_store_row *r)
{
	struct ward_belongs *b = ctx;

	if (ward_tab_find(&b->detection, &r->id)) {
		add_lists(b, &b->event, r->json, WARD_STR("\"evidence\":["));
		add_lists(b, &b->event, r->json, WARD_STR("\"events\":["));
	}
	return !b->err;
}

enum ward_err ward_belongs_find(struct ward_belongs *b, struct ward_store *s)
{
	size_t before;
	enum ward_err err;

	do { /* those that it supersedes stand before it, and may supersede others */
		before = b->incident.n;
		err = ward_store_rows_of(s, WARD_ROW_INCIDENT, 0, SIZE_MAX, take_incident, b);
	} while (!err && !b->err && b->incident.n != before);
	if (!err && !b->err)
		err = ward_store_rows_of(s, WARD_ROW_DETECTION, 0, SIZE_MAX, take_detection, b);
	return err ? err : b->err;
}

uint64_t ward_belongs_unlisted(const struct ward_belongs *b)
{
	uint64_t detections = b->n_detection > b->detection.n ? b->n_detection - b->detection.n : 0,
		 incidents = b->n_incident > b->incident.n ? b->n_incident - b->incident.n : 0;

	return detections + incidents;
}

bool ward_belongs_clip(const struct ward_belongs *b, bool of_event, struct ward_id of)
{
	return of_event ? ward_tab_find(&b->event, &of) != NULL : is_of(b, of);
}

bool ward_belongs_named(const struct ward_belongs *b, struct ward_id id)
{
	return ward_tab_find(&b->detection, &id) != NULL || ward_tab_find(&b->event, &id) != NULL;
}

bool ward_belongs_row(const struct ward_belongs *b, const struct ward_store_row *r)
{
	static const char *const member[] = {"\"incident\":\"", "\"report\":\"", "\"event\":\""};

	for (size_t i = 0; i < WARD_ARRAY_LEN(member); i++) {
		struct ward_str s = r->kind == WARD_ROW_CLIP && r->json.p ? r->json : WARD_STR("");
		struct ward_id of;

		if (next(&s, ward_str_z(member[i])).len && id_at(s, &of) &&
			ward_belongs_clip(b, i > 0, of))
			return true;
	}
	return false;
}
