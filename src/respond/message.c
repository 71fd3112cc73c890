/* What a recipient reads, and the JSON around it (docs/webhooks.md: "ward.message/1"). */
#include "respond/message.h"

#include "respond/ladder.h"

enum { TEXT_MAX = 48 << 10, CAMERAS_NAMED = 4 };

static const char *const level_word[WARD_RECORD_LEVELS] = {WARD_TEXT("info"), WARD_TEXT("low"),
	WARD_TEXT("medium"), WARD_TEXT("HIGH"), WARD_TEXT("CRITICAL")};

struct ward_str respond_level_word(const struct writer *w, unsigned level)
{
	return ward_lang_text(w->lang, ward_str_z(level_word[level]));
}

const char *respond_tier_word(enum tier t)
{
	static const char *const word[] = {[TIER_UNLIKELY] = WARD_TEXT("unlikely"),
		[TIER_OPEN] = WARD_TEXT("can't be ruled out"),
		[TIER_POSSIBLE] = WARD_TEXT("possible"),
		[TIER_LIKELY] = WARD_TEXT("likely"),
		[TIER_CERTAIN] = WARD_TEXT("almost certain")};

	return word[t];
}

const char *respond_change_text(enum change c)
{
	static const char *const text[CHANGE_N] = {[CHANGE_NONE] = "",
		[CHANGE_OPENED] = WARD_TEXT("New incident"),
		[CHANGE_RAISED] = WARD_TEXT("More serious than told"),
		[CHANGE_GROWN] = WARD_TEXT("More care may be hit"),
		[CHANGE_CONFIRMED] = WARD_TEXT("Confirmed"),
		[CHANGE_LOWERED] = WARD_TEXT("Less serious than told"),
		[CHANGE_OVER] = WARD_TEXT("Over"),
		[CHANGE_DISMISSED] = WARD_TEXT("Dismissed: there is no incident"),
		[CHANGE_MERGED] = WARD_TEXT("Part of another incident"),
		[CHANGE_NEAR] = WARD_TEXT("A recording is about to be overwritten"),
		[CHANGE_LOST] = WARD_TEXT("A recording was not kept and is overwritten"),
		[CHANGE_ESCALATED] = WARD_TEXT("Nobody acknowledged it"),
		[CHANGE_AGAIN] = WARD_TEXT("Still nobody acknowledged it"),
		[CHANGE_TAKEN] = WARD_TEXT("Somebody takes it"),
		[CHANGE_WITHDRAWN] = WARD_TEXT("Call withdrawn")};

	return text[c];
}

static struct ward_str say(struct writer *w, const char *english)
{
	return ward_lang_text(w->lang, ward_str_z(english));
}

static const char *kind_word(unsigned domain)
{
	return domain == WARD_KIND_HYBRID     ? WARD_TEXT("physical and cyber at once")
	       : domain == WARD_KIND_PHYSICAL ? WARD_TEXT("physical")
					      : WARD_TEXT("cyber");
}

/* "New incident: HIGH, physical: Door of a technical room forced open" */
static void put_headline(struct writer *w, const struct item *it, struct ward_wr *to)
{
	WARD_SAY(to, w->lang, WARD_TEXT("{change}: {level}, {domain}: {title}"),
		{"change", say(w, respond_change_text(it->change))},
		{"level", respond_level_word(w, it->in->level)},
		{"domain", say(w, kind_word(it->in->domain))},
		{"title", ward_lang_text(w->lang, it->in->title)});
}

static void end_line(struct writer *w)
{
	ward_wr_ch(&w->text, '\n');
}

