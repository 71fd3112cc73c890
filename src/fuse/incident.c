#include "fuse/name.h"

#include "model/lone.h"
#include "model/model.h"

#include <stdlib.h>

/* One text, and what is left of it when the record gets too long. Ids are shorter. */
enum { TEXT_MAX = 256, STEP_MAX = 1024, SUBJECT_MAX = 64 };

/* The bytes of the whole, shared out: 24 KB are kept for what comes once (the headline,
 * the first step and the decision: eleven texts of at most 6 * TEXT_MAX bytes, one of
 * 6 * STEP_MAX). */
enum {
	MEMBERS_BYTES = 44 << 10,
	THREATS_BYTES = 18 << 10,
	CRITICAL_BYTES = 5 << 10,
	FORMER_BYTES = 5 << 10
};
_Static_assert(MEMBERS_BYTES + THREATS_BYTES + CRITICAL_BYTES + FORMER_BYTES + (24 << 10) <=
		       WARD_INCIDENT_BYTES_MAX,
	"an incident's parts fit into its bound");
_Static_assert(WARD_INCIDENT_FORMER_MAX * 39 <= FORMER_BYTES, "an id in quotes, and a comma");

static const char *const state_name[] = {
	[WARD_INCIDENT_SUSPECTED] = "suspected",
	[WARD_INCIDENT_CONFIRMED] = "confirmed",
	[WARD_INCIDENT_CONTAINED] = "contained",
	[WARD_INCIDENT_RECOVERED] = "recovered",
	[WARD_INCIDENT_CLOSED] = "closed",
	[WARD_INCIDENT_DISMISSED] = "dismissed",
};
static const char *const verdict_name[WARD_VERDICT_N] = {
	[WARD_VERDICT_CONFIRM] = "confirm",
	[WARD_VERDICT_CONTAIN] = "contain",
	[WARD_VERDICT_RECOVER] = "recover",
	[WARD_VERDICT_CLOSE] = "close",
	[WARD_VERDICT_DISMISS] = "dismiss",
	[WARD_VERDICT_REOPEN] = "reopen",
	[WARD_VERDICT_NOTE] = "note",
	[WARD_VERDICT_ASSIGN] = "assign",
	[WARD_VERDICT_MERGE] = "merge",
	[WARD_VERDICT_SPLIT] = "split",
};
static const char *const kind_name[] = {
	[WARD_INCIDENT_CYBER] = "cyber",
	[WARD_INCIDENT_PHYSICAL] = "physical",
	[WARD_INCIDENT_HYBRID] = "hybrid",
};
static const char *const join_name[] = {
	[WARD_JOIN_FIRST] = "first",
	[WARD_JOIN_ASSET] = "asset",
	[WARD_JOIN_ACTOR] = "actor",
	[WARD_JOIN_PLACE] = "place",
	[WARD_JOIN_CAUSE] = "cause",
	[WARD_JOIN_EVENT] = "event",
	[WARD_JOIN_PEOPLE] = "people",
};

const char *ward_incident_state_name(enum ward_incident_state s)
{
	WARD_ASSERT((unsigned)s < WARD_ARRAY_LEN(state_name));
	return state_name[s];
}

const char *ward_verdict_name(enum ward_verdict_kind k)
{
	WARD_ASSERT((unsigned)k < WARD_VERDICT_N);
	return verdict_name[k];
}

const char *ward_incident_kind_name(enum ward_incident_kind k)
{
	WARD_ASSERT((unsigned)k < WARD_ARRAY_LEN(kind_name));
	return kind_name[k];
}

const char *ward_join_name(enum ward_join j)
{
	WARD_ASSERT((unsigned)j < WARD_ARRAY_LEN(join_name));
	return join_name[j];
}

static void put_id(struct ward_json *j, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_z(j, text);
}

static void key_str(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str_cut(j, s, TEXT_MAX);
}

static struct ward_str name_of(const struct ward_model *m, uint32_t node)
{
	return node == WARD_NONE ? WARD_STR("") : ward_model_node(m, node)->name;
}

/* The room and the building around a detection, for people: "Plant room, House A". */
static void put_where(
	struct ward_json *j, const struct ward_model *m, const struct ward_detection *d)
{
	uint8_t buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	uint32_t at = d->asset != WARD_NONE ? d->asset : d->place, room, building;

	ward_json_key(j, "where");
	if (at == WARD_NONE) {
		ward_json_z(j, "");
		return;
	}
	room = ward_model_up(m, at, WARD_NODE_ROOM);
	if (room == WARD_NONE && d->place != WARD_NONE)
		room = ward_model_up(m, d->place, WARD_NODE_ROOM);
	building = ward_model_up(m, room != WARD_NONE ? room : at, WARD_NODE_BUILDING);
	if (room != at)
		ward_wr_str(&w, name_of(m, room));
	if (building != WARD_NONE && building != at) {
		if (w.len)
			ward_wr_z(&w, ", ");
		ward_wr_str(&w, name_of(m, building));
	}
	ward_json_str_cut(j, ward_wr_text(&w), TEXT_MAX);
}

