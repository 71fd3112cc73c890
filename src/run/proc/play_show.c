/* How a play goes, for who leads it: in the console, and at a terminal. */
#include "run/proc/play.h"

enum { ENTRIES = 200, FEW = 6, NOTE = 300, MESSAGES = 32 };

static void put_ms(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_put_i64(j, key, t / WARD_NS_PER_MS);
}

static const char *fate_name(enum ward_course_fate f)
{
	static const char *const name[] = {[WARD_COURSE_WAITS] = "waits",
		[WARD_COURSE_PLAYED] = "played",
		[WARD_COURSE_SKIPPED] = "skipped",
		[WARD_COURSE_LEFT] = "left"};

	return name[f];
}

static const char *way_name(enum ward_course_way w)
{
	static const char *const name[] = {[WARD_COURSE_OPEN] = "open",
		[WARD_COURSE_TAKEN] = "taken",
		[WARD_COURSE_NOT_TAKEN] = "not-taken"};

	return name[w];
}

static void put_step(const struct player *pl, struct ward_json *j, size_t i, bool page)
{
	const struct ward_step *s = &pl->scenario->step[i];

	ward_json_obj(j);
	ward_json_put_u64(j, "step", i + 1);
	put_ms(j, "at_ms", s->at);
	ward_json_put_str(j, "id", s->id);
	ward_json_key(j, "note");
	ward_json_str_cut(j, s->note, NOTE);
	ward_json_put_z(j, "phase", s->truth ? ward_ebios_name(s->truth->phase) : "");
	ward_json_put_z(j, "fate", fate_name(ward_course_fate(pl->course, i)));
	if (page)
		play_seen_show_signs(pl, j, i);
	ward_json_obj_end(j);
}

/* What people follow the story by: steps with a note or a truth. */
static bool is_told(const struct player *pl, size_t i)
{
	const struct ward_step *s = &pl->scenario->step[i];

	return s->note.len || s->truth;
}

static void put_steps(const struct player *pl, struct ward_json *j, bool all, bool page)
{
	size_t n = 0;

	ward_json_key(j, "steps");
	ward_json_arr(j);
	for (size_t i = 0; i < pl->scenario->n_step && (all || n < FEW); i++) {
		if (!is_told(pl, i) ||
			(!all && ward_course_fate(pl->course, i) != WARD_COURSE_WAITS))
			continue;
		put_step(pl, j, i, page);
		n++;
	}
	ward_json_arr_end(j);
}

