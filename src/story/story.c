#include "story/story.h"

#include "story/priv.h"

enum {
	WIDTH_UNKNOWN = 80,
	NAMES_BYTES_MAX = 64 << 10,
	SCRATCH_BYTES_MAX = 256 << 20,
	LINE_BYTES_MAX = 1 << 20,
	LOOSE_MAX = 4096,
	LOOSE_BYTES_MAX = 1 << 20,
	LEVEL_MATTERS = 2, /* medium: weaker signs alone are only counted */
	SUMMED_AT_END = 10,
	SUMMED_BEFORE = 3 /* incidents, the latest */
};

void ward_story_count(struct ward_story *s, const char *name)
{
	if (s->counters)
		ward_count_name(s->counters, name, 1);
}

enum ward_err ward_story_new(const struct ward_story_opts *o, struct ward_story **ret)
{
	struct ward_story *s = ward_mem_alloc(o->mem, sizeof(*s));
	enum ward_err err;

	if (!s)
		return WARD_ERR_NOMEM;
	s->mem = o->mem;
	s->lim = *o->lim;
	s->lang = o->lang;
	s->counters = o->counters;
	ward_arena_init(&s->names, s->mem, NAMES_BYTES_MAX);
	ward_arena_init(&s->scratch, s->mem, SCRATCH_BYTES_MAX);
	s->line = ward_wr_grow(s->mem, LINE_BYTES_MAX);
	s->aside = ward_wr_grow(s->mem, LINE_BYTES_MAX);
	ward_tab_init(&s->lone, s->mem, sizeof(struct ward_id), 0,
		ward_limit(&s->lim, WARD_LIMIT_FUSE_DETECTIONS));
	ward_tab_init(&s->expected, s->mem, 3 * sizeof(uint64_t), 0,
		ward_limit(&s->lim, WARD_LIMIT_STORY_SIGNS));
	ward_text_init(&s->text, o->width ? o->width : WIDTH_UNKNOWN, o->colour);
	s->hospital = ward_arena_str(&s->names, o->hospital);
	s->zone = ward_arena_str(&s->names, o->zone);
	s->all = ward_arena_str(&s->names, o->all);
	err = s->hospital.p && s->zone.p && s->all.p ? WARD_OK : WARD_ERR_NOMEM;
	if (!err)
		err = ward_record_reader_new(s->mem, &s->lim, &s->reader);
	if (err) {
		ward_story_free(s);
		return err;
	}
	*ret = s;
	return WARD_OK;
}

static void loose_drop(struct ward_story *s, size_t at)
{
	ward_arena_fini(&s->loose[at].arena);
	memmove(&s->loose[at], &s->loose[at + 1], (--s->n_loose - at) * sizeof(*s->loose));
}

void ward_story_free(struct ward_story *s)
{
	if (!s)
		return;
	while (s->n_loose)
		loose_drop(s, s->n_loose - 1);
	while (s->n_tale)
		ward_story_tale_free(s, s->tale[--s->n_tale]);
	ward_mem_free(s->mem, s->loose, s->cap_loose * sizeof(*s->loose));
	ward_mem_free(s->mem, s->tale, s->cap_tale * sizeof(struct tale *));
	ward_tab_fini(&s->lone);
	ward_tab_fini(&s->expected);
	ward_record_reader_free(s->reader);
	ward_wr_fini(&s->line);
	ward_wr_fini(&s->aside);
	ward_arena_fini(&s->names);
	ward_arena_fini(&s->scratch);
	ward_mem_free(s->mem, s, sizeof(*s));
}

static bool in_a_tale(const struct ward_story *s, struct ward_id detection)
{
	for (size_t i = 0; i < s->n_tale; i++)
		if (ward_tab_find(&s->tale[i]->seen, &detection))
			return true;
	return false;
}

/* Detections that are of no incident by their id repeat what one has, or are told by themselves, if
 * they matter. */
static enum ward_err settle_one(struct ward_story *s, const struct loose *l)
{
	bool known = in_a_tale(s, l->id), is_new;
	bool sign = !l->note && !l->permit.expected;
	enum ward_err err = known || !sign ? WARD_OK : ward_story_repeat(s, l, &known);
	void *unused;

