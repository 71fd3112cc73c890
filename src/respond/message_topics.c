/* What a broker is to publish (docs/topics.md: "ward.topics/1"): each message as a list of topics
 * with their payloads, so that whoever publishes it decides nothing. */
#include "respond/available.h"
#include "respond/ladder.h"
#include "respond/message.h"

enum { TOPIC_MAX = 512, PAYLOAD_MAX = 64 << 10, LASTS_S = 7 * 86400 };

struct topics {
	const struct ward_respond *r;
	struct ward_json j; /* the body */
	struct ward_wr payload;
};

/* "ward/HOSPITAL/", and all that is played below "exercise/" of it. */
static void put_root(const struct ward_respond *r, struct ward_wr *w)
{
	ward_wr_z(w, "ward/");
	for (size_t i = 0; i < r->o.hospital.len; i++) /* one level of a topic, MQTT 5 4.7.1 */
		ward_wr_ch(w, r->o.hospital.p[i] && strchr("/+#", r->o.hospital.p[i])
				      ? '-'
				      : r->o.hospital.p[i]);
	ward_wr_z(w, r->o.exercise ? "/exercise/" : "/");
}

static void begin(struct topics *t, struct ward_respond *r)
{
	t->r = r;
	t->j = ward_json_on(&r->body);
	t->payload = ward_wr_grow(r->o.mem, PAYLOAD_MAX);
	ward_json_obj(&t->j);
	ward_json_key(&t->j, "schema");
	ward_json_z(&t->j, "ward.topics/1");
}

static void end_topics(struct topics *t)
{
	ward_json_arr_end(&t->j);
	ward_json_obj_end(&t->j);
	t->j.w->bad = t->j.w->bad || ward_wr_bad(&t->payload);
	ward_wr_fini(&t->payload);
}

/* KIND/OF below the root, with the payload as it was written; expires_s: then the broker forgets
 * it, 0: never. */
static void publish(
	struct topics *t, const char *kind, struct ward_str of, bool retain, uint64_t expires_s)
{
	uint8_t topic[TOPIC_MAX];
	struct ward_wr w = ward_wr_fixed(topic, sizeof(topic));

	put_root(t->r, &w);
	ward_wr_z(&w, kind);
	ward_wr_ch(&w, '/');
	ward_wr_str(&w, of);
	t->j.w->bad = t->j.w->bad || ward_wr_bad(&w) || ward_wr_bad(&t->payload);
	ward_json_obj(&t->j);
	ward_json_key(&t->j, "topic");
	ward_json_str(&t->j, ward_wr_text(&w));
	ward_json_key(&t->j, "payload");
	ward_json_str(&t->j, ward_wr_text(&t->payload));
	ward_json_key(&t->j, "retain");
	ward_json_bool(&t->j, retain);
	if (retain && expires_s) {
		ward_json_key(&t->j, "expires");
		ward_json_u64(&t->j, expires_s);
	}
	ward_json_obj_end(&t->j);
}

/* ---- as data ---- */

static struct ward_json begin_payload(
	struct topics *t, const struct writer *w, size_t k, struct ward_id id, const char *schema)
{
	struct ward_json j = ward_json_on(&t->payload);

	ward_wr_reset(&t->payload);
	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, schema);
	respond_json_head(&j, w, k, id);
	return j;
}

static void put_item(struct topics *t, const struct writer *w, size_t k, struct ward_id id,
	const struct item *it)
{
	bool over = it->in->phase != PHASE_OPEN;
	char text[WARD_ID_TEXT];

	ward_id_text(it->in->id, text);
	struct ward_json j = begin_payload(t, w, k, id, "ward.incident/1");

	ward_json_key(&j, "incident");
	ward_json_obj(&j);
	respond_json_facts(&j, it);
	ward_json_obj_end(&j);
	ward_json_obj_end(&j);
	publish(t, "incident", ward_str_z(text), true, over ? LASTS_S : 0);
	if (w->shown.care) {
		j = begin_payload(t, w, k, id, "ward.impact/1");
		respond_json_id(&j, "incident", it->in->id);
		respond_json_care(&j, w, it->in);
		ward_json_obj_end(&j);
		publish(t, "impact", ward_str_z(text), true, over ? LASTS_S : 0);
	}
	j = begin_payload(t, w, k, id, "ward.response/1");
	respond_json_id(&j, "incident", it->in->id);
	respond_json_str(&j, "level", ward_str_z(respond_level_name[it->in->level]));
	respond_json_taken(&j, w, it);
	respond_json_closed_there(&j, w, it->in);
	respond_json_step(&j, it);
	ward_json_obj_end(&j);
	publish(t, "response", ward_str_z(text), true, over ? LASTS_S : 0);
}

