#include "respond/recording.h"
/* What a recipient reads. */
#include "respond/message.h"
#include "respond/also.h"

#include "respond/ladder.h"
#include "respond/plan.h"
#include "respond/request.h"

enum { TEXT_MAX = 48 << 10, CAMERAS_NAMED = 4 };

static const char *const level_word[WARD_RECORD_LEVELS] = {WARD_TEXT("info"), WARD_TEXT("low"),
	WARD_TEXT("medium"), WARD_TEXT("HIGH"), WARD_TEXT("CRITICAL")};

struct ward_str respond_level_word(const struct writer *w, unsigned level)
{
	return ward_lang_text(w->lang, ward_str_z(level_word[level]));
}

const char *respond_change_text(enum change c)
{
	static const char *const text[CHANGE_N] = {[CHANGE_NONE] = "",
		[CHANGE_OPENED] = WARD_TEXT("New incident"),
		[CHANGE_RAISED] = WARD_TEXT("More serious than told"),
		[CHANGE_GROWN] = WARD_TEXT("More care may be hit"),
		[CHANGE_SPREAD] = WARD_TEXT("In another room, too"),
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
		[CHANGE_WITHDRAWN] = WARD_TEXT("Call withdrawn"),
		[CHANGE_TICKET] = WARD_TEXT("Its ticket was closed"),
		[CHANGE_LEFT] = WARD_TEXT("Who took it is not there any more"),
		[CHANGE_MORE] = WARD_TEXT("Something else critical in it")};

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

struct ward_str respond_title(struct writer *w, const struct incident *in)
{
	const struct ward_headline effect = {
		.effect = in->effect, .effect_on = in->effect_on, .effect_more = in->effect_more};

	ward_wr_reset(&w->name);
	ward_wr_str(&w->name, ward_lang_text(w->lang, in->title));
	ward_wr_z(&w->name, in->effect.len ? ". " : "");
	ward_headline_effect(&effect, w->lang, &w->name);
	return ward_wr_text(&w->name);
}

struct ward_str respond_news(struct writer *w, const struct item *it)
{
	return it->also ? ward_lang_text(w->lang, it->also->title) : respond_title(w, it->in);
}

/* "New incident: HIGH, physical: Door of a technical room forced open" */
static void put_headline(struct writer *w, const struct item *it, struct ward_wr *to)
{
	WARD_SAY(to, w->lang, WARD_TEXT("{change}: {level}, {domain}: {title}"),
		{"change", say(w, respond_change_text(it->change))},
		{"level", respond_level_word(w, it->in->level)},
		{"domain", say(w, kind_word(it->in->domain))}, {"title", respond_news(w, it)});
}

static void end_line(struct writer *w)
{
	ward_wr_ch(&w->text, '\n');
}

static void put_place(struct writer *w, struct ward_str on, struct ward_str where)
{
	if (!on.len && !where.len)
		return;
	ward_wr_reset(&w->line);
	ward_wr_str(&w->line, on);
	if (on.len && where.len)
		ward_wr_z(&w->line, " · ");
	ward_wr_str(&w->line, where);
	WARD_SAY(&w->text, w->lang, WARD_TEXT("Where: {place}"), {"place", ward_wr_text(&w->line)});
	end_line(w);
}

static void put_where(struct writer *w, const struct incident *in)
{
	struct brief first, last, n;
	struct ward_str from = respond_time(&first, in->first, w->now);

	put_place(w, in->on, in->where);
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

static void put_one_care(struct writer *w, const struct incident *in, const struct care *c)
{
	struct brief time, ago;

	ward_wr_reset(&w->line);
	ward_wr_str(&w->line, c->name);
	if (!c->outage) {
		ward_wr_z(&w->line, ", ");
		ward_say_inner(&w->line, ward_lang_text(w->lang, c->threat_name));
	}
	WARD_SAY(&w->text, w->lang, WARD_TEXT("Care: {service}: about\u00a0{time}, {word}"),
		{"service", ward_wr_text(&w->line)},
		{"time", respond_time(&time, c->expected, w->now)},
		{"word", say(w, ward_likely_word(respond_tier(c)))});
	if (ward_care_is_old(in->last, w->now)) {
		ward_wr_z(&w->text, "; ");
		WARD_SAY(&w->text, w->lang, WARD_TEXT("last heard {span} ago"),
			{"span", respond_span(&ago, w->lang, w->now - in->last)});
	}
	end_line(w);
}

static void put_care(struct writer *w, const struct incident *in)
{
	const struct care *best[CARE_NAMED];
	size_t n = respond_rank_care(in, best, CARE_NAMED);
	struct brief more;

	for (size_t i = 0; i < n && i < CARE_NAMED; i++)
		put_one_care(w, in, best[i]);
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

static void put_step(struct writer *w, const struct also *s)
{
	if (!s->step.len)
		return;
	ward_wr_reset(&w->line);
	ward_wr_str(&w->line, s->role);
	if (s->reach.len) {
		ward_wr_z(&w->line, " (");
		ward_wr_str(&w->line, s->reach);
		ward_wr_ch(&w->line, ')');
	}
	WARD_SAY(&w->text, w->lang,
		s->role.len ? WARD_TEXT("To do, {role}: {text}") : WARD_TEXT("To do: {text}"),
		{"role", ward_wr_text(&w->line)}, {"text", ward_lang_text(w->lang, s->step)});
	end_line(w);
}

struct also respond_whole(const struct incident *in)
{
	return (struct also){.title = in->title,
		.on = in->on,
		.where = in->where,
		.role = in->role,
		.reach = in->reach,
		.step = in->step};
}

/* What is new, and what is to be done of it, before all that they know of the incident. */
static void put_also(struct writer *w, const struct item *it)
{
	put_place(w, it->also->on, it->also->where);
	put_step(w, it->also);
	respond_put_plans(w, it, &w->text);
	WARD_SAY(&w->text, w->lang, WARD_TEXT("It is part of what you know as: {title}"),
		{"title", respond_title(w, it->in)});
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

struct ward_str respond_role_name(const struct ward_respond *r, struct ward_str role)
{
	for (size_t i = 0; i < r->o.n_role; i++)
		if (ward_str_eq(r->o.role[i].id, role))
			return r->o.role[i].name;
	return role;
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
			{"who", respond_role_name(w->r, ward_str_z(in->taken_by))});
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

void respond_put_item(struct writer *w, const struct item *it)
{
	char id[WARD_ID_TEXT];

	put_headline(w, it, &w->text);
	end_line(w);
	if (respond_put_taken(w, it, &w->text))
		end_line(w);
	if (it->also)
		put_also(w, it);
	if (respond_put_closed_there(w, it->in, &w->text))
		end_line(w);
	put_where(w, it->in);
	if (it->in->phase == PHASE_OPEN) {
		if (w->shown.care)
			put_care(w, it->in);
		if (!it->also) {
			const struct also whole = respond_whole(it->in);

			put_step(w, &whole);
			respond_put_plans(w, it, &w->text);
		}
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
		ward_say(&w->subject, w->lang, WARD_TEXT(": "));
	}
	uint32_t ill = respond_ill(w->r, w->listener, w->now);

	respond_put_ill(w->r, w->listener, ill, w->now, &w->text);
	respond_put_requests(w->r, w->listener, w->now, &w->text);
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
			{"title", respond_news(w, &w->shown.item[0])});
		ward_wr_str(&w->text, ward_wr_text(&w->subject));
		ward_wr_z(&w->text, "\n\n");
	}
	for (size_t i = 0; i < n; i++) {
		if (i)
			end_line(w);
		respond_put_item(w, &w->shown.item[i]);
	}
	if (n_all <= n)
		return;
	end_line(w);
	WARD_SAY(&w->text, w->lang, WARD_TEXT("and {n} less serious ones, all on Ward's record"),
		{"n", respond_digits(&b, n_all - n)});
	end_line(w);
}

bool respond_write(struct ward_respond *r, size_t listener, const struct ward_delivery *d,
	size_t n_named, size_t n_all)
{
	struct writer w = {.r = r,
		.lang = r->o.listener[listener].lang,
		.text = ward_wr_grow(r->o.mem, TEXT_MAX),
		.line = ward_wr_grow(r->o.mem, LINE_MAX),
		.subject = ward_wr_grow(r->o.mem, LINE_MAX),
		.name = ward_wr_grow(r->o.mem, LINE_MAX),
		.listener = listener,
		.now = d->time};
	size_t n = n_all < n_named ? n_all : n_named;

	bool ok = respond_share(r, listener, n, &w.shown);

	if (ok)
		respond_name_plans(&w, n, n_all);
	if (ok)
		put_text(&w, n, n_all);
	ward_wr_reset(&r->body);
	if (ok && r->o.listener[listener].bookmarks)
		respond_put_bookmarks(&w, listener, d->id, n);
	else if (ok && r->o.listener[listener].topics == WARD_TOPICS_DATA)
		respond_put_topics(&w, listener, d->id, n);
	else if (ok && r->o.listener[listener].topics == WARD_TOPICS_SIREN)
		respond_put_siren(&w, listener, d->id, n_all);
	else if (ok && r->o.listener[listener].topics == WARD_TOPICS_TICKETS)
		respond_put_tickets(&w, listener, d->id, n);
	else if (ok)
		respond_put_json(&w, listener, d->id, n, n_all);
	ok = ok && !ward_wr_bad(&w.text) && !ward_wr_bad(&w.line) && !ward_wr_bad(&w.subject) &&
	     !ward_wr_bad(&w.name) && !ward_wr_bad(&r->body);

	ward_wr_fini(&w.text);
	ward_wr_fini(&w.line);
	ward_wr_fini(&w.subject);
	ward_wr_fini(&w.name);
	return ok;
}