	if (err || (known && !l->permit.expected)) /* that is told beside any incident */
		return err;
	if (s->lone.n == s->lone.max)
		ward_tab_fini(&s->lone); /* one may then be told again */
	err = ward_tab_put(&s->lone, &l->id, &unused, &is_new);
	if (err || !is_new)
		return err;
	if (l->note) {
		ward_tell_note(s, l);
	} else if (l->permit.expected) {
		s->n_expected++;
		err = ward_story_first_expected(s, l, &is_new);
		if (!err && is_new)
			ward_tell_expected(s, l);
	} else if (l->level >= LEVEL_MATTERS) {
		s->n_lone++;
		ward_tell_lone(s, l);
	} else {
		s->n_weak++;
	}
	return err;
}

static enum ward_err settle_loose(struct ward_story *s)
{
	enum ward_err err = WARD_OK;

	while (!err && s->n_loose) {
		err = settle_one(s, &s->loose[0]);
		if (!err)
			loose_drop(s, 0);
	}
	for (size_t i = 0; i < s->n_tale; i++) {
		if (s->tale[i]->again)
			ward_tell_repeats(s, s->tale[i]);
		s->tale[i]->again = false;
	}
	return err;
}

/* Consequences that were held back until the impacts were in. */
static enum ward_err settle_care(struct ward_story *s)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < s->n_tale; i++)
		if (s->tale[i]->care_changed)
			err = ward_tell_care(s, s->tale[i]);
	return err;
}

static enum ward_err detection(struct ward_story *s, const struct ward_record *r)
{
	enum ward_err err = settle_care(s);
	struct loose *l;
	bool good = true;

	if (err)
		return err;
	if (r->revision <= 1 && !r->note && !r->permit.expected)
		s->n_detection++;
	for (size_t i = 0; i < s->n_loose; i++) {
		if (!ward_id_eq(s->loose[i].id, r->id))
			continue;
		if (r->withdrawn)
			loose_drop(s, i);
		return WARD_OK;
	}
	if (r->withdrawn) {
		bool told = ward_tab_del(&s->lone, &r->id);

		if (told && r->permit.expected)
			s->n_expected--;
		else if (told && r->level >= LEVEL_MATTERS)
			ward_tell_taken_back(s, r->title, r->on);
		return WARD_OK;
	}
	if (ward_tab_find(&s->lone, &r->id))
		return WARD_OK;
	if (s->n_loose == LOOSE_MAX)
		err = settle_loose(s);
	if (!err)
		err = ward_mem_more(
			s->mem, &s->loose, s->n_loose, &s->cap_loose, sizeof(*s->loose), LOOSE_MAX);
	if (err)
		return err;
	l = &s->loose[s->n_loose];
	*l = (struct loose){.id = r->id,
		.level = r->level,
		.note = r->note,
		.because_more = r->because_more,
		.first = r->first,
		.last = r->last};
	ward_arena_init(&l->arena, s->mem, LOOSE_BYTES_MAX);
	l->title = ward_arena_str(&l->arena, r->title);
	l->on = ward_arena_str(&l->arena, r->on);
	l->because = ward_arena_str(&l->arena, r->because);
	l->n_reason = r->n_reason;
	for (size_t i = 0; i < r->n_reason; i++) {
		l->reason[i] = ward_arena_str(&l->arena, r->reason[i]);
		good &= l->reason[i].p != NULL;
	}
	l->permit = r->permit;
	l->permit.id = ward_arena_str(&l->arena, r->permit.id);
	l->permit.who = ward_arena_str(&l->arena, r->permit.who);
	l->permit.because = ward_arena_str(&l->arena, r->permit.because);
	if (!good || !l->title.p || !l->on.p || !l->because.p || !l->permit.id.p ||
		!l->permit.who.p || !l->permit.because.p) {
		ward_arena_fini(&l->arena);
		return WARD_ERR_NOMEM;
	}
	s->n_loose++;
	return WARD_OK;
}

