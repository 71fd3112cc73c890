/* Whether who takes an incident is still there: the watch of posts (docs/watch.md), and who is on
 * duty. Whoever left for longer than a hand-over lasts takes it no more, by a row that says so;
 * then it is asked of others as if nobody had answered. */
#include "respond/ladder.h"
#include "respond/request.h"

static struct ward_id key_of(struct ward_str person)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward watch");
	ward_idgen_str(&g, person);
	return ward_idgen_final(&g);
}

static bool is_none(struct ward_id id)
{
	return ward_id_eq(id, (struct ward_id){{0}});
}

static bool mans(const struct ward_respond_post *p, struct ward_str role)
{
	for (size_t i = 0; i < p->n_role; i++)
		if (ward_str_eq(p->role[i], role))
			return true;
	return false;
}

/* By the same rules as the room `watch` has them. */
static void hand_over(struct manned *m, struct ward_id id, struct ward_id who)
{
	if (!is_none(m->waits) || !ward_id_eq(m->who, who))
		return;
	m->ever = true;
	m->who = (struct ward_id){{0}};
	m->waits = id;
}

static void take_over(struct manned *m, struct ward_id who)
{
	m->ever = true;
	m->who = who;
	m->waits = (struct ward_id){{0}};
}

void respond_watch(struct ward_respond *r, struct ward_id id, const struct ward_conf *c)
{
	struct ward_str what = ward_conf_word(c, "what"), subject = ward_conf_word(c, "subject");
	struct ward_id of = {{0}}, who = key_of(ward_conf_word(c, "person"));
	bool accepts = ward_id_parse(subject, &of);

	if (!ward_str_eqz(ward_conf_word(c, "taken"), "true"))
		return;
	for (size_t i = 0; i < r->o.n_post; i++) {
		const struct ward_respond_post *p = &r->o.post[i];
		struct manned *m = &r->post[i];

		if (!mans(p, ward_conf_word(c, "role")))
			continue;
		if (ward_str_eqz(what, "hand-over") && ward_str_eq(subject, p->id))
			hand_over(m, id, who);
		else if (ward_str_eqz(what, "take-over") &&
			 (accepts ? !is_none(of) && ward_id_eq(of, m->waits)
				  : is_none(m->waits) && ward_str_eq(subject, p->id)))
			take_over(m, who);
	}
}

/* It has posts, of which one was manned before and none is now. */
static bool no_watch(const struct ward_respond *r, struct ward_str role)
{
	bool ever = false;

	for (size_t i = 0; i < r->o.n_post; i++) {
		if (!mans(&r->o.post[i], role) || !r->post[i].ever)
			continue;
		if (!is_none(r->post[i].who))
			return false;
		ever = true;
	}
	return ever;
}

/* The recipient that answered, or all that have the role, are off duty. */
static bool off_duty(const struct ward_respond *r, struct ward_str by)
{
	uint32_t of = 0;

	for (size_t k = 0; k < r->o.n_listener; k++)
		if (ward_str_eq(r->o.listener[k].id, by))
			return !(r->duty >> k & 1);
	for (size_t k = 0; k < r->o.n_listener; k++)
		of |= respond_has_role(&r->o.listener[k], by) ? 1u << k : 0;
	return of && !(of & r->duty);
}

static bool is_gone(const struct ward_respond *r, const struct incident *in)
{
	struct ward_str by = ward_str_z(in->taken_by);

	return in->phase == PHASE_OPEN && respond_taken(in) != TAKEN_NONE && by.len &&
	       (no_watch(r, by) || off_duty(r, by));
}

static bool write(
	struct ward_respond *r, const struct incident *in, ward_ns now, struct ward_delivery *ret)
{
	struct ward_json j = ward_json_on(&r->row);
	struct ward_idgen g;
	char text[WARD_ID_TEXT];

	ward_idgen_init(&g, "ward left");
	ward_idgen_id(&g, in->id);
	ward_idgen_u64(&g, (uint64_t)in->taken_at);
	*ret = (struct ward_delivery){.id = ward_idgen_final(&g), .revision = 1, .time = now};
	ward_wr_reset(&r->row);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "left");
	ward_id_text(ret->id, text);
	ward_json_key(&j, "id");
	ward_json_z(&j, text);
	ward_json_key(&j, "time");
	ward_json_time(&j, now);
	ward_json_key(&j, "by");
	ward_json_z(&j, in->taken_by);
	ward_json_key(&j, "exercise");
	ward_json_bool(&j, r->o.exercise);
	ward_id_text(in->id, text);
	ward_json_key(&j, "incident");
	ward_json_z(&j, text);
	ward_json_obj_end(&j);
	ret->json = ward_wr_text(&r->row);
	return !ward_wr_bad(&r->row);
}

bool respond_leave(struct ward_respond *r, ward_ns now, struct ward_delivery *ret)
{
	for (size_t i = 0; i < r->n_incident; i++) {
		struct incident *in = r->incident[i];
		ward_ns age;

		if (!is_gone(r, in)) {
			in->gone = 0;
			continue;
		}
		in->gone = in->gone && in->gone <= now ? in->gone : now;
		if (ward_sub(now, in->gone, &age) && age >= r->o.hand_over)
			return write(r, in, now, ret);
	}
	return false;
}

void respond_left(struct ward_respond *r, const struct ward_delivery *d, const struct ward_conf *c)
{
	struct ward_id id;
	struct incident *in =
		ward_id_parse(ward_conf_word(c, "incident"), &id) ? respond_find(r, id) : NULL;

	if (!in || in->taken_at > d->time || !ward_str_eqz(ward_conf_word(c, "by"), in->taken_by))
		return;
	in->taken = TAKEN_NONE;
	in->taken_level = 0;
	in->taken_critical = 0;
	in->gone = 0;
	respond_uncall(in);
}
