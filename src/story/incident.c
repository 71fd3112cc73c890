/* A new revision of an incident: what of it is news. */
#include "story/priv.h"

/* What was told of an incident that turned out to be a part of another goes over to that one. */
static enum ward_err inherit(struct ward_story *s, struct tale *t, const struct tale *part)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < part->n_sign; i++) {
		const struct sign *old = &part->sign[i];
		struct ward_record_member m = {.title = old->title,
			.on = old->on,
			.where = old->where,
			.level = old->level,
			.time = old->first,
			.last = old->last,
			.count = old->n};
		struct sign *sign;
		bool is_new;

		err = ward_story_sign(s, t, &m, &sign, &is_new);
		if (err)
			break;
		sign->n_told += old->n_told;
		if (is_new || old->told_last > sign->told_last)
			sign->told_last = old->told_last;
	}
	return err;
}

static void tell_part(struct ward_story *s, uint32_t part, uint32_t whole)
{
	struct brief p, w;

	ward_text_open(&s->text, 0, 0);
	TELL(s, WARD_STYLE_PLAIN,
		WARD_TEXT("INCIDENT {part} turns out to be part of incident {whole}."),
		PLAIN("part", ward_tell_digits(&p, part)),
		PLAIN("whole", ward_tell_digits(&w, whole)));
	ward_text_close(&s->text);
}

/* The oldest of those that this incident supersedes goes on under its id; the others end. */
static enum ward_err supersede(struct ward_story *s, const struct ward_record *r)
{
	struct tale *t = ward_story_find(s, r->id, NULL);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < r->n_superseded; i++) {
		size_t at = 0;
		struct tale *part = ward_story_find(s, r->superseded[i], &at);

		if (!part || part == t)
			continue;
		if (!t) {
			t = part;
			t->id = r->id;
			t->revision = 0;
			for (size_t k = 0; k < t->n_care; k++)
				t->care[k].alive = false; /* its impacts come anew */
			ward_tab_fini(&t->hit);
			ward_tab_fini(&t->asset);
			continue;
		}
		err = inherit(s, t, part);
		if (err)
			break;
		if (part->number < t->number) {
			uint32_t swap = part->number;

			part->number = t->number;
			t->number = swap;
		}
		ward_text_gap(&s->text);
		tell_part(s, part->number, t->number);
		ward_story_tale_free(s, part);
		memmove(&s->tale[at], &s->tale[at + 1], (--s->n_tale - at) * sizeof(struct tale *));
	}
	return err;
}

/* Counts the members into signs anew, and tells those that are news. */
static enum ward_err signs(struct ward_story *s, struct tale *t, const struct ward_record *r)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < t->n_sign; i++) {
		t->sign[i].n_earlier = t->sign[i].n;
		t->sign[i].n = 0;
	}
	t->n_expected = 0;
	for (size_t i = 0; i < r->n_member; i++) {
		struct sign *sign;
		bool is_new;

		if (r->member[i].permit.expected) {
			err = ward_story_expects(s, t, &r->member[i]);
			if (err)
				return err;
			continue;
		}
		err = ward_story_sign(s, t, &r->member[i], &sign, &is_new);
		if (err == WARD_ERR_LIMIT) {
			ward_story_count(s, "story.sign_limit");
			continue;
		}
		if (err)
			return err;
		if (sign->n_told)
			continue;
		ward_tell_sign(s, t, sign, &r->member[i]);
		sign->n_told = 1;
		sign->told_last = r->member[i].time;
	}
	t->only_some = r->only_some;
	return WARD_OK;
}

/* Signs that the incident had and has no more. Of many members only some are listed: then one that
 * is missing is still there. */
static void lost(struct ward_story *s, struct tale *t)
{
	for (size_t i = 0; i < t->n_sign; i++) {
		struct sign *sign = &t->sign[i];

		if (sign->n)
			continue;
		if (t->only_some) {
			sign->n = sign->n_earlier;
		} else if (sign->n_told) {
			sign->n_told = 0;
			ward_tell_taken_back(s, sign->title, sign->on);
		}
	}
}

/* Keeps a first step that is not yet known; *ret_new says so. */
static enum ward_err keep_step(struct tale *t, const struct ward_record *r, bool *ret_new)
{
	struct step step;