/* What is known of one service: the worst of all open incidents that this listener is told of. */
struct service {
	const struct care *worst;
	const struct incident *of; /* worst is its */
	size_t n_incident;
};

static bool is_told(const struct writer *w, size_t k, size_t n, const struct incident *in)
{
	for (size_t i = 0; !in->told[k].known && i < n; i++)
		if (ward_id_eq(w->r->item[i].in->id, in->id))
			return true;
	return in->told[k].known;
}

static struct service find_service(
	const struct writer *w, size_t k, size_t n, struct ward_str asset)
{
	struct service s = {NULL, NULL, 0};

	for (size_t i = 0; i < w->r->n_incident; i++) {
		const struct incident *in = w->r->incident[i];
		bool hit = false;

		if (in->phase != PHASE_OPEN || !in->n_care || !is_told(w, k, n, in))
			continue;
		for (size_t c = 0; c < in->n_care; c++) {
			const struct care *of = &in->care[c];

			if (!of->alive || respond_tier(of) < WARD_LIKELY_POSSIBLE ||
				!ward_str_eq(of->asset, asset))
				continue;
			hit = true;
			if (!s.worst || of->hi_micro > s.worst->hi_micro ||
				(of->hi_micro == s.worst->hi_micro &&
					of->lo_micro > s.worst->lo_micro)) {
				s.worst = of;
				s.of = in;
			}
		}
		s.n_incident += hit;
	}
	return s;
}

/* Was this service told of by an item, or a care, before? */
static bool is_repeated(const struct writer *w, size_t i, size_t c)
{
	struct ward_str asset = w->shown.item[i].in->care[c].asset;

	for (size_t k = 0; k <= i; k++) {
		const struct incident *in = w->shown.item[k].in;

		for (size_t b = 0; b < (k < i ? in->n_care : c); b++)
			if (ward_str_eq(in->care[b].asset, asset))
				return true;
	}
	return false;
}

static void put_service(struct topics *t, const struct writer *w, size_t k, struct ward_id id,
	size_t n, const struct care *of)
{
	struct service s = find_service(w, k, n, of->asset);
	struct ward_json j = begin_payload(t, w, k, id, "ward.availability/1");

	respond_json_str(&j, "service", of->asset);
	respond_json_str(&j, "name", of->name);
	ward_json_key(&j, "threatened");
	ward_json_bool(&j, s.worst != NULL);
	ward_json_key(&j, "incidents");
	ward_json_u64(&j, s.n_incident);
	if (s.worst) {
		ward_json_key(&j, "likelihood");
		ward_json_arr(&j);
		ward_json_micro(&j, s.worst->lo_micro);
		ward_json_micro(&j, s.worst->hi_micro);
		ward_json_arr_end(&j);
		ward_json_key(&j, "earliest");
		ward_json_time(&j, s.worst->earliest);
		ward_json_key(&j, "expected");
		ward_json_time(&j, s.worst->expected);
		if (ward_care_is_old(s.of->last, w->now)) {
			ward_json_key(&j, "last_heard");
			ward_json_time(&j, s.of->last);
		}
	}
	ward_json_obj_end(&j);
	publish(t, "availability", of->asset, true, s.worst ? 0 : LASTS_S);
}

void respond_put_topics(struct writer *w, size_t k, struct ward_id id, size_t n)
{
	struct topics t;

	begin(&t, w->r);
	respond_json_head(&t.j, w, k, id);
	ward_json_key(&t.j, "publish");
	ward_json_arr(&t.j);
	for (size_t i = 0; i < n; i++)
		put_item(&t, w, k, id, &w->shown.item[i]);
	for (size_t i = 0; w->shown.care && i < n; i++)
		for (size_t c = 0; c < w->shown.item[i].in->n_care; c++) {
			const struct care *of = &w->shown.item[i].in->care[c];

			if (of->asset.len && !is_repeated(w, i, c))
				put_service(&t, w, k, id, n, of);
		}
	end_topics(&t);
}

/* ---- a siren ---- */

/* It is on because of an incident of which it was told this. */
static bool sounds(const struct ward_respond *r, size_t k, const struct told *told)
{
	return told->known && told->phase == PHASE_OPEN && told->taken == TAKEN_NONE &&
	       (r->o.listener[k].after || told->level >= r->o.listener[k].level);
}

