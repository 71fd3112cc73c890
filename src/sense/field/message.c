#include "sense/field/message.h"

enum { BOOT_MAX = 64, PART_MAX = 64, HEARTBEAT_MAX_S = 86400 };

/* Letters, digits, '_', '-' and '.': it becomes part of names. */
static bool name_part(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			c != '_' && c != '-' && c != '.')
			return false;
	}
	return s.len > 0 && s.len <= PART_MAX;
}

enum ward_field_reject ward_field_topic(struct ward_str topic, struct ward_field_message *m)
{
	struct ward_str rest = topic;

	if (!ward_str_eqz(ward_str_cut(&rest, '/'), "ward") || !rest.p ||
		!ward_str_eqz(ward_str_cut(&rest, '/'), "v1") || !rest.p)
		return WARD_FIELD_REJECT_TOPIC;
	struct ward_str kind;

	m->site = ward_str_cut(&rest, '/');
	if (!rest.p)
		return WARD_FIELD_REJECT_TOPIC;
	kind = ward_str_cut(&rest, '/');
	if (!rest.p || !name_part(m->site) || !name_part(kind) || !name_part(rest))
		return WARD_FIELD_REJECT_TOPIC;
	m->sensor = rest;
	m->kind = ward_field_kind_find(kind);
	return m->kind ? WARD_FIELD_REJECT_NONE : WARD_FIELD_REJECT_KIND;
}

static const struct ward_value *get(const struct ward_field_message *m, uint32_t name)
{
	return ward_event_get(&m->raw, name);
}

static bool is_text(const struct ward_value *v)
{
	return v->kind == WARD_VALUE_STR && v->s.len <= PART_MAX;
}

static enum ward_field_reject check_state(struct ward_field_message *m)
{
	const struct ward_value *v = get(m, WARD_FIELD_STATE);

	if (!v)
		return m->kind->value ? WARD_FIELD_REJECT_NONE : WARD_FIELD_REJECT_STATE;
	if (v->kind != WARD_VALUE_STR)
		return WARD_FIELD_REJECT_STATE;
	m->word = ward_field_word_find(m->kind, v->s);
	m->offline = ward_str_eqz(v->s, "offline");
	return m->word || m->offline ? WARD_FIELD_REJECT_NONE : WARD_FIELD_REJECT_STATE;
}

static enum ward_field_reject check_value(struct ward_field_message *m)
{
	const struct ward_value *v = get(m, WARD_FIELD_VALUE), *unit = get(m, WARD_FIELD_UNIT);

	if (v ? !m->kind->unit || (v->kind != WARD_VALUE_INT && v->kind != WARD_VALUE_NUM)
	      : m->kind->value)
		return WARD_FIELD_REJECT_VALUE;
	if (v)
		m->value = *v;
	if (unit && (!m->kind->unit || unit->kind != WARD_VALUE_STR ||
			    !ward_str_eqz(unit->s, m->kind->unit)))
		return WARD_FIELD_REJECT_UNIT;
	return WARD_FIELD_REJECT_NONE;
}

static enum ward_field_reject check_times(
	const struct ward_field_member *member, ward_ns now, struct ward_field_message *m)
{
	const struct ward_value *time = get(m, member->TIME), *beat = get(m, member->HEARTBEAT);

	m->time = now;
	if (time && (time->kind != WARD_VALUE_STR || ward_time_parse(time->s, &m->time) != WARD_OK))
		return WARD_FIELD_REJECT_TIME;
	if (!beat)
		return WARD_FIELD_REJECT_NONE;
	if (beat->kind != WARD_VALUE_INT || beat->i < 1 || beat->i > HEARTBEAT_MAX_S)
		return WARD_FIELD_REJECT_HEARTBEAT;
	m->heartbeat = beat->i * WARD_NS_PER_S;
	return WARD_FIELD_REJECT_NONE;
}

static bool known(const struct ward_field_member *member, uint32_t name)
{
	switch (name) {
	case WARD_FIELD_BOOT:
	case WARD_FIELD_SEQ:
	case WARD_FIELD_STATE:
	case WARD_FIELD_VALUE:
	case WARD_FIELD_UNIT:
	case WARD_FIELD_DOOR:
	case WARD_FIELD_READER:
	case WARD_FIELD_BADGE:
	case WARD_FIELD_REASON:
	case WARD_FIELD_DIRECTION:
		return true;
	default:
		return name == member->TIME || name == member->HEARTBEAT;
	}
}

/* The texts that go into the event as they are. */
static enum ward_field_reject check_texts(
	const struct ward_field_member *member, struct ward_field_message *m)
{
	for (size_t i = 0; i < m->raw.n_field; i++) {
		uint32_t name = m->raw.field[i].name;

		if (!known(member, name))
			m->n_unknown++;
		else if ((name == WARD_FIELD_DOOR || name == WARD_FIELD_READER ||
				 name == WARD_FIELD_BADGE || name == WARD_FIELD_REASON ||
				 name == WARD_FIELD_DIRECTION) &&
			 !is_text(&m->raw.field[i].v))
			return WARD_FIELD_REJECT_TEXT;
	}
	return WARD_FIELD_REJECT_NONE;
}

enum ward_field_reject ward_field_payload(struct ward_json_reader *r,
	const struct ward_field_member *member, struct ward_slice payload, ward_ns now,
	struct ward_arena *arena, struct ward_field_message *m)
{
	enum ward_field_reject why;
	const struct ward_value *v;

	if (ward_json_read_event(r, ward_slice_text(payload), arena, &m->raw) != WARD_OK)
		return WARD_FIELD_REJECT_JSON;
	v = get(m, WARD_FIELD_BOOT);
	if (!v || v->kind != WARD_VALUE_STR || v->s.len == 0 || v->s.len > BOOT_MAX)
		return WARD_FIELD_REJECT_BOOT;
	m->boot = v->s;
	why = check_state(m);
	if (why != WARD_FIELD_REJECT_NONE)
		return why;
	v = get(m, WARD_FIELD_SEQ);
	m->has_seq = v != NULL;
	if (v ? v->kind != WARD_VALUE_INT || v->i < 0 : !m->offline)
		return WARD_FIELD_REJECT_SEQ;
	m->seq = v ? v->i : 0;
	if (m->offline)
		return WARD_FIELD_REJECT_NONE;
	if ((why = check_value(m)) || (why = check_times(member, now, m)))
		return why;
	return check_texts(member, m);
}
