#include "fuse/incident.h"

#include "model/model.h"

static const char *const state_name[] = {
	[WARD_INCIDENT_SUSPECTED] = "suspected",
	[WARD_INCIDENT_CONFIRMED] = "confirmed",
	[WARD_INCIDENT_CONTAINED] = "contained",
	[WARD_INCIDENT_RECOVERED] = "recovered",
	[WARD_INCIDENT_CLOSED] = "closed",
	[WARD_INCIDENT_DISMISSED] = "dismissed",
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
};

const char *ward_incident_state_name(enum ward_incident_state s)
{
	WARD_ASSERT((unsigned)s < WARD_ARRAY_LEN(state_name));
	return state_name[s];
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
	ward_json_str(j, s);
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
	ward_json_str(j, ward_wr_text(&w)); /* cut when names are absurdly long */
}

/* Every member is always written, so that lists of them stay in step for simple readers. */
static void put_member(struct ward_json *j, const struct ward_incident *in,
	const struct ward_model *m, const struct ward_member *member)
{
	const struct ward_detection *d = member->d;
	const struct ward_detection *with =
		member->with == WARD_NONE ? NULL : in->member[member->with].d;

	ward_json_obj(j);
	ward_json_key(j, "detection");
	put_id(j, d->id);
	key_str(j, "title", d->title);
	ward_json_key(j, "level");
	ward_json_z(j, ward_level_name(d->level));
	ward_json_key(j, "time");
	ward_json_time(j, d->first);
	key_str(j, "on", name_of(m, d->asset != WARD_NONE ? d->asset : d->place));
	key_str(j, "subject", d->subject);
	put_where(j, m, d);
	key_str(j, "actor", d->actor);
	ward_json_key(j, "joined_by");
	ward_json_z(j, ward_join_name(member->by));
	key_str(j, "with", with ? with->title : WARD_STR(""));
	ward_json_key(j, "hops");
	ward_json_u64(j, member->hops);
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

/* The threat that the incident is named after: the surest, of these the latest. */
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

static void put_headline(
	struct ward_json *j, const struct ward_incident *i, const struct ward_model *m)
{
	const struct ward_threat_on *t = foremost(i);
	const struct ward_threat *threat;
	uint32_t role;

	if (!t)
		return;
	threat = ward_threats_at(ward_model_threats(m), t->threat);
	ward_json_key(j, "headline");
	ward_json_obj(j);
	key_str(j, "threat", threat->name);
	key_str(j, "on", name_of(m, t->asset));
	ward_json_obj_end(j);
	role = ward_model_find(m, threat->step_role);
	ward_json_key(j, "first_step");
	ward_json_obj(j);
	key_str(j, "role", threat->step_role);
	key_str(j, "role_name", role == WARD_NONE ? threat->step_role : name_of(m, role));
	key_str(j, "text", threat->step_text);
	ward_json_obj_end(j);
}

void ward_incident_write_json(
	const struct ward_incident *i, const struct ward_model *m, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

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
	put_headline(&j, i, m);
	ward_json_key(&j, "members");
	ward_json_arr(&j);
	for (size_t k = 0; k < i->n_member; k++)
		put_member(&j, i, m, &i->member[k]);
	ward_json_arr_end(&j);
	ward_json_key(&j, "threats");
	ward_json_arr(&j);
	for (size_t k = 0; k < i->n_threat; k++)
		put_threat(&j, &i->threat[k], m);
	ward_json_arr_end(&j);
	if (i->n_superseded) {
		ward_json_key(&j, "supersedes");
		ward_json_arr(&j);
		for (size_t k = 0; k < i->n_superseded; k++)
			put_id(&j, i->superseded[k]);
		ward_json_arr_end(&j);
	}
	ward_json_obj_end(&j);
}
