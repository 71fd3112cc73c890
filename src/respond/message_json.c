#include "respond/recording.h"
/* Messages as data (docs/webhooks.md: "ward.message/1", "ward.bookmarks/1"). */
#include "respond/ladder.h"
#include "respond/request.h"
#include "respond/message.h"
#include "respond/also.h"
#include "respond/plan.h"

void respond_json_id(struct ward_json *j, const char *key, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_key(j, key);
	ward_json_z(j, text);
}

void respond_json_str(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str_cut(j, s, 1024);
}

void respond_json_care(struct ward_json *j, const struct writer *w, const struct incident *in)
{
	const struct care *best[CARE_NAMED * 2];
	size_t n = respond_rank_care(in, best, WARD_ARRAY_LEN(best));

	ward_json_key(j, "care_total");
	ward_json_u64(j, n);
	ward_json_key(j, "care");
	ward_json_arr(j);
	for (size_t i = 0; i < n && i < WARD_ARRAY_LEN(best); i++) {
		ward_json_obj(j);
		respond_json_str(j, "service", best[i]->asset);
		respond_json_str(j, "name", best[i]->name);
		respond_json_str(j, "threat", best[i]->threat_name);
		ward_json_key(j, "likelihood");
		ward_json_arr(j);
		ward_json_micro(j, best[i]->lo_micro);
		ward_json_micro(j, best[i]->hi_micro);
		ward_json_arr_end(j);
		ward_json_key(j, "earliest");
		ward_json_time(j, best[i]->earliest);
		ward_json_key(j, "expected");
		ward_json_time(j, best[i]->expected);
		if (ward_care_is_old(in->last, w->now)) {
			ward_json_key(j, "last_heard");
			ward_json_time(j, in->last);
		}
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
		respond_json_str(j, "camera", camera->key);
		respond_json_str(j, "name", camera->name);
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
		respond_json_str(j, "original", ward_str_z(respond_keep_name[keep]));
		if (over != WARD_NS_NEVER) {
			ward_json_key(j, "overwritten");
			ward_json_time(j, over);
		}
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

void respond_json_taken(struct ward_json *j, const struct writer *w, const struct item *it)
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
	respond_json_str(j, "state", ward_str_z(respond_taken_name[it->now.taken]));
	ward_json_key(j, "time");
	ward_json_time(j, in->taken_at);
	if (w->shown.roles)
		respond_json_str(j, "by", ward_str_z(in->taken_by));
	ward_json_obj_end(j);
}

void respond_json_facts(struct ward_json *j, const struct item *it)
{
	const struct incident *in = it->in;

	respond_json_id(j, "id", in->id);
	ward_json_key(j, "revision");
	ward_json_u64(j, in->revision);
	respond_json_str(j, "change", ward_str_z(respond_change_name[it->change]));
	respond_json_str(j, "state", in->phase == PHASE_MERGED ? WARD_STR("merged") : in->state);
	if (in->phase == PHASE_MERGED)
		respond_json_id(j, "part_of", in->into);
	respond_json_str(j, "level", ward_str_z(respond_level_name[in->level]));
	respond_json_str(j, "domain", in->kind);
	ward_json_key(j, "first");
	ward_json_time(j, in->first);
	ward_json_key(j, "last");
	ward_json_time(j, in->last);
	ward_json_key(j, "signs");
	ward_json_u64(j, in->n_sign);
	respond_json_str(j, "title", in->title);
	respond_json_str(j, "on", in->on);
	respond_json_str(j, "where", in->where);
	if (in->effect.len) {
		respond_json_str(j, "effect", in->effect);
		respond_json_str(j, "effect_on", in->effect_on);
	}
}

void respond_json_step(struct ward_json *j, const struct item *it)
{
	const struct also whole = respond_whole(it->in), *of = it->also ? it->also : &whole;

	if (!of->step.len)
		return;
	ward_json_key(j, "first_step");
	ward_json_obj(j);
	respond_json_str(j, "role", of->role);
	respond_json_str(j, "reach", of->reach);
	respond_json_str(j, "text", of->step);
	ward_json_obj_end(j);
}

/* What is new, of a change that tells of one sign among others. */
static void json_new(struct ward_json *j, const struct item *it)
{
	if (!it->also)
		return;
	ward_json_key(j, "new");
	ward_json_obj(j);
	respond_json_str(j, "threat", it->also->threat);
	respond_json_str(j, "title", it->also->title);
	respond_json_str(j, "on", it->also->on);
	respond_json_str(j, "where", it->also->where);
	ward_json_obj_end(j);
}

static void json_item(struct ward_json *j, const struct writer *w, const struct item *it)
{
	ward_json_obj(j);
	respond_json_facts(j, it);
	json_new(j, it);
	respond_json_taken(j, w, it);
	respond_json_closed_there(j, w, it->in);
	if (w->shown.care)
		respond_json_care(j, w, it->in);
	if (w->shown.cameras)
		json_cameras(j, w, it->in);
	respond_json_step(j, it);
	respond_json_plans(j, w, it);
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

	respond_json_id(j, "id", id);
	ward_json_key(j, "time");
	ward_json_time(j, time);
	ward_json_key(j, "exercise");
	ward_json_bool(j, o->exercise);
	ward_json_key(j, "hospital");
	ward_json_obj(j);
	respond_json_str(j, "id", o->hospital);
	respond_json_str(j, "name", o->hospital_name);
	ward_json_obj_end(j);
	respond_json_str(j, "recipient", o->listener[listener].id);
	respond_json_str(j, "language", ward_lang_code(o->listener[listener].lang));
}

void respond_json_head(
	struct ward_json *j, const struct writer *w, size_t listener, struct ward_id id)
{
	respond_put_head(j, w->r, listener, id, w->now);
	respond_json_str(j, "tlp", ward_tlp_text(w->shown.tlp));
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
	respond_json_id(j, "id", bookmark_id(it->in, camera->key));
	respond_json_id(j, "incident", it->in->id);
	respond_json_str(j, "change", ward_str_z(respond_change_name[it->change]));
	respond_json_str(j, "level", ward_str_z(respond_level_name[it->in->level]));
	respond_json_str(j, "camera", camera->key);
	respond_json_str(j, "name", camera->name);
	ward_json_key(j, "from");
	ward_json_time(j, s->from);
	ward_json_key(j, "to");
	ward_json_time(j, s->to);
	respond_json_str(j, "title", it->in->title);
	ward_wr_reset(&w->line);
	WARD_SAY(&w->line, w->lang, WARD_TEXT("{level}, {title}"),
		{"level", respond_level_word(w, it->in->level)},
		{"title", ward_lang_text(w->lang, it->in->title)});
	respond_json_str(j, "text", ward_wr_text(&w->line));
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
void respond_put_bookmarks(struct writer *w, size_t listener, struct ward_id id, size_t n)
{
	struct ward_json j = ward_json_on(&w->r->body);

	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, "ward.bookmarks/1");
	respond_json_head(&j, w, listener, id);
	ward_json_key(&j, "bookmarks");
	ward_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; w->shown.cameras && k < w->shown.item[i].in->n_shot; k++)
			json_bookmark(&j, w, &w->shown.item[i], &w->shown.item[i].in->shot[k]);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
}

void respond_put_json(struct writer *w, size_t listener, struct ward_id id, size_t n, size_t n_all)
{
	struct ward_json j = ward_json_on(&w->r->body);

	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, "ward.message/1");
	respond_json_head(&j, w, listener, id);
	respond_json_str(&j, "subject", ward_wr_text(&w->subject));
	ward_json_key(&j, "text");
	ward_json_str(&j, ward_wr_text(&w->text));
	respond_json_short(w, n, n_all, &j);
	json_counts(&j, w->r, n_all);
	respond_json_ill(w->r, listener, respond_ill(w->r, listener, w->now), &j);
	respond_json_requests(w->r, listener, &j);
	ward_json_key(&j, "incidents");
	ward_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		json_item(&j, w, &w->shown.item[i]);
	ward_json_arr_end(&j);
	ward_json_key(&j, "more");
	ward_json_u64(&j, n_all - n);
	ward_json_obj_end(&j);
}