static void put_where(struct writer *w, const struct incident *in)
{
	struct brief first, last, n;
	struct ward_str from = respond_time(&first, in->first, w->now);

	if (in->on.len || in->where.len) {
		ward_wr_reset(&w->line);
		ward_wr_str(&w->line, in->on);
		if (in->on.len && in->where.len)
			ward_wr_z(&w->line, " · ");
		ward_wr_str(&w->line, in->where);
		WARD_SAY(&w->text, w->lang, WARD_TEXT("Where: {place}"),
			{"place", ward_wr_text(&w->line)});
		end_line(w);
	}
	ward_wr_reset(&w->line);
	if (in->last / RESPOND_MINUTE == in->first / RESPOND_MINUTE)
		ward_wr_str(&w->line, from);
	else
		WARD_SAY(&w->line, w->lang, WARD_TEXT("{first} to {last}"), {"first", from},
			{"last", respond_time(&last, in->last, in->first)});
	const struct ward_word_slot slot[] = {
		{"n", respond_digits(&n, in->n_sign)}, {"span", ward_wr_text(&w->line)}};

	ward_say_text(&w->text,
		ward_lang_text_n(w->lang, in->n_sign, WARD_TEXT_ONE("Seen: {span}, {n} sign"),
			WARD_TEXT("Seen: {span}, {n} signs")),
		slot, WARD_ARRAY_LEN(slot));
	end_line(w);
}

static void put_one_care(struct writer *w, const struct care *c)
{
	struct brief time;

	ward_wr_reset(&w->line);
	ward_wr_str(&w->line, c->name);
	if (!c->outage) {
		ward_wr_z(&w->line, ", ");
		ward_say_inner(&w->line, ward_lang_text(w->lang, c->threat_name));
	}
	WARD_SAY(&w->text, w->lang, WARD_TEXT("Care: {service}: about\u00a0{time}, {word}"),
		{"service", ward_wr_text(&w->line)},
		{"time", respond_time(&time, c->expected, w->now)},
		{"word", say(w, respond_tier_word(respond_tier(c)))});
	end_line(w);
}

static void put_care(struct writer *w, const struct incident *in)
{
	const struct care *best[CARE_NAMED];
	size_t n = respond_rank_care(in, best, CARE_NAMED);
	struct brief more;

	for (size_t i = 0; i < n && i < CARE_NAMED; i++)
		put_one_care(w, best[i]);
	if (n > CARE_NAMED) {
		WARD_SAY(&w->text, w->lang, WARD_TEXT("Care: and {n} more"),
			{"n", respond_digits(&more, n - CARE_NAMED)});
		end_line(w);
	}
	if (!n) {
		ward_say(&w->text, w->lang,
			WARD_TEXT("Care: so far no service is expected to be hit"));
		end_line(w);
	}
}

static void put_step(struct writer *w, const struct incident *in)
{
	if (!in->step.len)
		return;
	ward_wr_reset(&w->line);
	ward_wr_str(&w->line, in->role);
	if (in->reach.len) {
		ward_wr_z(&w->line, " (");
		ward_wr_str(&w->line, in->reach);
		ward_wr_ch(&w->line, ')');
	}
	WARD_SAY(&w->text, w->lang,
		in->role.len ? WARD_TEXT("To do, {role}: {text}") : WARD_TEXT("To do: {text}"),
		{"role", ward_wr_text(&w->line)}, {"text", ward_lang_text(w->lang, in->step)});
	end_line(w);
}

static void put_original(struct writer *w, enum keep keep, ward_ns over)
{
	struct brief time, left;

	ward_wr_z(&w->text, "  ");
	if (keep == KEEP_LOST)
		WARD_SAY(&w->text, w->lang,
			WARD_TEXT("The original was not kept; overwritten since {time}"),
			{"time", respond_time(&time, over, w->now)});
	else if (over == WARD_NS_NEVER)
		ward_say(
			&w->text, w->lang, WARD_TEXT("Keep the original before it is overwritten"));
	else
		WARD_SAY(&w->text, w->lang,
			WARD_TEXT("Keep the original: overwritten from {time}, in {span}"),
			{"time", respond_time(&time, over, w->now)},
			{"span", respond_span(&left, w->lang, over - w->now)});
	end_line(w);
}