bool respond_siren_is_on(const struct ward_respond *r, size_t k, size_t n)
{
	size_t on = 0;

	for (size_t i = 0; i < r->n_incident; i++)
		on += sounds(r, k, &r->incident[i]->told[k]);
	for (size_t i = 0; i < n; i++) {
		on += sounds(r, k, &r->item[i].now);
		on -= sounds(r, k, &r->item[i].in->told[k]);
	}
	return on != 0;
}

enum change respond_topics_change(const struct ward_respond *r, size_t k, const struct incident *in,
	const struct told *now, enum change change)
{
	static const enum change end[PHASE_N] = {
		CHANGE_OPENED, CHANGE_OVER, CHANGE_DISMISSED, CHANGE_MERGED};
	bool was = sounds(r, k, &in->told[k]), is = sounds(r, k, now);
	bool owed = in->owed >> k & 1 && !(in->covered >> k & 1);
	const struct told *told = &in->told[k];
	/* Who took it did not take what else is critical in it. */
	bool anew = told->known && told->phase == PHASE_OPEN && told->taken != TAKEN_NONE &&
		    now->taken == TAKEN_NONE && now->level <= told->level &&
		    now->critical > told->critical;

	if (anew && change == CHANGE_NONE && r->o.listener[k].topics == WARD_TOPICS_DATA)
		change = CHANGE_MORE; /* what is retained says that it is taken */
	if (anew && !r->o.listener[k].after)
		is = was; /* a siren says nothing new: people are told in words */

	if (r->o.listener[k].topics == WARD_TOPICS_TICKETS && change == CHANGE_TICKET)
		change = CHANGE_NONE; /* that is told to people */
	if (r->o.listener[k].topics != WARD_TOPICS_SIREN)
		return owed && change == CHANGE_NONE ? end[now->phase] : change;
	if (was == is && !owed)
		return CHANGE_NONE;
	if (is || now->phase != PHASE_OPEN)
		return end[now->phase];
	return now->taken != TAKEN_NONE ? CHANGE_TAKEN : CHANGE_LOWERED;
}

void respond_put_siren(struct writer *w, size_t k, struct ward_id id, size_t n_all)
{
	size_t n = n_all < COVERS_MAX ? n_all : COVERS_MAX;
	uint8_t topic[TOPIC_MAX + 256];
	struct ward_wr to = ward_wr_fixed(topic, sizeof(topic));
	struct topics t;

	if (w->r->o.exercise)
		put_root(w->r, &to);
	ward_wr_str(&to, w->r->o.listener[k].topic);
	begin(&t, w->r);
	respond_json_head(&t.j, w, k, id);
	ward_json_key(&t.j, "publish");
	ward_json_arr(&t.j);
	ward_json_obj(&t.j);
	ward_json_key(&t.j, "topic");
	ward_json_str(&t.j, ward_wr_text(&to));
	ward_json_key(&t.j, "payload");
	ward_json_z(&t.j, respond_siren_is_on(w->r, k, n) ? "on" : "off");
	ward_json_key(&t.j, "retain");
	ward_json_bool(&t.j, true);
	ward_json_key(&t.j, "heard");
	ward_json_bool(&t.j, true);
	ward_json_obj_end(&t.j);
	end_topics(&t);
	w->r->body.bad = w->r->body.bad || ward_wr_bad(&to);
}

/* ---- tests and heartbeats ---- */

void respond_wrap_quiet(
	struct ward_respond *r, size_t k, const char *what, const struct ward_delivery *d)
{
	struct topics t;
	struct ward_wr quiet = r->body;

	r->body = ward_wr_grow(r->o.mem, BODY_MAX);
	begin(&t, r);
	respond_put_head(&t.j, r, k, d->id, d->time);
	ward_json_key(&t.j, "publish");
	ward_json_arr(&t.j);
	ward_wr_str(&t.payload, ward_wr_text(&quiet));
	publish(&t, what, r->o.listener[k].id, false, 0);
	end_topics(&t);
	r->body.bad = r->body.bad || ward_wr_bad(&quiet);
	ward_wr_fini(&quiet);
}

void respond_put_status(struct ward_respond *r, size_t k, const struct ward_delivery *d,
	const char *name, struct ward_str document)
{
	struct topics t;

	begin(&t, r);
	respond_put_head(&t.j, r, k, d->id, d->time);
	ward_json_key(&t.j, "publish");
	ward_json_arr(&t.j);
	ward_wr_str(&t.payload, document);
	/* of a Ward that is silent nobody is to find how things stood long ago */
	publish(&t, "status", ward_str_z(name), true,
		(uint64_t)(3 * (r->o.listener[k].every / WARD_NS_PER_S)));
	end_topics(&t);
}
