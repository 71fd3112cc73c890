/* What who answers for persons' data is told at once: a name that one person alone was told in an
 * emergency, which they review within three working days of the hospital's country; that the
 * impact assessment is open again; and, with who represents the staff, that more is watched. */
#include "respond/remind.h"
#include "respond/request.h"

enum { DIGEST = 64 /* hexadecimal digits, as `notice` makes it */ };

static bool keep_why(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	return respond_request_says(
		r, q, WARD_STR("__text__:value"), "__text__", ward_conf_word(c, "text"));
}

enum ward_err respond_revealed(struct ward_respond *r, struct ward_id id, const struct ward_conf *c)
{
	struct request q = {.id = id,
		.of = REQUEST_OF_REVEAL,
		.due = WARD_NS_NEVER,
		.role = respond_law_role(r, 0),
		.who = ward_conf_word(c, "role"),
		.playbook = WARD_STR(""),
		.incident = ward_conf_word(c, "subject")};
	ward_ns at;

	if (!ward_str_eqz(ward_conf_word(c, "taken"), "true") ||
		!ward_str_eqz(ward_conf_word(ward_conf_get(c, "args"), "emergency"), "yes") ||
		ward_time_parse(ward_conf_word(c, "time"), &at) != WARD_OK ||
		respond_request_find(r, id))
		return WARD_OK;
	if (!r->o.law || ward_law_review_due(r->o.law, at, &q.due) != WARD_OK || !q.role.len) {
		respond_count(r, "respond.reveals_for_nobody");
		return WARD_OK;
	}
	return respond_request_put(r, &q, keep_why, c);
}

/* ---- the impact assessment ---- */

/* Nobody is to answer these any more: what was told before is over, and nobody is told so. */
static void forget(struct ward_respond *r, enum request_of of)
{
	for (size_t i = 0; i < r->n_request; i++) {
		struct request *q = &r->request[i];

		if (q->of != of || q->is != REQUEST_ASKED)
			continue;
		q->is = REQUEST_DONE;
		q->told_end = q->told;
	}
}

/* Whether it is of what stands now `api` judges, which has the draft: what was changed back is
 * assessed by the digest that it had before. */
void respond_assessed(struct ward_respond *r, const struct ward_conf *c)
{
	struct ward_str digest = ward_conf_word(ward_conf_get(c, "args"), "digest");

	if (!ward_str_eqz(ward_conf_word(c, "taken"), "true") || digest.len != DIGEST)
		return;
	for (size_t i = 0; i < r->n_request; i++)
		if (r->request[i].of == REQUEST_OF_ASSESS && r->request[i].is == REQUEST_ASKED)
			r->request[i].is = REQUEST_DONE;
}

/* The last word counts: what was told before is over. */
static enum ward_err reopened(struct ward_respond *r, struct ward_id id, const struct ward_conf *c)
{
	struct request q = {.id = id,
		.of = REQUEST_OF_ASSESS,
		.due = WARD_NS_NEVER,
		.role = respond_law_role(r, 0),
		.who = ward_conf_word(c, "role"),
		.playbook = WARD_STR(""),
		.incident = WARD_STR("")};

	if (!q.role.len) {
		respond_count(r, "respond.assessments_for_nobody");
		return WARD_OK;
	}
	forget(r, REQUEST_OF_ASSESS);
	return respond_request_put(r, &q, keep_why, c);
}

/* ---- more is watched ---- */

static struct ward_id wider_id(struct ward_id id, struct ward_str role)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward wider told");
	ward_idgen_id(&g, id);
	ward_idgen_str(&g, role);
	return ward_idgen_final(&g);
}

static enum ward_err widened(struct ward_respond *r, struct ward_id id, const struct ward_conf *c)
{
	const struct ward_str role[] = {respond_law_role(r, 0), WARD_STR("staff-representative")};
	enum ward_err err = WARD_OK;
	size_t n = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(role); i++)
		if (respond_request_find(r, wider_id(id, role[i])))
			return WARD_OK;
	forget(r, REQUEST_OF_WIDER);
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(role); i++) {
		struct request q = {.id = wider_id(id, role[i]),
			.of = REQUEST_OF_WIDER,
			.due = WARD_NS_NEVER,
			.role = role[i],
			.who = ward_conf_word(c, "role"),
			.playbook = WARD_STR(""),
			.incident = WARD_STR("")};

		if (!role[i].len || !respond_somebody_has(r, role[i]))
			continue;
		err = respond_request_put(r, &q, keep_why, c);
		n++;
	}
	if (!n)
		respond_count(r, "respond.wider_for_nobody");
	return err;
}

enum ward_err respond_processing(
	struct ward_respond *r, struct ward_id id, const struct ward_conf *c)
{
	struct ward_str subject = ward_conf_word(c, "subject"),
			say = ward_conf_word(ward_conf_get(c, "args"), "say");

	if (!ward_str_eqz(ward_conf_word(c, "taken"), "true") || respond_request_find(r, id))
		return WARD_OK;
	if (ward_str_eqz(subject, "dpia") && ward_str_eqz(say, "reopened"))
		return reopened(r, id, c);
	if (ward_str_eqz(subject, "scope") && ward_str_eqz(say, "widened"))
		return widened(r, id, c);
	return WARD_OK;
}

/* ---- reviews ---- */

void respond_reveal_reviewed(struct ward_respond *r, const struct ward_conf *c)
{
	struct ward_str of = ward_conf_word(ward_conf_get(c, "args"), "of"),
			subject = ward_conf_word(c, "subject");
	struct ward_id id = {{0}};
	bool one = ward_id_parse(of, &id);

	for (size_t i = 0; i < r->n_request; i++) {
		struct request *q = &r->request[i];

		if (q->of == REQUEST_OF_REVEAL && ward_str_eq(q->incident, subject) &&
			(!one || ward_id_eq(q->id, id) || ward_id_eq(q->run, id)))
			q->is = REQUEST_DONE;
	}
}

static struct ward_id late_id(struct ward_id id)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward review late");
	ward_idgen_id(&g, id);
	return ward_idgen_final(&g);
}

/* The same, said again, to who comes after. */
static bool keep_same(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	const struct request *first = respond_request_find(r, q->run);

	(void)c;
	return first && respond_keep_says(r, q,
				ward_slice_of((const uint8_t *)first->says.p, first->says.len - 1));
}

void respond_reveals_late(struct ward_respond *r, ward_ns now)
{
	static const struct ward_id none;

	for (size_t i = 0, n = r->n_request; i < n; i++) {
		const struct request *q = &r->request[i];

		if (q->of != REQUEST_OF_REVEAL || q->is != REQUEST_ASKED || now <= q->due ||
			!ward_id_eq(q->run, none) || respond_request_find(r, late_id(q->id)))
			continue;
		for (size_t step = 0; step < 2; step++) {
			struct request late = {.id = late_id(q->id),
				.run = q->id,
				.of = REQUEST_OF_REVEAL,
				.due = q->due,
				.role = respond_law_role(r, step),
				.who = q->who,
				.playbook = WARD_STR(""),
				.incident = q->incident};

			if (step)
				late.id = late_id(late.id);
			if (late.role.len &&
				respond_request_put(r, &late, keep_same, NULL) != WARD_OK)
				respond_count(r, "respond.request_limit");
			q = &r->request[i]; /* the table may have moved */
		}
	}
}