	*ret_new = false;
	if (!r->step_text.len)
		return WARD_OK;
	for (size_t i = 0; i < t->n_step; i++) {
		struct step *old = &t->step[i];

		if (!ward_str_eq(old->text, r->step_text) || !ward_str_eq(old->role, r->step_role))
			continue;
		old->elsewhere |= !ward_str_eq(old->on, r->step_on);
		return WARD_OK;
	}
	if (t->n_step == STEPS_MAX)
		return WARD_OK;
	step = (struct step){.role = ward_arena_str(&t->arena, r->step_role),
		.reach = ward_arena_str(&t->arena, r->step_reach),
		.text = ward_arena_str(&t->arena, r->step_text),
		.on = ward_arena_str(&t->arena, r->step_on)};
	if (!step.role.p || !step.reach.p || !step.text.p || !step.on.p)
		return WARD_ERR_NOMEM;
	t->step[t->n_step++] = step;
	*ret_new = true;
	return WARD_OK;
}

/* *to becomes a copy of text, when it says something else; *changed is then set. */
static enum ward_err assign(
	struct tale *t, struct ward_str *to, struct ward_str text, bool *changed)
{
	struct ward_str copy;

	if (ward_str_eq(*to, text))
		return WARD_OK;
	copy = ward_arena_str(&t->arena, text);
	if (!copy.p)
		return WARD_ERR_NOMEM;
	*to = copy;
	*changed = true;
	return WARD_OK;
}

void ward_tell_clip(struct ward_story *s, const struct tale *t, const struct ward_record *r)
{
	struct brief n, from, to;
	struct piece incident =
		STYLED("incident", ward_tell_incident(&n, s, t->number), WARD_STYLE_BOLD);

	ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, COL_BODY);
	if (r->why.len)
		TELL(s, WARD_STYLE_PLAIN,
			WARD_TEXT("{incident}: there is no clip of camera {camera}: {why}"),
			incident, PLAIN("camera", r->camera),
			PLAIN("why", ward_tell_text(s, r->why)));
	else
		TELL(s, WARD_STYLE_PLAIN,
			WARD_TEXT("{incident}: camera {camera} has a clip of it, {from} to {to}"),
			incident, PLAIN("camera", r->camera),
			PLAIN("from", ward_tell_forecast(&from, s, r->first, t->last)),
			PLAIN("to", ward_tell_forecast(&to, s, r->last, t->last)));
	ward_text_close(&s->text);
	s->block = 0;
}

static void tell_dismissed(struct ward_story *s, const struct tale *t)
{
	struct brief n;

	ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, 0);
	TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("{incident} is dismissed: what was seen is no attack."),
		PLAIN("incident", ward_tell_incident(&n, s, t->number)));
	ward_text_close(&s->text);
}

static enum ward_err keep_name(struct tale *t, const struct ward_headline *is)
{
	struct ward_str *const to[] = {
		&t->name.what, &t->name.on, &t->name.effect, &t->name.effect_on};
	const struct ward_str from[] = {is->what, is->on, is->effect, is->effect_on};
	enum ward_err err = WARD_OK;
	bool changed;

	t->name.effect_more = is->effect_more;
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(to); i++)
		err = assign(t, to[i], from[i], &changed);
	return err;
}

static enum ward_err revise(struct ward_story *s, struct tale *t, const struct ward_record *r)
{
	bool dismissed = ward_str_eqz(r->state, "dismissed");
	bool changed = r->level > t->level || !t->revision, new_step;
	bool works = t->n_expected > 0;
	enum ward_err err = assign(t, &t->state, r->state, &changed);

	t->revision = r->revision;
	if (!err && dismissed) {
		if (changed)
			tell_dismissed(s, t);
		return WARD_OK;
	}
	if (!err)
		err = assign(t, &t->domain, r->domain, &changed);
	if (!err)
		err = signs(s, t, r);
	if (!err)
		err = keep_step(t, r, &new_step);
	if (!err)
		err = keep_name(t, &r->name);
	if (err)
		return err;
	t->level = r->level;
	t->first = r->first;
	t->last = r->last;
	lost(s, t);
	ward_tell_repeats(s, t);
	if (changed || new_step)
		ward_tell_opened(s, t, changed, new_step);
	if (t->n_expected && !works)
		ward_tell_works(s, t);
	return WARD_OK;
}

enum ward_err ward_story_incident(struct ward_story *s, const struct ward_record *r)
{
	enum ward_err err = supersede(s, r);
	struct tale *t = ward_story_find(s, r->id, NULL);

	if (err)
		return err;
	if (!t && ward_str_eqz(r->state, "dismissed"))
		return WARD_OK; /* it was never told of */
	if (!t) {
		err = ward_story_tale_new(s, r->id, &t);
		if (err)
			return err;
		t->number = ++s->n_number;
	} else if (r->revision <= t->revision) {
		ward_story_count(s, "story.late");
		return WARD_OK;
	}
	return revise(s, t, r);
}
