#include "comply/hold.h"

#include "base/diag.h"
#include "event/event.h"

static const ward_ns day = 86400 * WARD_NS_PER_S;

const char *ward_hold_scope_name(enum ward_hold_scope s)
{
	static const char *const name[] = {
#define X(NAME, name) [WARD_HOLD_##NAME] = name,
		WARD_HOLD_SCOPE_LIST(X)
#undef X
	};

	return (unsigned)s < WARD_HOLD_SCOPE_N ? name[s] : "?";
}

static enum ward_hold_scope parse(struct ward_str s)
{
	for (unsigned k = 0; k < WARD_HOLD_SCOPE_N; k++)
		if (ward_str_eqz(s, ward_hold_scope_name((enum ward_hold_scope)k)))
			return (enum ward_hold_scope)k;
	return WARD_HOLD_SCOPE_N;
}

/* Absent: as it is. */
static bool time_of(const struct ward_conf *args, const char *key, ward_ns *ret)
{
	struct ward_str s = ward_conf_word(args, key);

	return !s.len || ward_time_parse(s, ret) == WARD_OK;
}

const char *ward_hold_read(
	const struct ward_conf *args, struct ward_str subject, ward_ns now, struct ward_hold *ret)
{
	struct ward_hold h = {.scope = parse(ward_conf_word(args, "scope")),
		.from = INT64_MIN,
		.to = INT64_MAX,
		.until = INT64_MIN};
	struct ward_id id;

	if (h.scope == WARD_HOLD_SCOPE_N)
		return WARD_TEXT("say what is held: all, a source, a place or an incident");
	if (!time_of(args, "from", &h.from) || !time_of(args, "to", &h.to) || h.from > h.to)
		return WARD_TEXT("write the span that is held as 2026-11-28T10:00:00Z, the earlier "
				 "time first");
	if (!time_of(args, "until", &h.until) || h.until <= now)
		return WARD_TEXT("until when is it held? write a time that is still to come");
	if (h.until - now > WARD_HOLD_YEARS_MAX * 366 * day)
		return WARD_TEXT("a hold lasts ten years at most; it can be placed anew");
	if (!subject.len || subject.len > WARD_HOLD_SUBJECT)
		return WARD_TEXT("name what is held by its id");
	if (h.scope == WARD_HOLD_INCIDENT && !ward_id_parse(subject, &id))
		return WARD_TEXT("that is no incident's id; `ward incident list` shows them");
	if (h.scope != WARD_HOLD_ALL)
		memcpy(h.subject, subject.p, subject.len);
	*ret = h;
	return NULL;
}

static bool stands_for_others(const struct ward_hold *h)
{
	static const struct ward_id none;

	return ward_id_eq(h->id, none);
}

void ward_holds_add(struct ward_holds *s, const struct ward_hold *h)
{
	struct ward_hold *others = NULL;
	bool is_others = stands_for_others(h);

	for (size_t i = 0; i < s->n; i++) {
		if (stands_for_others(&s->h[i]))
			others = &s->h[i];
		else if (ward_id_eq(s->h[i].id, h->id))
			return;
	}
	if (!is_others && s->n - (others ? 1 : 0) < WARD_HOLDS_MAX) {
		s->h[s->n++] = *h;
		return;
	}
	s->n_lost += !is_others;
	if (others) {
		others->until = h->until > others->until ? h->until : others->until;
		return;
	}
	s->h[s->n++] = (struct ward_hold){
		.scope = WARD_HOLD_ALL, .from = INT64_MIN, .to = INT64_MAX, .until = h->until};
}

static void drop(struct ward_holds *s, size_t i)
{
	s->h[i] = s->h[--s->n];
	s->round++;
}

bool ward_holds_release(struct ward_holds *s, struct ward_id id)
{
	for (size_t i = 0; i < s->n; i++)
		if (ward_id_eq(s->h[i].id, id) && !stands_for_others(&s->h[i])) {
			drop(s, i);
			return true;
		}
	return false;
}

void ward_holds_expire(struct ward_holds *s, ward_ns now)
{
	for (size_t i = s->n; i-- > 0;)
		if (s->h[i].until <= now)
			drop(s, i);
}

static bool is_word(struct ward_str list, const char *word)
{
	while (list.p && list.len)
		if (ward_str_eqz(ward_str_cut(&list, ' '), word))
			return true;
	return false;
}