/* All of it for each member, where permits have to do with one. */
static void put_permit(struct ward_json *j, const struct ward_permitted *p)
{
	key_str(j, "permit", p->id);
	key_str(j, "permit_who", p->who);
	ward_json_key(j, "permit_until");
	if (p->id.len)
		ward_json_time(j, p->until);
	else
		ward_json_z(j, "");
	ward_json_key(j, "expected");
	ward_json_bool(j, p->expected);
	key_str(j, "not_expected_because", p->because);
}

/* Every member is always written, so that lists of them stay in step for simple readers. */
static void put_member(struct ward_json *j, const struct ward_incident *in,
	const struct ward_model *m, const struct ward_member *member)
{
	const struct ward_detection *d = member->d;
	const struct ward_detection *with =
		member->with == WARD_NONE ? NULL : in->member[member->with].d;
	uint32_t on = d->asset != WARD_NONE ? d->asset : d->place;

	ward_json_obj(j);
	ward_json_key(j, "detection");
	put_id(j, d->id);
	key_str(j, "title", d->title);
	ward_json_key(j, "level");
	ward_json_z(j, ward_level_name(d->level));
	ward_json_key(j, "time");
	ward_json_time(j, d->first);
	ward_json_key(j, "last");
	ward_json_time(j, d->last);
	ward_json_key(j, "count");
	ward_json_u64(j, member->count);
	key_str(j, "on", name_of(m, on));
	ward_json_key(j, "on_kind");
	ward_json_z(j, on == WARD_NONE ? "" : ward_node_kind_name(ward_model_node(m, on)->kind));
	key_str(j, "subject", d->subject);
	put_where(j, m, d);
	key_str(j, "actor", d->actor);
	ward_json_key(j, "joined_by");
	ward_json_z(j, ward_join_name(member->by));
	key_str(j, "with", with ? with->title : WARD_STR(""));
	ward_json_key(j, "with_time");
	if (with)
		ward_json_time(j, with->first);
	else
		ward_json_z(j, "");
	ward_json_key(j, "hops");
	ward_json_u64(j, member->hops);
	if (in->permits)
		put_permit(j, &d->permit);
	ward_json_obj_end(j);
}

static void put_threat(
	struct ward_json *j, const struct ward_threat_on *t, const struct ward_model *m)
{
	ward_json_obj(j);
	key_str(j, "asset", ward_model_node(m, t->asset)->id);
	key_str(j, "threat", ward_threats_at(ward_model_threats(m), t->threat)->code);
	ward_json_key(j, "since");
	ward_json_time(j, t->since);
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, t->lo_micro);
	ward_json_micro(j, t->hi_micro);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

/* The threat whose first step is the next one: the surest, of these the latest. */
static const struct ward_threat_on *foremost(const struct ward_incident *i)
{
	const struct ward_threat_on *best = NULL;

	for (size_t k = 0; k < i->n_threat; k++) {
		const struct ward_threat_on *t = &i->threat[k];

		if (!best || t->lo_micro > best->lo_micro ||
			(t->lo_micro == best->lo_micro && t->since > best->since))
			best = t;
	}
	return best;
}

static void put_step(struct ward_json *j, const struct ward_incident *i,
	const struct ward_threat_on *t, const struct ward_model *m)
{
	const struct ward_threat *threat = ward_threats_at(ward_model_threats(m), t->threat);
	struct ward_str alone = ward_threat_step_alone(ward_model_threats(m), t->threat);
	uint32_t role = ward_model_find(m, threat->step_role);

	ward_json_key(j, "first_step");
	ward_json_obj(j);
	key_str(j, "role", threat->step_role);
	key_str(j, "role_name", role == WARD_NONE ? threat->step_role : name_of(m, role));
	if (role != WARD_NONE)
		key_str(j, "reach", ward_model_node(m, role)->reach);
	ward_json_key(j, "text");
	ward_json_str_cut(j, i->alone && alone.len ? alone : threat->step_text, STEP_MAX);
	key_str(j, "on", name_of(m, t->asset));
	ward_json_obj_end(j);
}

static void put_headline(
	struct ward_json *j, const struct ward_incident *i, const struct ward_model *m)
{
	const struct ward_threats *all = ward_model_threats(m);
	struct ward_incident_name n = ward_incident_name(i, m);
	const struct ward_threat_on *next = foremost(i);