static void put_cameras(struct writer *w, const struct incident *in)
{
	for (size_t i = 0; i < in->n_shot && i < CAMERAS_NAMED; i++) {
		const struct shot *s = &in->shot[i];
		const struct ward_respond_camera *camera = &w->r->o.camera[s->camera];
		struct brief first, last;
		ward_ns over;
		enum keep keep = respond_keep_one(w->r, in, s, w->now, &over);

		WARD_SAY(&w->text, w->lang, WARD_TEXT("Camera: {name}, {first} to {last}"),
			{"name", camera->name}, {"first", respond_time(&first, s->from, w->now)},
			{"last", respond_time(&last, s->to, s->from)});
		end_line(w);
		if (camera->url.len) {
			ward_wr_z(&w->text, "  ");
			respond_url(camera, s->from, &w->text);
			end_line(w);
		}
		if (keep != KEEP_NONE)
			put_original(w, keep, over);
	}
}

bool respond_put_taken(const struct writer *w, const struct item *it, struct ward_wr *to)
{
	static const char *const text[TAKEN_N] = {"", WARD_TEXT("Acknowledged at {time} by {who}"),
		WARD_TEXT("On the way since {time}: {who}")};
	static const char *const nameless[TAKEN_N] = {
		"", WARD_TEXT("Acknowledged at {time}"), WARD_TEXT("On the way since {time}")};
	const struct incident *in = it->in;
	bool named = w->shown.roles && in->taken_by[0];
	struct brief time;

	if (it->now.taken)
		WARD_SAY(to, w->lang, (named ? text : nameless)[it->now.taken],
			{"time", respond_time(&time, in->taken_at, w->now)},
			{"who", ward_str_z(in->taken_by)});
	else if (it->now.call)
		WARD_SAY(to, w->lang, WARD_TEXT("Acknowledge it before {time}"),
			{"time", respond_time(&time,
					 w->now + w->r->o.listener[w->listener].acknowledge,
					 w->now)});
	else if (it->change == CHANGE_WITHDRAWN && it->in->phase == PHASE_DISMISSED)
		ward_say(to, w->lang, WARD_TEXT("Dismissed: there is no incident"));
	else if (it->change == CHANGE_WITHDRAWN)
		ward_say(to, w->lang, WARD_TEXT("It is over"));
	else
		return false;
	return true;
}

static void put_item(struct writer *w, const struct item *it)
{
	char id[WARD_ID_TEXT];

	put_headline(w, it, &w->text);
	end_line(w);
	if (respond_put_taken(w, it, &w->text))
		end_line(w);
	put_where(w, it->in);
	if (it->in->phase == PHASE_OPEN) {
		if (w->shown.care)
			put_care(w, it->in);
		put_step(w, it->in);
		WARD_SAY(&w->text, w->lang, WARD_TEXT("How sure: {state}"),
			{"state", ward_lang_text(w->lang, it->in->state)});
		end_line(w);
	}
	if (w->shown.cameras && (it->in->phase == PHASE_OPEN || it->in->phase == PHASE_OVER))
		put_cameras(w, it->in);
	ward_id_text(it->in->phase == PHASE_MERGED ? it->in->into : it->in->id, id);
	WARD_SAY(&w->text, w->lang,
		it->in->phase == PHASE_MERGED ? WARD_TEXT("It goes on as incident {id}")
					      : WARD_TEXT("Incident {id}"),
		{"id", ward_str_z(id)});
	end_line(w);
}

/* ---- all of it ---- */

