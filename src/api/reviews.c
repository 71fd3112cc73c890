/* Names that one person alone was told in an emergency: by when whoever answers for privacy is to
 * say whether that was right, and what they said. */
#include "api/take.h"

#include "api/priv.h"
#include "law/law.h"

static const char *const is_name[] = {"open", "reviewed", "overdue"};
enum { OPEN, REVIEWED, OVERDUE };

static void put_text(char *to, size_t size, struct ward_str s)
{
	while (s.len >= size || (s.len && !ward_utf8_valid(ward_str_bytes(s), NULL)))
		s.len = s.len >= size ? size - 1 : s.len - 1;
	take_name(to, size, s);
}

static void review(struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c)
{
	const struct ward_conf *args = ward_conf_get(c, "args");
	struct ward_id incident, id;
	bool one = ward_id_parse(api_word(args, "of"), &id);

	if (!ward_id_parse(api_word(c, "subject"), &incident))
		return;
	for (uint64_t i = 0; i < API_REVIEWS && i < a->n_review; i++) {
		struct api_review *x = &a->review[i];

		if (!ward_id_eq(x->incident, incident) || (one && !ward_id_eq(x->id, id)))
			continue;
		x->done = row->time;
		x->right = ward_str_eqz(api_word(args, "right"), "no")    ? 'n'
			   : ward_str_eqz(api_word(args, "right"), "yes") ? 'y'
									  : '?';
		put_text(x->by, sizeof(x->by), api_word(c, "person"));
		put_text(x->says, sizeof(x->says), api_word(c, "text"));
	}
}

void api_review_take(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c)
{
	struct ward_str what = api_word(c, "what");
	struct api_review x = {.id = row->id, .time = row->time, .due = WARD_NS_NEVER};

	if (row->kind != WARD_ROW_DECISION)
		return;
	if (ward_str_eqz(what, ward_decision_name(WARD_DECISION_REVEAL_REVIEW)) &&
		ward_str_eqz(api_word(c, "taken"), "true"))
		review(a, row, c);
	/* a name is told before the brain says whether it takes it */
	if (!ward_str_eqz(what, ward_decision_name(WARD_DECISION_REVEAL)) ||
		!ward_str_eqz(api_word(ward_conf_get(c, "args"), "emergency"), "yes") ||
		!ward_id_parse(api_word(c, "subject"), &x.incident))
		return;
	if (a->o.cell.law && ward_law_review_due(a->o.cell.law, row->time, &x.due) != WARD_OK)
		x.due = WARD_NS_NEVER;
	put_text(x.who, sizeof(x.who), api_word(c, "person"));
	put_text(x.role, sizeof(x.role), api_word(c, "role"));
	put_text(x.why, sizeof(x.why), api_word(c, "text"));
	if (a->n_review >= API_REVIEWS)
		take_count(a, "api.reviews_forgotten");
	a->review[a->n_review++ % API_REVIEWS] = x;
}

static unsigned state_of(const struct api_review *x, ward_ns now)
{
	return x->done ? REVIEWED : x->due != WARD_NS_NEVER && now > x->due ? OVERDUE : OPEN;
}

static void put_one(struct api_request *r, const struct api_review *x)
{
	struct ward_json *j = &r->j;
	uint32_t role = ward_model_find(r->a->o.model, ward_str_z(x->role));
	unsigned is = state_of(x, r->ask->now);

	ward_json_obj(j);
	ward_json_put_id(j, "id", x->id);
	ward_json_put_time_or_null(j, "at", x->time);
	ward_json_put_str(j, "person", ward_str_z(x->who));
	ward_json_put_str(j, "name", api_person_name(r->a, ward_str_z(x->who)));
	ward_json_put_str(j, "role_name",
		role == WARD_NONE ? ward_str_z(x->role)
				  : ward_model_node(r->a->o.model, role)->name);
	ward_json_put_id(j, "incident", x->incident);
	api_incident_name(r, x->incident, "on_name");
	ward_json_put_str(j, "why", ward_str_z(x->why));
	ward_json_put_time_or_null(j, "due", x->due);
	ward_json_put_str(j, "state", ward_str_z(is_name[is]));
	if (x->done && x->right != '?')
		ward_json_put_bool(j, "right", x->right == 'y');
	else
		ward_json_put_null(j, "right");
	ward_json_put_time_or_null(j, "reviewed_at", x->done ? x->done : WARD_NS_NEVER);
	ward_json_put_str(j, "reviewed_by", api_person_name(r->a, ward_str_z(x->by)));
	ward_json_put_str(j, "says", ward_str_z(x->says));
	ward_json_obj_end(j);
}

/* What is to be reviewed first, by when; then the others, the latest first. */
void api_reviews_put(struct api_request *r)
{
	const struct ward_api *a = r->a;
	uint64_t n = a->n_review < API_REVIEWS ? a->n_review : API_REVIEWS;

	ward_json_key(&r->j, "reviews");
	ward_json_arr(&r->j);
	for (unsigned done = 0; done < 2 && r->scope.everywhere; done++)
		for (uint64_t i = 0; i < n; i++) {
			uint64_t at = done ? a->n_review - 1 - i : a->n_review - n + i;
			const struct api_review *x = &a->review[at % API_REVIEWS];

			if ((x->done != 0) == done)
				put_one(r, x);
		}
	ward_json_arr_end(&r->j);
}