	if (!n.what || !next)
		return;
	ward_json_key(j, "headline");
	ward_json_obj(j);
	key_str(j, "threat", ward_threats_at(all, n.what->threat)->name);
	key_str(j, "on", name_of(m, n.what->asset));
	if (n.sign)
		key_str(j, "sign", n.sign->title);
	if (n.effect) {
		key_str(j, "effect", ward_threats_at(all, n.effect->threat)->name);
		key_str(j, "effect_on", name_of(m, n.effect->asset));
		ward_json_put_u64(j, "effect_total", n.n_effect);
	}
	ward_json_obj_end(j);
	put_step(j, i, next, m);
}

/* The first critical sign of each threat that was not expected, in order of time: indexes of
 * members. Gives how many. */
static size_t find_critical(const struct ward_incident *i, uint32_t first[])
{
	size_t n = 0;

	for (size_t k = 0; k < i->n_member && n < WARD_INCIDENT_CRITICAL_MAX; k++) {
		const struct ward_detection *d = i->member[k].d;
		size_t same = 0;

		if (d->permit.expected || d->level < WARD_LEVEL_CRITICAL || d->threat == WARD_NONE)
			continue;
		while (same < n && i->member[first[same]].d->threat != d->threat)
			same++;
		if (same == n)
			first[n++] = (uint32_t)k;
	}
	return n;
}

static void put_critical_of(
	struct ward_json *j, const struct ward_detection *d, const struct ward_model *m)
{
	const struct ward_threat *threat = ward_threats_at(ward_model_threats(m), d->threat);
	uint32_t role = ward_model_find(m, threat->step_role);

	ward_json_obj(j);
	key_str(j, "threat", threat->code);
	ward_json_key(j, "domain");
	ward_json_z(j, ward_domain_name(threat->domain));
	key_str(j, "sign", d->title);
	key_str(j, "on", name_of(m, d->asset != WARD_NONE ? d->asset : d->place));
	ward_json_key(
		j, "subject"); /* whoever attacks may write it: it takes no room from others */
	ward_json_str_cut(j, d->subject, SUBJECT_MAX);
	put_where(j, m, d);
	key_str(j, "role", role == WARD_NONE ? threat->step_role : name_of(m, role));
	key_str(j, "reach", role == WARD_NONE ? WARD_STR("") : ward_model_node(m, role)->reach);
	ward_json_key(j, "text");
	ward_json_str_cut(j, threat->step_text, STEP_MAX);
	ward_json_obj_end(j);
}

/* What is critical in it of more than one kind, each with its first step: who came for the one has
 * to know of the other. Of one kind the headline says it. */
static void put_critical(
	struct ward_json *j, const struct ward_incident *i, const struct ward_model *m)
{
	uint32_t first[WARD_INCIDENT_CRITICAL_MAX];
	size_t n = find_critical(i, first);
	struct ward_json begin = *j;
	size_t len = j->w->len;

	for (; n > 1; n--) {
		ward_json_key(j, "critical");
		ward_json_arr(j);
		for (size_t k = 0; k < n; k++)
			put_critical_of(j, i->member[first[k]].d, m);
		ward_json_arr_end(j);
		if (j->w->len - len <= CRITICAL_BYTES || ward_wr_bad(j->w))
			return;
		j->w->len = len; /* back to the begin, with fewer */
		*j = begin;
	}
}

/* Who decided last, by the role, and on which incident this one follows. */
static void put_decided(struct ward_json *j, const struct ward_incident *i)
{
	static const struct ward_id none;

	if (i->verdict) {
		ward_json_key(j, "decided");
		ward_json_obj(j);
		ward_json_key(j, "what");
		ward_json_z(j, ward_verdict_name(i->verdict->kind));
		key_str(j, "role", i->verdict->role);
		ward_json_key(j, "time");
		ward_json_time(j, i->verdict->at);
		key_str(j, "text", i->verdict->text);
		ward_json_obj_end(j);
	}
	if (!ward_id_eq(i->follows, none)) {
		ward_json_key(j, "follows");
		put_id(j, i->follows);
	}
}

/* Which of a list to write: the n first in an order of its own, then in the list's. */
struct choice {
	const struct ward_incident *in;
	int (*cmp)(const void *a, const void *b, void *in); /* of uint32_t */
	size_t n_all, max, bytes;
	void (*put)(struct ward_json *j, const struct ward_incident *in, uint32_t i,
		const struct ward_model *m);
};

static int index_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The most telling first: not expected, of the highest level, then the earliest. */
static int member_cmp(const void *va, const void *vb, void *in)
{
	const struct ward_member *all = ((const struct ward_incident *)in)->member;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;

	if (all[a].d->permit.expected != all[b].d->permit.expected)
		return all[a].d->permit.expected ? 1 : -1;
	if (all[a].d->level != all[b].d->level)
		return all[a].d->level > all[b].d->level ? -1 : 1;
	return index_cmp(va, vb); /* they are in order of time */
}

