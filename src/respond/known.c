#include "respond/recording.h"
/* What the rows say: incidents, and the care services that they may hit. */
#include "respond/also.h"
#include "respond/available.h"
#include "respond/bound.h"
#include "respond/concern.h"
#include "respond/ladder.h"
#include "respond/plan.h"
#include "respond/request.h"
#include "respond/witness.h"

#include "story/text.h"

enum { TEXTS_MAX = ALSO_MAX * ALSO_TEXTS, COLUMNS_MAX = 600, SPOTS_MAX = 64, SPOTS_NAMED = 3 };

#define X(NAME, name) name,
const char *const respond_change_name[CHANGE_N] = {CHANGES(X)};
#undef X
const char *const respond_phase_name[PHASE_N] = {"open", "over", "dismissed", "merged"};
const char *const respond_level_name[WARD_RECORD_LEVELS] = {
	"informational", "low", "medium", "high", "critical"};

void respond_count(const struct ward_respond *r, const char *name)
{
	if (r->o.counters)
		ward_count_name(r->o.counters, name, 1);
}

/* Copies all texts into one block in place of the one before, each in one line that hides nothing
 * and is not too long, and has them point there. False: out of memory. */
bool respond_keep_texts(
	struct ward_respond *r, struct texts *t, struct ward_str *const s[], size_t n)
{
	struct texts fresh = {NULL, 0};
	size_t end[TEXTS_MAX], at = 0;

	WARD_ASSERT(n <= TEXTS_MAX);
	ward_wr_reset(&r->body);
	for (size_t i = 0; i < n; i++) {
		if (s[i]->len)
			(void)ward_text_line(&r->body, *s[i], COLUMNS_MAX);
		end[i] = r->body.len;
	}
	fresh.len = r->body.len + 1;
	fresh.p = ward_wr_bad(&r->body) ? NULL : ward_mem_alloc(r->o.mem, fresh.len);
	if (!fresh.p)
		return false;
	if (r->body.len)
		memcpy(fresh.p, r->body.p, r->body.len);
	for (size_t i = 0; i < n; i++) {
		*s[i] = (struct ward_str){fresh.p + at, end[i] - at};
		at = end[i];
	}
	ward_mem_free(r->o.mem, t->p, t->len);
	*t = fresh;
	return true;
}

struct incident *respond_find(const struct ward_respond *r, struct ward_id id)
{
	const void *val = ward_tab_find(&r->by_id, &id);
	uint32_t at;

	if (!val)
		return NULL;
	memcpy(&at, val, sizeof(at));
	return r->incident[at];
}

static void free_incident(struct ward_respond *r, struct incident *in)
{
	for (size_t i = 0; i < in->n_care; i++)
		ward_mem_free(r->o.mem, in->care[i].texts.p, in->care[i].texts.len);
	ward_mem_free(r->o.mem, in->care, in->cap_care * sizeof(*in->care));
	ward_mem_free(r->o.mem, in->texts.p, in->texts.len);
	ward_mem_free(r->o.mem, in->bound, in->cap_bound * sizeof(*in->bound));
	ward_mem_free(r->o.mem, in->answer, in->cap_answer * sizeof(*in->answer));
	respond_also_free(r, in);
	ward_mem_free(r->o.mem, in, sizeof(*in));
}

void respond_forget_all(struct ward_respond *r)
{
	for (size_t i = 0; i < r->n_incident; i++)
		free_incident(r, r->incident[i]);
	ward_mem_free(r->o.mem, r->incident, r->cap_incident * sizeof(struct incident *));
	ward_tab_fini(&r->by_id);
}

static bool place(struct ward_respond *r, uint32_t at)
{
	void *val;

	if (ward_tab_put(&r->by_id, &r->incident[at]->id, &val, NULL) != WARD_OK)
		return false;
	memcpy(val, &at, sizeof(at));
	return true;
}

/* The table is full: the one that was quiet longest goes. */
static void forget_one(struct ward_respond *r)
{
	size_t oldest = 0;

	for (size_t i = 1; i < r->n_incident; i++)
		if (r->incident[i]->last < r->incident[oldest]->last)
			oldest = i;
	(void)ward_tab_del(&r->by_id, &r->incident[oldest]->id);
	free_incident(r, r->incident[oldest]);
	r->incident[oldest] = r->incident[--r->n_incident];
	if (oldest < r->n_incident) /* it is in the table: there is no new entry to find room for */
		(void)place(r, (uint32_t)oldest);
	respond_count(r, "respond.forgotten");
}

struct incident *respond_new_incident(struct ward_respond *r, struct ward_id id)
{
	struct incident *in;

