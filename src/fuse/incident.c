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

static void put_member(
	struct ward_json *j, const struct ward_incident *in, const struct ward_member *m)
{
	ward_json_obj(j);
	ward_json_key(j, "detection");
	put_id(j, m->d->id);
	ward_json_key(j, "title");
	ward_json_str(j, m->d->title);
	ward_json_key(j, "time");
	ward_json_time(j, m->d->first);
	ward_json_key(j, "joined_by");
	ward_json_z(j, ward_join_name(m->by));
	if (m->with != WARD_NONE) {
		ward_json_key(j, "with");
		put_id(j, in->member[m->with].d->id);
	}
	if (m->hops) {
		ward_json_key(j, "hops");
		ward_json_u64(j, m->hops);
	}
	ward_json_obj_end(j);
}

static void put_threat(
	struct ward_json *j, const struct ward_threat_on *t, const struct ward_model *m)
{
	ward_json_obj(j);
	ward_json_key(j, "asset");
	ward_json_str(j, ward_model_node(m, t->asset)->id);
	ward_json_key(j, "threat");
	ward_json_str(j, ward_threats_at(ward_model_threats(m), t->threat)->code);
	ward_json_key(j, "since");
	ward_json_time(j, t->since);
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, t->lo_micro);
	ward_json_micro(j, t->hi_micro);
	ward_json_arr_end(j);
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
	ward_json_key(&j, "members");
	ward_json_arr(&j);
	for (size_t k = 0; k < i->n_member; k++)
		put_member(&j, i, &i->member[k]);
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