/* The surest first, then the earliest. */
static int threat_cmp(const void *va, const void *vb, void *in)
{
	const struct ward_threat_on *all = ((const struct ward_incident *)in)->threat;
	const struct ward_threat_on *a = &all[*(const uint32_t *)va],
				    *b = &all[*(const uint32_t *)vb];

	if (a->lo_micro != b->lo_micro)
		return a->lo_micro > b->lo_micro ? -1 : 1;
	if (a->since != b->since)
		return a->since < b->since ? -1 : 1;
	return index_cmp(va, vb);
}

static void put_member_at(
	struct ward_json *j, const struct ward_incident *in, uint32_t i, const struct ward_model *m)
{
	put_member(j, in, m, &in->member[i]);
}

static void put_threat_at(
	struct ward_json *j, const struct ward_incident *in, uint32_t i, const struct ward_model *m)
{
	put_threat(j, &in->threat[i], m);
}

/* Keeps in best[0..*n) the first of all by c->cmp; sorted by it. O(n log max) compares. */
static size_t choose(const struct choice *c, uint32_t *best)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_all; i++) {
		uint32_t at = (uint32_t)i;
		size_t k = n;
		void *in = (void *)(uintptr_t)c->in; /* qsort_r's shape of context */

		while (k > 0 && c->cmp(&at, &best[k - 1], in) < 0)
			k--;
		if (k == c->max)
			continue;
		n += n < c->max;
		memmove(&best[k + 1], &best[k], (n - k - 1) * sizeof(*best));
		best[k] = at;
	}
	return n;
}

/* As many as there is room for; those that are written stay in the list's order. */
static void put_chosen(struct ward_json *j, const struct choice *c, const struct ward_model *m)
{
	uint32_t best[WARD_INCIDENT_MEMBERS_MAX], order[WARD_INCIDENT_MEMBERS_MAX];
	struct ward_json begin = *j;
	size_t len = j->w->len, n = choose(c, best);

	for (;; n -= n / 8 + 1) {
		memcpy(order, best, n * sizeof(*order));
		if (n)
			qsort(order, n, sizeof(*order), index_cmp);
		ward_json_arr(j);
		for (size_t i = 0; i < n; i++)
			c->put(j, c->in, order[i], m);
		ward_json_arr_end(j);
		if (n == 0 || j->w->len - len <= c->bytes || ward_wr_bad(j->w))
			return;
		j->w->len = len; /* back to the begin, with fewer */
		*j = begin;
	}
}

static void put_lists(
	struct ward_json *j, const struct ward_incident *i, const struct ward_model *m)
{
	const struct choice members = {i, member_cmp, i->n_member, WARD_INCIDENT_MEMBERS_MAX,
		MEMBERS_BYTES, put_member_at};
	const struct choice threats = {i, threat_cmp, i->n_threat, WARD_INCIDENT_THREATS_MAX,
		THREATS_BYTES, put_threat_at};

	_Static_assert(
		WARD_INCIDENT_THREATS_MAX <= WARD_INCIDENT_MEMBERS_MAX, "put_chosen's arrays");
	ward_json_key(j, "members");
	put_chosen(j, &members, m);
	ward_json_put_u64(j, "members_total", i->n_member);
	ward_json_key(j, "threats");
	put_chosen(j, &threats, m);
	ward_json_put_u64(j, "threats_total", i->n_threat);
	if (!i->n_superseded)
		return;
	ward_json_key(j, "supersedes");
	ward_json_arr(j);
	for (size_t k = 0; k < i->n_superseded && k < WARD_INCIDENT_FORMER_MAX; k++)
		put_id(j, i->superseded[k]);
	ward_json_arr_end(j);
	ward_json_put_u64(j, "supersedes_total", i->n_superseded);
}

void ward_incident_write_json(
	const struct ward_incident *i, const struct ward_model *m, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	size_t begin = w->len;

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "incident");
	ward_json_key(&j, "id");
	put_id(&j, i->id);
	ward_json_key(&j, "revision");
	ward_json_u64(&j, i->revision);
	ward_json_key(&j, "state");
	ward_json_z(&j, ward_incident_state_name(i->state));
	ward_json_key(&j, "domain");
	ward_json_z(&j, ward_incident_kind_name(i->kind));
	ward_json_key(&j, "level");
	ward_json_z(&j, ward_level_name(i->level));
	ward_json_key(&j, "first");
	ward_json_time(&j, i->first);
	ward_json_key(&j, "last");
	ward_json_time(&j, i->last);
	put_decided(&j, i);
	put_headline(&j, i, m);
	put_critical(&j, i, m);
	put_lists(&j, i, m);
	ward_json_obj_end(&j);
	WARD_ASSERT(ward_wr_bad(w) || w->len - begin <= WARD_INCIDENT_BYTES_MAX);
}