static void put_text(struct writer *w, size_t n, size_t n_all)
{
	struct brief b;

	if (w->r->o.exercise) {
		ward_say(&w->text, w->lang, WARD_TEXT("EXERCISE: none of this is real"));
		end_line(w);
		ward_say(&w->subject, w->lang, WARD_TEXT("EXERCISE: none of this is real"));
		ward_wr_z(&w->subject, ": ");
	}
	uint32_t ill = respond_ill(w->r, w->listener, w->now);

	respond_put_ill(w->r, w->listener, ill, w->now, &w->text);
	if (!n_all) {
		struct ward_str rest = ward_wr_text(&w->text);

		if (w->r->o.exercise)
			(void)ward_str_cut(&rest, '\n');
		ward_wr_str(&w->subject, ward_str_cut(&rest, '\n'));
	} else if (n_all == 1) {
		put_headline(w, &w->shown.item[0], &w->subject);
	} else {
		WARD_SAY(&w->subject, w->lang,
			WARD_TEXT("{n} incidents; the most serious: {level}, {title}"),
			{"n", respond_digits(&b, n_all)},
			{"level", respond_level_word(w, w->shown.item[0].in->level)},
			{"title", ward_lang_text(w->lang, w->shown.item[0].in->title)});
		ward_wr_str(&w->text, ward_wr_text(&w->subject));
		ward_wr_z(&w->text, "\n\n");
	}
	for (size_t i = 0; i < n; i++) {
		if (i)
			end_line(w);
		put_item(w, &w->shown.item[i]);
	}
	if (n_all <= n)
		return;
	end_line(w);
	WARD_SAY(&w->text, w->lang, WARD_TEXT("and {n} less serious ones, all on Ward's record"),
		{"n", respond_digits(&b, n_all - n)});
	end_line(w);
}

static void put_id(struct ward_json *j, const char *key, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_key(j, key);
	ward_json_z(j, text);
}

static void put_str(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str_cut(j, s, 1024);
}