	if (r->n_incident == CASES_MAX)
		forget_one(r);
	if (ward_mem_more(r->o.mem, &r->incident, r->n_incident, &r->cap_incident, sizeof(in),
		    CASES_MAX) != WARD_OK)
		return NULL;
	in = ward_mem_alloc(r->o.mem, sizeof(*in));
	if (!in)
		return NULL;
	in->id = id;
	r->incident[r->n_incident] = in;
	if (!place(r, (uint32_t)r->n_incident)) {
		free_incident(r, in);
		return NULL;
	}
	r->n_incident++;
	return in;
}

static enum phase phase_of(struct ward_str state)
{
	static const enum phase is[] = {[WARD_PHASE_OPEN] = PHASE_OPEN,
		[WARD_PHASE_OVER] = PHASE_OVER,
		[WARD_PHASE_DISMISSED] = PHASE_DISMISSED};

	return is[ward_record_phase(state)];
}

/* The sign that it is named after; of older records the most serious one, of several the latest. */
static const struct ward_record_member *namesake(const struct ward_record *rec)
{
	const struct ward_record_member *best = NULL;

	for (size_t i = 0; i < rec->n_member; i++) {
		const struct ward_record_member *m = &rec->member[i];

		if (m->permit.expected)
			continue;
		if (ward_str_eq(m->title, rec->name.what) && ward_str_eq(m->thing, rec->name.on))
			return m;
		if (!best || m->level > best->level ||
			(m->level == best->level && m->last >= best->last))
			best = m;
	}
	return best;
}

/* Of what is at no known place everybody is told. */
static enum ward_err look_where(
	struct ward_respond *r, struct incident *in, const struct ward_record *rec)
{
	enum ward_err err = WARD_OK;
	uint32_t at = 0;
	bool known = false;

	for (size_t i = 0; !err && i < rec->n_member + rec->n_on_asset; i++) {
		const struct ward_record_member *m = i < rec->n_member ? &rec->member[i] : NULL;
		struct ward_str id = m ? m->subject : rec->on_asset[i - rec->n_member];
		struct ward_respond_place place = {.listeners = 0};

		if (!id.len || !r->o.at(r->o.ctx, id, &place))
			continue;
		known = true;
		at |= place.listeners;
		in->placed = in->placed || place.placed;
		for (size_t k = 0; !err && k < place.n_bound; k++)
			err = respond_bound_to(r, in, place.bound[k]);
		if (m && !m->permit.expected)
			respond_shots(r, in, m, place.cameras);
	}
	in->at |= known ? at : UINT32_MAX;
	for (size_t k = 0; k < r->o.n_listener; k++)
		in->at |= r->o.listener[k].everywhere ? 1u << k : 0;
	return err;
}

/* Rooms where something critical was seen, named from the newest on: who goes there has to know of
 * each, also when it is one story. */
static void take_spots(struct incident *in, const struct ward_record *rec, struct ward_wr *on)
{
	const struct ward_record_member *spot[SPOTS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < rec->n_member && n < SPOTS_MAX; i++) {
		const struct ward_record_member *m = &rec->member[i];
		size_t k = 0;

		if (m->permit.expected || m->level + 1 < WARD_RECORD_LEVELS ||
			!ward_str_eqz(m->on_kind, "room"))
			continue;
		while (k < n &&
			!(ward_str_eq(spot[k]->on, m->on) && ward_str_eq(spot[k]->where, m->where)))
			k++;
		if (k < n && spot[k]->time >= m->time)
			continue;
		for (n += k == n; k > 0 && spot[k - 1]->time < m->time; k--)
			spot[k] = spot[k - 1];
		spot[k] = m;
	}
	in->spots = (unsigned)n;
	for (size_t k = 0; n > 1 && k < n && k < SPOTS_NAMED; k++) {
		ward_wr_z(on, k ? ", " : "");
		ward_wr_str(on, spot[k]->on);
	}
	if (on->len && !ward_wr_bad(on))
		in->on = ward_wr_text(on);
}

static void take_name(struct incident *in, const struct ward_record *rec)
{
	const struct ward_record_member *m = namesake(rec);

	in->title = m ? m->title : WARD_STR("");
	in->on = m ? m->on : WARD_STR("");
	in->where = m ? m->where : WARD_STR("");
	in->effect = rec->name.effect;
	in->effect_on = rec->name.effect_on;
	in->effect_more = rec->name.effect_more;
}

static enum ward_err on_incident(
	struct ward_respond *r, const struct ward_record *rec, struct ward_str json)
{
	struct incident *in = respond_find(r, rec->id);
	char rooms[COLUMNS_MAX];
	struct ward_wr on = ward_wr_fixed(rooms, sizeof(rooms));