static enum ward_err impact(struct ward_story *s, const struct ward_record *r)
{
	struct tale *t = ward_story_find(s, r->incident, NULL);
	enum ward_err err;

	if (!t) { /* of an incident that became part of another, or was forgotten */
		ward_story_count(s, "story.orphans");
		return WARD_OK;
	}
	err = ward_story_impact(s, t, r);
	if (err == WARD_ERR_LIMIT) {
		ward_story_count(s, "story.impact_limit");
		err = WARD_OK;
	}
	return err;
}

static enum ward_err clip(struct ward_story *s, const struct ward_record *r)
{
	struct tale *t = ward_story_find(s, r->incident, NULL);
	bool is_new = false;
	enum ward_err err = t ? ward_story_clip(t, r, &is_new) : WARD_OK;

	if (!t)
		ward_story_count(s, "story.orphans");
	if (!err && is_new)
		ward_tell_clip(s, t, r);
	return err;
}

static enum ward_err dispatch(struct ward_story *s, const struct ward_record *r)
{
	enum ward_err err;

	switch (r->kind) {
	case WARD_RECORD_DETECTION:
		return detection(s, r);
	case WARD_RECORD_INCIDENT:
		err = settle_care(s);
		return err ? err : ward_story_incident(s, r);
	case WARD_RECORD_IMPACT:
		return impact(s, r);
	case WARD_RECORD_CLIP:
		err = settle_care(s);
		return err ? err : clip(s, r);
	case WARD_RECORD_DELIVERY:
		ward_tell_undelivered(s, r);
		break;
	case WARD_RECORD_CENSUS:
	case WARD_RECORD_ENTRY:
	case WARD_RECORD_OTHER:
		break;
	}
	return WARD_OK;
}

enum ward_err ward_story_record(struct ward_story *s, struct ward_str json, struct ward_wr *out)
{
	struct ward_record r;
	size_t from = out->len;
	enum ward_err err;

	ward_arena_reset(&s->scratch);
	err = ward_record_read(s->reader, json, &s->scratch, &r);
	if (err) {
		if (err != WARD_ERR_NOMEM)
			ward_story_count(s, "story.rejected");
		return err;
	}
	s->text.w = out;
	err = dispatch(s, &r);
	if (err)
		out->len = from;
	s->summed &= out->len == from;
	ward_wr_reset(&s->line);
	return err;
}

static enum ward_err flush(struct ward_story *s, struct ward_wr *out)
{
	size_t from = out->len;
	enum ward_err err;

	ward_arena_reset(&s->scratch);
	s->text.w = out;
	err = settle_loose(s);
	if (!err)
		err = settle_care(s);
	if (err)
		out->len = from;
	s->summed &= out->len == from;
	return err;
}

enum ward_err ward_story_flush(struct ward_story *s, struct ward_wr *out)
{
	return flush(s, out);
}

enum ward_err ward_story_before(struct ward_story *s, ward_ns now, struct ward_wr *out)
{
	struct summary sum = {WARD_TEXT("From before: {counts}"), 0, SUMMED_BEFORE, now};
	size_t from = out->len;
	enum ward_err err = flush(s, out);

	out->len = from;
	s->headed = s->begun = false; /* nobody has seen what was told until now */
	s->block = 0;
	if (!err && (s->n_number || s->n_lone))
		err = ward_tell_summary(s, &sum);
	if (err)
		out->len = from;
	s->summed = true;
	return err;
}

enum ward_err ward_story_end(
	struct ward_story *s, uint64_t n_event, ward_ns now, struct ward_wr *out)
{
	struct summary sum = {WARD_TEXT("SUMMARY: {counts}"), n_event, SUMMED_AT_END, now};
	size_t from = out->len;
	enum ward_err err = flush(s, out);

	if (!err && s->summed && s->begun) {
		ward_text_gap(&s->text);
		ward_text_open(&s->text, 0, 0);
		ward_tell_say(s, WARD_STYLE_PLAIN, WARD_TEXT("Nothing new."));
		ward_text_close(&s->text);
	} else if (!err) {
		err = ward_tell_summary(s, &sum);
	}
	if (err)
		out->len = from;
	return err;
}
