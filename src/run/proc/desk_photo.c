/* The photo of a report: it follows a report that is on record, `photo` makes it fit to be kept,
 * and what became of it is put on record before who sent it is answered. */
#include "desk/event.h"
#include "run/proc/desk.h"

#include <stdio.h>

/* Puts it on record what became of the photo, and answers then. */
static void tell_photo(struct desk *k, struct connection *c, enum ward_err err)
{
	struct ward_report_photo p = {.report = c->photo.of,
		.person = c->who->id,
		.subject = ward_str_z(c->photo.subject),
		.photo = ward_str_z(c->photo.id),
		.why = ward_str_z(c->photo.why),
		.at = ward_clock_now(k->p.clock)};
	struct ward_event e;

	c->photo.err = err;
	c->photo.tells = true;
	c->reports = false;
	ward_arena_reset(&k->arena);
	ward_event_init(&e, &k->arena);
	if (ward_photo_to_event(&p, &k->names, &e) != WARD_OK || !desk_append(k, c, &e))
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
}

/* There is none: why, cut to whole characters, since it becomes a field of an event. */
void desk_photo_none(struct desk *k, struct connection *c, enum ward_err err, struct ward_str why)
{
	size_t max = sizeof(c->photo.why) - 1, n = why.len < max ? why.len : max;

	while (n < why.len && n && ((uint8_t)why.p[n] & 0xC0) == 0x80)
		n--;
	c->photo.id[0] = 0;
	(void)snprintf(c->photo.why, sizeof(c->photo.why), "%.*s", (int)n, why.p);
	tell_photo(k, c, err);
}

/* Is that a report of somebody who is signed in, which is on record? Of the last ones it is known.
 */
bool desk_was_reported(const struct desk *k, struct ward_id report)
{
	for (size_t i = 0; i < DESK_LATELY; i++)
		if (i < k->n_lately && ward_id_eq(k->lately[i], report))
			return true;
	return false;
}

/* A piece of a photo of the report that is on record. */
void desk_photo_hand_in(struct desk *k, struct connection *c, struct ward_photo_piece *p)
{
	const struct ward_decision report = {
		.kind = WARD_DECISION_REPORT, .id = p->id, .subject = p->subject};
	struct ward_idgen person;

	p->id = desk_own_id(c, &report);
	if (!ward_id_eq(c->reported, p->id) && !(c->of_login && desk_was_reported(k, p->id))) {
		desk_refuse(k, c, WARD_ERR_STATE,
			WARD_TEXT("a photo follows its report; say the report first"));
		return;
	}
	ward_idgen_init(&person, "ward photo of person");
	ward_idgen_str(&person, c->who->id);
	p->by = ward_idgen_final(&person);
	c->photo.of = p->id;
	(void)snprintf(
		c->photo.subject, sizeof(c->photo.subject), "%.*s", WARD_STR_ARG(p->subject));
	if (k->peer[PHOTO] == WARD_FD_NONE) {
		desk_photo_none(k, c, WARD_ERR_NOT_FOUND, ward_str_z(desk_absent(PHOTO)));
		return;
	}
	ward_wr_reset(&c->body);
	ward_photo_put(&c->body, p);
	desk_hand_on(k, c, PHOTO);
}

/* What became of a piece: of the last one, whether there is a photo. */
void desk_photo_hear(struct desk *k, struct connection *c, const struct ward_decided *d)
{
	struct ward_id id;

	ward_wipe(c->body.p, c->body.cap); /* a piece of it, not blurred */
	if (d->err) {
		desk_photo_none(k, c, d->err, d->why);
	} else if (ward_photo_said(d->json, &id)) {
		ward_id_text(id, c->photo.id);
		c->photo.why[0] = 0;
		tell_photo(k, c, WARD_OK);
	} else {
		desk_answer(k, c, d);
	}
}

/* It is on record, or could not be. */
void desk_photo_told(struct desk *k, struct connection *c, const struct ward_decided *recorded)
{
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_decided d = {.err = c->photo.err, .why = ward_str_z(c->photo.why)};
	struct ward_id id;

	c->photo.tells = false;
	if (!d.err && ward_id_parse(ward_str_z(c->photo.id), &id))
		ward_photo_say(&w, id);
	d.json = ward_wr_text(&w);
	desk_answer(k, c, recorded->err ? recorded : &d);
}

/* Is what it waits for a photo's? */
bool desk_of_photo(const struct connection *c)
{
	return c->to == PHOTO || c->photo.tells;
}