	if (!in)
		in = respond_new_incident(r, rec->id);
	if (!in)
		return WARD_ERR_NOMEM;
	if (in->revision >= rec->revision)
		return WARD_OK; /* it is late, or came twice */
	in->state = rec->state;
	in->kind = rec->domain;
	in->reason = rec->decided;
	if (rec->n_member || !in->title.len) { /* else it is as it was, and people decided of it */
		take_name(in, rec);
		take_spots(in, rec, &on);
		in->role = rec->step_role;
		in->reach = rec->step_reach;
		in->step = rec->step_text;
	}
	struct ward_str *const all[] = {&in->title, &in->on, &in->effect, &in->effect_on,
		&in->where, &in->state, &in->kind, &in->role, &in->reach, &in->step, &in->reason};

	if (!respond_keep_texts(r, &in->texts, all, WARD_ARRAY_LEN(all)) ||
		(rec->n_member && !respond_also_take(r, in, rec)))
		return WARD_ERR_NOMEM;
	in->revision = rec->revision;
	in->level = rec->level;
	in->domain = ward_kind_parse(in->kind);
	enum phase was = in->phase;

	in->phase = was == PHASE_MERGED ? PHASE_MERGED : phase_of(in->state);
	if (in->phase == PHASE_OPEN && (!in->opened || was != PHASE_OPEN)) {
		in->opened = rec->revision;
		in->closed_there = 0;
	}
	if (was == PHASE_OPEN && in->phase != PHASE_OPEN)
		respond_witness_soon(r);
	in->confirmed = ward_str_eqz(in->state, "confirmed");
	in->first = rec->first;
	in->last = rec->last;
	in->n_sign = rec->n_member ? 0 : in->n_sign;
	if (in->phase != PHASE_OPEN) {
		respond_uncall(in);
		respond_assigned_end(r, in->id, REQUEST_WITHDRAWN);
	}
	for (size_t i = 0; i < rec->n_member; i++)
		in->n_sign += !rec->member[i].permit.expected;
	enum ward_err err = look_where(r, in, rec);

	respond_concern_threats(r, in, rec);
	if (!err)
		err = respond_plan(r, in, json);
	for (size_t i = 0; i < rec->n_superseded; i++) {
		struct incident *part = respond_find(r, rec->superseded[i]);

		if (!part || part == in)
			continue;
		part->phase = PHASE_MERGED;
		part->into = in->id;
		respond_carry(in, part);
		respond_carry_call(in, part);
	}
	return err;
}

static struct care *care_of(struct ward_respond *r, struct incident *in, struct ward_id impact)
{
	for (size_t i = 0; i < in->n_care; i++)
		if (ward_id_eq(in->care[i].impact, impact))
			return &in->care[i];
	/* one that is gone makes room */
	for (size_t i = 0; in->n_care == CARES_MAX && i < in->n_care; i++) {
		if (in->care[i].alive)
			continue;
		in->care[i].impact = impact;
		in->care[i].revision = 0;
		return &in->care[i];
	}
	if (ward_mem_more(r->o.mem, &in->care, in->n_care, &in->cap_care, sizeof(*in->care),
		    CARES_MAX) != WARD_OK)
		return NULL;
	struct care *c = &in->care[in->n_care++];

	*c = (struct care){.impact = impact};
	return c;
}

static enum ward_err on_impact(struct ward_respond *r, const struct ward_record *rec)
{
	struct incident *in = respond_find(r, rec->incident);
	struct care *c;

	if (!in) {
		respond_count(r, "respond.orphans");
		return WARD_OK;
	}
	if (!rec->service && !rec->withdrawn)
		return WARD_OK;
	c = care_of(r, in, rec->id);
	if (!c) {
		respond_count(r, "respond.care_limit");
		return WARD_OK;
	}
	if (c->revision >= rec->revision)
		return WARD_OK;
	c->revision = rec->revision;
	c->alive = false;
	if (rec->withdrawn)
		return WARD_OK;
	c->asset = rec->asset;
	c->name = rec->asset_name;
	c->threat_name = rec->threat_name;
	c->outage = ward_str_eqz(rec->threat, "outage");
	c->lo_micro = rec->lo_micro;
	c->hi_micro = rec->hi_micro;
	c->priority_micro = rec->priority_micro;
	c->earliest = rec->earliest;
	c->expected = rec->expected;
	struct ward_str *const all[] = {&c->asset, &c->name, &c->threat_name};

	c->alive = respond_keep_texts(r, &c->texts, all, WARD_ARRAY_LEN(all));
	return c->alive ? WARD_OK : WARD_ERR_NOMEM;
}

enum ward_err ward_respond_record(struct ward_respond *r, struct ward_str json)
{
	struct ward_record rec;