void play_show_texts(const struct player *pl, struct ward_json *j, const struct ward_inject *x)
{
	ward_json_arr(j);
	for (size_t i = 0; i < x->n_text; i++) {
		const struct ward_node *role =
			ward_model_node(pl->scenario->model, x->text[i].role);

		ward_json_obj(j);
		ward_json_put_str(j, "role", role->id);
		ward_json_put_str(j, "name", role->name);
		ward_json_put_str(j, "text", x->text[i].text);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_injects(const struct player *pl, struct ward_json *j, bool all)
{
	ward_json_key(j, "injects");
	ward_json_arr(j);
	for (size_t i = 0; i < pl->scenario->lead.n_inject; i++) {
		const struct ward_inject *x = &pl->scenario->lead.inject[i];

		ward_json_obj(j);
		ward_json_put_str(j, "id", x->id);
		ward_json_put_str(j, "title", x->title);
		ward_json_put_u64(j, "brought", ward_course_injected(pl->course, i));
		ward_json_put_u64(j, "steps", x->steps.n);
		if (all) {
			ward_json_key(j, "text");
			play_show_texts(pl, j, x);
		}
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_branches(const struct player *pl, struct ward_json *j)
{
	ward_json_key(j, "branches");
	ward_json_arr(j);
	for (size_t i = 0; i < pl->scenario->lead.n_branch; i++) {
		const struct ward_branch *b = &pl->scenario->lead.branch[i];
		const struct ward_step *before = &pl->scenario->step[b->before];
		ward_ns when = ward_course_decided(pl->course, b->decided, b->of);

		ward_json_obj(j);
		ward_json_put_str(j, "id", b->id);
		ward_json_put_str(j, "note", b->note);
		ward_json_put_z(j, "decided", ward_lead_decided_name(b->decided));
		ward_json_put_str(j, "of", b->of);
		put_ms(j, "before_ms", before->at);
		ward_json_put_z(j, "way", way_name(ward_course_way(pl->course, i)));
		ward_json_put_bool(j, "met", when != WARD_NS_NEVER);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* What trainer and record said, the latest last. */
static void put_entries(const struct player *pl, struct ward_json *j, size_t most)
{
	size_t n, first;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);

	first = n;
	for (size_t told = 0; first > 0 && told < most; first--)
		told += e[first - 1].what != WARD_COURSE_STEP || is_told(pl, e[first - 1].index);
	ward_json_key(j, "log");
	ward_json_arr(j);
	for (size_t i = first; i < n; i++)
		if (e[i].what != WARD_COURSE_STEP || is_told(pl, e[i].index)) {
			struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

			ward_course_write(pl->scenario, &e[i], &w);
			if (!ward_wr_bad(&w))
				ward_json_raw(j, ward_wr_text(&w));
			ward_wr_fini(&w);
		}
	ward_json_arr_end(j);
}

/* Whom Ward told of incidents, the latest last, and who has it. */
static void put_told(const struct player *pl, struct ward_json *j)
{
	size_t n = pl->lead.n_told, i = n > PLAY_TOLD ? n - PLAY_TOLD : 0;

	ward_json_key(j, "told");
	ward_json_arr(j);
	for (; i < n; i++) {
		const struct play_told *t = &pl->lead.told[i % PLAY_TOLD];

		ward_json_obj(j);
		ward_json_put_time(j, "time", t->at);
		ward_json_put_z(j, "recipient", t->recipient);
		ward_json_put_bool(j, "acknowledged", t->acknowledged);
		ward_json_put_bool(j, "policy", t->policy);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static const struct ward_node *role_of(const struct player *pl, struct ward_str id)
{
	uint32_t i = id.len ? ward_model_find(pl->scenario->model, id) : WARD_NONE;

	return i == WARD_NONE ? NULL : ward_model_node(pl->scenario->model, i);
}

/* What the role does in the room, however many recipients have it. */
static void put_does(struct player *pl, struct ward_json *j, struct ward_str role)
{
	struct play_does d, before;

	ward_json_key(j, "does");
	ward_json_arr(j);
	for (size_t i = 0; play_does(pl, i, &d); i++) {
		bool put = !ward_str_eq(d.role, role);

		for (size_t k = 0; !put && k < i && play_does(pl, k, &before); k++)
			put = ward_str_eq(before.role, role) && ward_str_eq(before.word, d.word);
		if (put)
			continue;
		ward_json_obj(j);
		ward_json_put_str(j, "word", d.word);
		ward_json_put_u64(j, "after_ms", (uint64_t)(d.after / WARD_NS_PER_MS));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* Who plays which role: the policy, and how, or people though the policy names it. */
static void put_played(struct player *pl, struct ward_json *j)
{
	static const char *const key[] = {"acknowledges_ms", "contains_ms", "answers_ms", "agrees",
		"approves_ms", "refuses_ms", "begins_ms"};
	const char *text;

	ward_json_key(j, "played");
	ward_json_arr(j);
	for (size_t i = 0; (text = ward_process_nth(&pl->p, "played", i)) != NULL; i++) {
		struct ward_str rest = ward_str_z(text), id = ward_str_cut(&rest, ':');
		const struct ward_node *role = role_of(pl, id);

		ward_json_obj(j);
		ward_json_put_str(j, "role", id);
		ward_json_put_str(j, "name", role ? role->name : id);
		ward_json_put_bool(j, "policy", rest.len > 0);
		for (size_t k = 0; k < WARD_ARRAY_LEN(key); k++) {
			uint64_t v = 0;

			if (!ward_str_u64(ward_str_cut(&rest, ':'), &v))
				ward_json_put_null(j, key[k]);
			else
				ward_json_put_u64(j, key[k],
					strcmp(key[k], "agrees") == 0
						? v
						: v / (uint64_t)WARD_NS_PER_MS);
		}
		put_does(pl, j, id);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* Role "": everybody. */
static void put_to(const struct player *pl, struct ward_json *j, const struct ward_course_entry *e)
{
	const struct ward_node *role = role_of(pl, e->of);

	if (e->what == WARD_COURSE_INJECT) {
		play_show_texts(pl, j, &pl->scenario->lead.inject[e->index]);
		return;
	}
	ward_json_arr(j);
	ward_json_obj(j);
	ward_json_put_str(j, "role", e->of);
	ward_json_put_str(j, "name", role ? role->name : e->of);
	ward_json_put_str(j, "text", e->text);
	ward_json_obj_end(j);
	ward_json_arr_end(j);
}

static void put_seen(const struct player *pl, struct ward_json *j, struct ward_id message,
	const struct ward_course_entry *e, size_t n)
{
	ward_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		const struct ward_node *role = role_of(pl, e[i].of);

		if (e[i].what != WARD_COURSE_SEEN || !ward_id_eq(e[i].message, message))
			continue;
		ward_json_obj(j);
		ward_json_put_str(j, "by", e[i].by);
		ward_json_put_str(j, "role", e[i].of);
		ward_json_put_str(j, "name", role ? role->name : e[i].of);
		put_ms(j, "played_ms", e[i].played);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* What was told to players, the latest ones, the latest last; and by `news` whether that is
 * other than before. */
static void put_messages(const struct player *pl, struct ward_json *j)
{
	size_t n, all = 0, seen = 0, before;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);
	struct ward_str text;

	for (size_t i = 0; i < n; i++) {
		all += ward_course_tells(pl->course, &e[i], WARD_STR(""), &text);
		seen += e[i].what == WARD_COURSE_SEEN;
	}
	ward_json_put_u64(j, "news", all + seen);
	before = all > MESSAGES ? all - MESSAGES : 0;
	ward_json_key(j, "messages");
	ward_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		if (!ward_course_tells(pl->course, &e[i], WARD_STR(""), &text))
			continue;
		if (before) {
			before--;
			continue;
		}
		ward_json_obj(j);
		ward_json_put_id(j, "id", e[i].id);
		ward_json_put_time(j, "time", e[i].at);
		put_ms(j, "played_ms", e[i].played);
		ward_json_key(j, "to");
		put_to(pl, j, &e[i]);
		ward_json_key(j, "seen");
		put_seen(pl, j, e[i].id, &e[i + 1], n - i - 1);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

void play_show(struct player *pl, struct ward_json *j, enum play_shown how)
{
	bool page = how != PLAY_SHOW_TERMINAL;
	struct ward_course_entry next;
	bool more = ward_course_next(pl->course, &next) && next.what != WARD_COURSE_END;

	ward_json_put_str(j, "scenario", pl->scenario->id);
	ward_json_put_str(j, "title", pl->scenario->title);
	ward_json_put_bool(j, "paused", ward_course_paused(pl->course));
	ward_json_put_bool(j, "ended", ward_course_ended(pl->course));
	ward_json_put_bool(j, "waits", pl->lead.waits);
	ward_json_put_bool(j, "films", pl->scenario->n_footage > 0);
	put_ms(j, "played_ms", play_time(pl));
	if (more)
		put_ms(j, "next_ms", next.played);
	else
		ward_json_put_null(j, "next_ms");
	put_played(pl, j);
	if (page) {
		ward_json_put_str(j, "story", pl->scenario->story);
		put_told(pl, j);
		put_messages(pl, j);
		play_truth_show(pl, j);
		play_seen_show_story(pl, j);
		play_worth_show(pl, j);
	}
	put_steps(pl, j, how == PLAY_SHOW_ALL, page);
	put_injects(pl, j, page);
	put_branches(pl, j);
	put_entries(pl, j, how == PLAY_SHOW_ALL ? ENTRIES : FEW);
}
