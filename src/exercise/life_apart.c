/* What is the story's: life leaves it alone, so that the story's truth stays true and nothing of
 * life is taken for a part of it. Those are the doors, sensors and badges that the story names; the
 * machines that take part in a step with a truth, or in what can be brought in; what its truth and
 * its controllers are about; and the rooms of all these. A door controller or a log's collector
 * speaks for many, and is not. */
#include "exercise/life_priv.h"

static void mark(struct ward_life *l, uint32_t node)
{
	if (node != WARD_NONE)
		l->apart[node] = true;
}

static void mark_id(struct ward_life *l, struct ward_str id)
{
	mark(l, ward_model_find(l->m, id));
}

static void mark_host(struct ward_life *l, uint32_t host)
{
	if (host != WARD_NONE)
		mark_id(l, l->in->story->host[host].id);
}

/* What a word of a field or topic names. */
static void mark_word(struct ward_life *l, struct ward_str word)
{
	static const enum ward_key_kind kinds[] = {
		WARD_KEY_DOOR, WARD_KEY_READER, WARD_KEY_CAMERA, WARD_KEY_SENSOR};

	for (size_t i = 0; i < WARD_ARRAY_LEN(kinds); i++)
		mark(l, ward_model_by_key(l->m, kinds[i], word));
}

static void mark_truth(struct ward_life *l, const struct ward_step_truth *t)
{
	for (size_t i = 0; i < t->n_sign; i++)
		mark(l, t->sign[i].node);
	for (size_t i = 0; i < t->n_does; i++)
		mark_id(l, t->does[i].on);
}

static void mark_step(struct ward_life *l, const struct ward_step *s, bool story)
{
	for (size_t i = 0; s->act == WARD_ACT_SYSLOG && i < s->n_pair; i++)
		mark_word(l, s->pair[i].value);
	if (s->act == WARD_ACT_MQTT)
		mark_word(l, s->mqtt.sensor);
	if (s->truth)
		mark_truth(l, s->truth);
	if (!story)
		return;
	mark_host(l, s->from);
	if (s->act == WARD_ACT_ARP)
		mark_host(l, s->arp.answer);
	else if (s->act == WARD_ACT_BACNET)
		mark_host(l, s->bacnet.to);
	else if (s->act == WARD_ACT_TCP || s->act == WARD_ACT_UDP)
		mark_host(l, s->talk.to);
	else if (s->act == WARD_ACT_LOG)
		mark(l, ward_model_by_host(l->m, s->log.host));
}

static void mark_watched(struct ward_life *l, const struct ward_source *s)
{
	for (size_t i = 0; i < s->n_watches; i++)
		mark(l, s->watches[i]);
}

/* Rooms are of it with what is in them, and zones with their rooms; networks, buildings, services
 * and supplies, which are everywhere, are not. */
static void spread(struct ward_life *l)
{
	const uint32_t sensor = ward_life_class(l, "device.building.sensor");

	for (uint32_t i = 0; i < ward_model_n(l->m); i++) {
		const struct ward_node *n = ward_model_node(l->m, i);
		uint32_t room = n->kind == WARD_NODE_ASSET || n->kind == WARD_NODE_DOOR
					? ward_model_up(l->m, i, WARD_NODE_ROOM)
					: WARD_NONE;

		if (l->apart[i])
			mark(l, room);
		if (n->kind == WARD_NODE_ROOM && n->zone != WARD_NONE && l->apart[n->zone])
			l->apart[i] = true;
	}
	for (uint32_t i = 0; i < ward_model_n(l->m); i++) {
		enum ward_node_kind kind = ward_model_node(l->m, i)->kind;
		uint32_t room = ward_model_up(l->m, i, WARD_NODE_ROOM);

		/* a sensor or a door of the room; machines in it are themselves what they are */
		if (room != WARD_NONE && l->apart[room] &&
			(kind == WARD_NODE_DOOR || ward_life_is(l, i, sensor)))
			l->apart[i] = true;
	}
}

void ward_life_part(struct ward_life *l)
{
	const struct ward_scenario *s = l->in->story;

	for (size_t i = 0; i < s->lead.n_step; i++)
		mark_step(l, &s->step[i], i >= s->n_step || s->step[i].truth);
	for (size_t i = 0; i < s->expect.n_threat; i++)
		mark(l, s->expect.threat[i].node);
	for (size_t i = 0; i < s->n_controller; i++) {
		mark_watched(l, s->controller[i].source);
		for (size_t k = 0; k < s->controller[i].n_host; k++)
			mark_id(l, s->controller[i].host[k]);
	}
	for (size_t i = 0; i < s->n_stand; i++) /* who really stands there answers for itself */
		mark_host(l, s->stand[i].host);
	for (size_t i = 0; i < s->n_footage; i++)
		mark_watched(l, s->footage[i].source);
	spread(l);
}

bool ward_life_said(const struct ward_life *l, struct ward_str word)
{
	const struct ward_scenario *s = l->in->story;

	for (size_t i = 0; i < s->lead.n_step; i++) {
		const struct ward_step *step = &s->step[i];

		if (step->act == WARD_ACT_MQTT && ward_str_eq(step->mqtt.sensor, word))
			return true;
		for (size_t k = 0; k < step->n_pair; k++)
			if (ward_str_eq(step->pair[k].value, word))
				return true;
	}
	return false;
}