	ward_arena_reset(&r->scratch);
	enum ward_err err = ward_record_read(r->reader, json, &r->scratch, &rec);

	if (!err && rec.kind == WARD_RECORD_OTHER) /* a decision that enters nothing */
		return WARD_OK;
	if (!err && r->past && rec.kind != WARD_RECORD_ENTRY && rec.kind != WARD_RECORD_CENSUS)
		err = ward_offer_past_take(r->past, json, 0);
	r->law.news = r->law.news || r->past; /* of what was sent it may say another thing */
	if (!err)
		err = respond_available_record(r, &rec);
	if (!err && rec.kind == WARD_RECORD_INCIDENT)
		err = on_incident(r, &rec, json);
	else if (!err && rec.kind == WARD_RECORD_IMPACT)
		err = on_impact(r, &rec);
	if (err && err != WARD_ERR_NOMEM) {
		respond_count(r, "respond.unreadable");
		return WARD_OK;
	}
	return err;
}

enum ward_likely respond_tier(const struct care *c)
{
	return ward_likely(c->lo_micro, c->hi_micro);
}

size_t respond_rank_care(const struct incident *in, const struct care *best[], size_t n)
{
	size_t n_all = 0, kept = 0;

	for (size_t i = 0; i < in->n_care; i++) {
		const struct care *c = &in->care[i];
		size_t at;

		if (!c->alive || respond_tier(c) < WARD_LIKELY_POSSIBLE)
			continue;
		n_all++;
		for (at = kept; at > 0; at--) {
			const struct care *o = best[at - 1];
			enum ward_likely a = respond_tier(c), b = respond_tier(o);
			bool before = a != b ? a > b
				      : c->priority_micro != o->priority_micro
					      ? c->priority_micro > o->priority_micro
					      : ward_id_cmp(c->impact, o->impact) < 0;

			if (!before)
				break;
			if (at < n)
				best[at] = o;
		}
		if (at < n)
			best[at] = c;
		kept += kept < n;
	}
	return n_all;
}

struct told respond_now(const struct ward_respond *r, const struct incident *in, ward_ns now)
{
	struct told t = {.known = true,
		.confirmed = in->confirmed,
		.level = (uint8_t)in->level,
		.phase = (uint8_t)in->phase,
		.keep = (uint8_t)respond_keep(r, in, now),
		.spots = (uint8_t)in->spots,
		.shots = (uint8_t)in->n_shot,
		.critical = (uint8_t)in->n_also,
		.tickets = in->closed_there ? (uint8_t)(1 + (in->n_closing - 1) % UINT8_MAX) : 0};

	for (size_t i = 0; i < in->n_care; i++) {
		enum ward_likely tier =
			in->care[i].alive ? respond_tier(&in->care[i]) : WARD_UNLIKELY;

		t.tier = tier > t.tier ? (uint8_t)tier : t.tier;
		t.services = (uint16_t)(t.services + (tier >= WARD_LIKELY_POSSIBLE));
	}
	for (size_t i = 0; i < in->n_shot; i++)
		t.until = in->shot[i].to > t.until ? in->shot[i].to : t.until;
	return t;
}

enum change respond_change(
	const struct told *before, const struct told *now, const struct incident *in, bool more)
{
	static const enum change end[PHASE_N] = {
		CHANGE_NONE, CHANGE_OVER, CHANGE_DISMISSED, CHANGE_MERGED};

	if (in->phase != PHASE_OPEN && (!before->known || before->phase != now->phase))
		return before->known ? end[in->phase] : CHANGE_NONE;
	if (!before->known || before->phase != now->phase)
		return CHANGE_OPENED;
	if (in->phase == PHASE_OPEN && now->level > before->level)
		return CHANGE_RAISED;
	if (more)
		return CHANGE_MORE;
	if (in->phase == PHASE_OPEN && now->tier >= WARD_LIKELY_POSSIBLE &&
		(now->tier > before->tier || now->services > before->services))
		return CHANGE_GROWN;
	if (in->phase == PHASE_OPEN && now->spots > before->spots && now->spots > 1)
		return CHANGE_SPREAD;
	if (now->keep > before->keep && now->keep >= KEEP_NEAR)
		return now->keep == KEEP_LOST ? CHANGE_LOST : CHANGE_NEAR;
	if (in->phase != PHASE_OPEN)
		return CHANGE_NONE;
	if (now->confirmed && !before->confirmed)
		return CHANGE_CONFIRMED;
	if (now->tickets && now->tickets != before->tickets)
		return CHANGE_TICKET;
	return now->level < before->level ? CHANGE_LOWERED : CHANGE_NONE;
}