static bool holds_source(const struct ward_hold *h, struct ward_str source, struct ward_str places)
{
	switch (h->scope) {
	case WARD_HOLD_SOURCE:
		return ward_str_eqz(source, h->subject);
	case WARD_HOLD_PLACE:
		return !places.len || is_word(places, h->subject); /* where it was is not known */
	case WARD_HOLD_ALL:
	case WARD_HOLD_INCIDENT:
	case WARD_HOLD_SCOPE_N:
		break;
	}
	return true;
}

bool ward_holds_source(
	const struct ward_holds *s, struct ward_str source, struct ward_str places, ward_ns time)
{
	for (size_t i = 0; i < s->n; i++)
		if (time >= s->h[i].from && time <= s->h[i].to &&
			holds_source(&s->h[i], source, places))
			return true;
	return false;
}

bool ward_holds_span(const struct ward_holds *s, ward_ns from, ward_ns to)
{
	for (size_t i = 0; i < s->n; i++)
		if (to >= s->h[i].from && from <= s->h[i].to)
			return true;
	return false;
}

bool ward_holds_clip(const struct ward_holds *s, struct ward_id of, struct ward_str camera,
	ward_ns from, ward_ns to)
{
	char incident[WARD_ID_TEXT];

	ward_id_text(of, incident);
	for (size_t i = 0; i < s->n; i++) {
		const struct ward_hold *h = &s->h[i];

		if (h->scope == WARD_HOLD_INCIDENT && strcmp(h->subject, incident) == 0)
			return true;
		if (to >= h->from && from <= h->to &&
			(h->scope != WARD_HOLD_SOURCE || !camera.len ||
				ward_str_eqz(camera, h->subject)))
			return true;
	}
	return false;
}

/* "SUBJECT" as a whole text of the JSON. */
static bool names(struct ward_str json, const char *subject)
{
	char text[WARD_HOLD_SUBJECT + 3];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_ch(&w, '"');
	ward_wr_z(&w, subject);
	ward_wr_ch(&w, '"');
	return ward_str_find(json, ward_wr_text(&w)) != SIZE_MAX;
}

bool ward_holds_row(const struct ward_holds *s, struct ward_str json, ward_ns time)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct ward_hold *h = &s->h[i];

		/* what is of an incident is held whenever it was written */
		if (h->scope != WARD_HOLD_INCIDENT && (time < h->from || time > h->to))
			continue;
		/* a row names its room or thing, not the floor around it: all of that time */
		if (h->scope == WARD_HOLD_ALL || h->scope == WARD_HOLD_PLACE ||
			names(json, h->subject))
			return true;
	}
	return false;
}

void ward_holds_write(const struct ward_holds *s, struct ward_json *j)
{
	char id[WARD_ID_TEXT];

	for (size_t i = 0; i < s->n; i++) {
		const struct ward_hold *h = &s->h[i];

		ward_id_text(h->id, id);
		ward_json_obj(j);
		ward_json_key(j, "id");
		ward_json_z(j, id);
		ward_json_key(j, "scope");
		ward_json_z(j, ward_hold_scope_name(h->scope));
		ward_json_key(j, "of");
		ward_json_z(j, h->subject);
		ward_json_put_i64(j, "from", h->from);
		ward_json_put_i64(j, "to", h->to);
		ward_json_put_i64(j, "until", h->until);
		ward_json_obj_end(j);
	}
}

static bool get(const struct ward_conf *c, const char *key, int64_t *ret)
{
	return ward_number_kind(ward_conf_word(c, key), ret) == WARD_VALUE_INT;
}

bool ward_hold_of_board(const struct ward_conf *c, struct ward_hold *ret)
{
	struct ward_hold h = {.scope = parse(ward_conf_word(c, "scope"))};
	struct ward_str of = ward_conf_word(c, "of");

	if (h.scope == WARD_HOLD_SCOPE_N || of.len > WARD_HOLD_SUBJECT ||
		!ward_id_parse(ward_conf_word(c, "id"), &h.id) || !get(c, "from", &h.from) ||
		!get(c, "to", &h.to) || !get(c, "until", &h.until))
		return false;
	if (of.len)
		memcpy(h.subject, of.p, of.len);
	*ret = h;
	return true;
}