static void json_care(struct ward_json *j, const struct incident *in)
{
	const struct care *best[CARE_NAMED * 2];
	size_t n = respond_rank_care(in, best, WARD_ARRAY_LEN(best));

	ward_json_key(j, "care_total");
	ward_json_u64(j, n);
	ward_json_key(j, "care");
	ward_json_arr(j);
	for (size_t i = 0; i < n && i < WARD_ARRAY_LEN(best); i++) {
		ward_json_obj(j);
		put_str(j, "service", best[i]->asset);
		put_str(j, "name", best[i]->name);
		put_str(j, "threat", best[i]->threat_name);
		ward_json_key(j, "likelihood");
		ward_json_arr(j);
		ward_json_micro(j, best[i]->lo_micro);
		ward_json_micro(j, best[i]->hi_micro);
		ward_json_arr_end(j);
		ward_json_key(j, "earliest");
		ward_json_time(j, best[i]->earliest);
		ward_json_key(j, "expected");
		ward_json_time(j, best[i]->expected);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void json_cameras(struct ward_json *j, const struct writer *w, const struct incident *in)
{
	ward_json_key(j, "cameras");
	ward_json_arr(j);
	for (size_t i = 0; i < in->n_shot; i++) {
		const struct shot *s = &in->shot[i];
		const struct ward_respond_camera *camera = &w->r->o.camera[s->camera];
		struct ward_wr url = ward_wr_grow(w->r->o.mem, LINE_MAX);
		ward_ns over;
		enum keep keep = respond_keep_one(w->r, in, s, w->now, &over);

		ward_json_obj(j);
		put_str(j, "camera", camera->key);
		put_str(j, "name", camera->name);
		ward_json_key(j, "from");
		ward_json_time(j, s->from);
		ward_json_key(j, "to");
		ward_json_time(j, s->to);
		respond_url(camera, s->from, &url);
		if (url.len && !ward_wr_bad(&url)) {
			ward_json_key(j, "url");
			ward_json_str(j, ward_wr_text(&url));
		}
		ward_wr_fini(&url);
		put_str(j, "original", ward_str_z(respond_keep_name[keep]));
		if (over != WARD_NS_NEVER) {
			ward_json_key(j, "overwritten");
			ward_json_time(j, over);
		}
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void json_taken(struct ward_json *j, const struct writer *w, const struct item *it)
{
	const struct incident *in = it->in;

	if (it->now.call) {
		ward_json_key(j, "acknowledge_by");
		ward_json_time(j, w->now + w->r->o.listener[w->listener].acknowledge);
	}
	if (!it->now.taken)
		return;
	ward_json_key(j, "taken");
	ward_json_obj(j);
	put_str(j, "state", ward_str_z(respond_taken_name[it->now.taken]));
	ward_json_key(j, "time");
	ward_json_time(j, in->taken_at);
	if (w->shown.roles)
		put_str(j, "by", ward_str_z(in->taken_by));
	ward_json_obj_end(j);
}

static void json_item(struct ward_json *j, const struct writer *w, const struct item *it)
{
	const struct incident *in = it->in;

	ward_json_obj(j);
	put_id(j, "id", in->id);
	ward_json_key(j, "revision");
	ward_json_u64(j, in->revision);
	put_str(j, "change", ward_str_z(respond_change_name[it->change]));
	put_str(j, "state", in->phase == PHASE_MERGED ? WARD_STR("merged") : in->state);
	if (in->phase == PHASE_MERGED)
		put_id(j, "part_of", in->into);
	put_str(j, "level", ward_str_z(respond_level_name[in->level]));
	put_str(j, "domain", in->kind);
	json_taken(j, w, it);
	ward_json_key(j, "first");
	ward_json_time(j, in->first);
	ward_json_key(j, "last");
	ward_json_time(j, in->last);
	ward_json_key(j, "signs");
	ward_json_u64(j, in->n_sign);
	put_str(j, "title", in->title);
	put_str(j, "on", in->on);
	put_str(j, "where", in->where);
	if (w->shown.care)
		json_care(j, in);
	if (w->shown.cameras)
		json_cameras(j, w, in);
	if (in->step.len) {
		ward_json_key(j, "first_step");
		ward_json_obj(j);
		put_str(j, "role", in->role);
		put_str(j, "reach", in->reach);
		put_str(j, "text", in->step);
		ward_json_obj_end(j);
	}
	ward_json_obj_end(j);
}

/* How many of each level there are, of all that it is about. */
static void json_counts(struct ward_json *j, const struct ward_respond *r, size_t n_all)
{
	size_t count[WARD_RECORD_LEVELS] = {0};

	for (size_t i = 0; i < n_all; i++)
		count[r->item[i].in->level]++;
	ward_json_key(j, "counts");
	ward_json_obj(j);
	for (size_t i = WARD_RECORD_LEVELS; i-- > 0;) {
		ward_json_key(j, respond_level_name[i]);
		ward_json_u64(j, count[i]);
	}
	ward_json_obj_end(j);
}

void respond_put_head(struct ward_json *j, const struct ward_respond *r, size_t listener,
	struct ward_id id, ward_ns time)
{
	const struct ward_respond_opts *o = &r->o;

	put_id(j, "id", id);
	ward_json_key(j, "time");
	ward_json_time(j, time);
	ward_json_key(j, "exercise");
	ward_json_bool(j, o->exercise);
	ward_json_key(j, "hospital");
	ward_json_obj(j);
	put_str(j, "id", o->hospital);
	put_str(j, "name", o->hospital_name);
	ward_json_obj_end(j);
	put_str(j, "recipient", o->listener[listener].id);
	put_str(j, "language", ward_lang_code(o->listener[listener].lang));
}

static void put_head(
	struct ward_json *j, const struct writer *w, size_t listener, struct ward_id id)
{
	respond_put_head(j, w->r, listener, id, w->now);
	put_str(j, "tlp", ward_tlp_text(w->shown.tlp));
}

/* The same whenever the camera looks at more of the incident. */
static struct ward_id bookmark_id(const struct incident *in, struct ward_str camera)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward bookmark");
	ward_idgen_id(&g, in->id);
	ward_idgen_str(&g, camera);
	return ward_idgen_final(&g);
}

static void json_bookmark(
	struct ward_json *j, struct writer *w, const struct item *it, const struct shot *s)
{
	const struct ward_respond_camera *camera = &w->r->o.camera[s->camera];
	ward_ns over;
	enum keep keep = respond_keep_one(w->r, it->in, s, w->now, &over);

	ward_json_obj(j);
	put_id(j, "id", bookmark_id(it->in, camera->key));
	put_id(j, "incident", it->in->id);
	put_str(j, "change", ward_str_z(respond_change_name[it->change]));
	put_str(j, "level", ward_str_z(respond_level_name[it->in->level]));
	put_str(j, "camera", camera->key);
	put_str(j, "name", camera->name);
	ward_json_key(j, "from");
	ward_json_time(j, s->from);
	ward_json_key(j, "to");
	ward_json_time(j, s->to);
	put_str(j, "title", it->in->title);
	ward_wr_reset(&w->line);
	WARD_SAY(&w->line, w->lang, WARD_TEXT("{level}, {title}"),
		{"level", respond_level_word(w, it->in->level)},
		{"title", ward_lang_text(w->lang, it->in->title)});
	put_str(j, "text", ward_wr_text(&w->line));
	ward_json_key(j, "preserve");
	ward_json_bool(j, keep != KEEP_NONE);
	if (over != WARD_NS_NEVER) {
		ward_json_key(j, "overwritten");
		ward_json_time(j, over);
	}
	ward_json_obj_end(j);
}

/* For a video management system: each camera that looked, and whether its recording is to be kept.
 */
static void put_bookmarks(struct writer *w, size_t listener, struct ward_id id, size_t n)
{
	struct ward_json j = ward_json_on(&w->r->body);

	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, "ward.bookmarks/1");
	put_head(&j, w, listener, id);
	ward_json_key(&j, "bookmarks");
	ward_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; w->shown.cameras && k < w->shown.item[i].in->n_shot; k++)
			json_bookmark(&j, w, &w->shown.item[i], &w->shown.item[i].in->shot[k]);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
}

static void put_json(struct writer *w, size_t listener, struct ward_id id, size_t n, size_t n_all)
{
	struct ward_json j = ward_json_on(&w->r->body);

	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, "ward.message/1");
	put_head(&j, w, listener, id);
	put_str(&j, "subject", ward_wr_text(&w->subject));
	ward_json_key(&j, "text");
	ward_json_str(&j, ward_wr_text(&w->text));
	respond_json_short(w, n, n_all, &j);
	json_counts(&j, w->r, n_all);
	respond_json_ill(w->r, listener, respond_ill(w->r, listener, w->now), &j);
	ward_json_key(&j, "incidents");
	ward_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		json_item(&j, w, &w->shown.item[i]);
	ward_json_arr_end(&j);
	ward_json_key(&j, "more");
	ward_json_u64(&j, n_all - n);
	ward_json_obj_end(&j);
}

bool respond_write(struct ward_respond *r, size_t listener, const struct ward_delivery *d,
	size_t n_named, size_t n_all)
{
	struct writer w = {.r = r,
		.lang = r->o.listener[listener].lang,
		.text = ward_wr_grow(r->o.mem, TEXT_MAX),
		.line = ward_wr_grow(r->o.mem, LINE_MAX),
		.subject = ward_wr_grow(r->o.mem, LINE_MAX),
		.listener = listener,
		.now = d->time};
	size_t n = n_all < n_named ? n_all : n_named;

	bool ok = respond_share(r, listener, n, &w.shown);

	if (ok)
		put_text(&w, n, n_all);
	ward_wr_reset(&r->body);
	if (ok && r->o.listener[listener].bookmarks)
		put_bookmarks(&w, listener, d->id, n);
	else if (ok)
		put_json(&w, listener, d->id, n, n_all);
	ok = ok && !ward_wr_bad(&w.text) && !ward_wr_bad(&w.line) && !ward_wr_bad(&w.subject) &&
	     !ward_wr_bad(&r->body);

	ward_wr_fini(&w.text);
	ward_wr_fini(&w.line);
	ward_wr_fini(&w.subject);
	return ok;
}
